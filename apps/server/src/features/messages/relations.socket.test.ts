import type { Event, Send } from "@parley/protocol/event.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, join, type TestClient, textItem } from "../../testing/socket-client.ts";
import { makeAccount, makeDevice, type TestAccount } from "../../testing/test-accounts.ts";
import type { TestServer } from "../../testing/test-server.ts";
import { startWithTwo } from "../../testing/two-accounts.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;
let cleo: TestAccount;
let a: TestClient;
let b: TestClient;
let chatId: ChatId;

beforeEach(async () => {
  ({ server, ana, ben, a, b } = await startWithTwo());
  cleo = await makeAccount(server.storage, "cleo");
  chatId = newId(ChatId);
  await a.request("chat:create-group", { chatId, title: "G", accountIds: [ben.accountId] });
});
afterEach(() => server.close());

type Target = Pick<Event, "clientId">;
type Extra = Partial<Send>;

const relItem = (kind: string, { clientId }: Target, key?: string, extra: Extra = {}): Send =>
  textItem(chatId, `${kind} of it`, {
    notify: false,
    rel: { kind, target: clientId, ...(key !== undefined && { key }) },
    ...extra,
  });
const edit = (target: Target, text: string, extra: Extra = {}): Send => ({
  ...relItem("edit", target, undefined, extra),
  payload: text,
});
const react = (target: Target, key: string): Send => relItem("reaction", target, key);
const redact = (target: Target, key?: string): Send => relItem("redact", target, key);

async function send(client: TestClient, ...items: Send[]) {
  const { outcomes } = await client.request("chat:send", { chatId, items });
  return outcomes;
}
async function codes(client: TestClient, ...items: Send[]): Promise<string[]> {
  return (await send(client, ...items)).map((one) =>
    "error" in one ? [one.error.code, one.error.field].filter(Boolean).join(" ") : "ok",
  );
}
async function sent(client: TestClient, item: Send): Promise<Event> {
  const [outcome] = await send(client, item);
  if (!outcome || "error" in outcome) throw new Error(outcome?.error.code);
  return outcome.event;
}
async function page(client: TestClient): Promise<Event[]> {
  return (await client.request("chat:history", { chatId, before: 1e9, limit: 200 })).events;
}
async function shown(client: TestClient, seq: number): Promise<Event | undefined> {
  return (await page(client)).find((event) => event.seq === seq);
}

describe("edit, reaction, redact", () => {
  test("S12: an edit replaces the payload whole: live with payload, on pages in the fold alone", async () => {
    const message = await a.say(chatId, "first");
    const event = await sent(a, edit(message, "second"));
    const live = await b.until(() =>
      b.changesOf("event").find((one) => one.event.seq === event.seq),
    );
    expect(live.event).toEqual(event);
    expect(event).toMatchObject({ targetSeq: message.seq, payload: "second" });
    const [target, relation] = (await page(b)).slice(-2);
    expect(target).toMatchObject({
      payload: null,
      contentHash: message.contentHash,
      fold: { foldSeq: event.seq, edit: { seq: event.seq, payload: "second" } },
    });
    expect(relation).toMatchObject({ seq: event.seq, payload: null, hash: event.hash });
    expect(relation?.fold).toBeUndefined();
  });

  test("S12: reactions are counted per key, one per account and key, and taken back", async () => {
    const message = await a.say(chatId, "m");
    const own = await sent(b, react(message, "👍"));
    expect(await codes(b, react(message, "👍"), react(message, "🙏"))).toEqual([
      "duplicate_reaction",
      "ok",
    ]);
    await sent(a, react(message, "👍"));
    expect((await shown(a, message.seq))?.fold?.reactions).toEqual([
      { key: "👍", count: 2 },
      { key: "🙏", count: 1 },
    ]);
    const back = await sent(b, redact(own, "👍"));
    expect(back).toMatchObject({ targetSeq: own.seq, rootSeq: message.seq });
    expect((await shown(a, message.seq))?.fold?.reactions[0]).toEqual({ key: "👍", count: 1 });
    expect(await codes(b, redact(own, "👍"), react(message, "👍"))).toEqual(["target_gone", "ok"]);
  });

  test("S13, V30: deleting for everyone takes the payloads and leaves the tombstone", async () => {
    const message = await a.say(chatId, "secret");
    await sent(a, edit(message, "still secret"));
    await sent(b, react(message, "👍"));
    const event = await sent(a, redact(message));
    const { fold, payload } = (await shown(b, message.seq))!;
    expect(payload).toBeNull();
    expect(fold).toEqual({
      foldSeq: event.seq,
      erased: { seq: event.seq, at: event.at, by: ana.accountId },
      reactions: [],
      recent: [],
    });
    const stored = await server.storage.events(
      chatId,
      { from: 1, to: 99 },
      { order: "oldest", limit: 99, maxBytes: 1e9 },
    );
    expect(stored.map((row) => row.event.payload === null)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});

const eventChange = (client: TestClient, seq: number): Event | undefined =>
  client.changesOf("event").find((one) => one.event.seq === seq)?.event;
const arrived = (client: TestClient, seq: number): Promise<Event> =>
  client.until(() => eventChange(client, seq));

describe("deciding relations", () => {
  test("V29: items of one flush relate to earlier ones of it", async () => {
    const message = textItem(chatId, "m");
    const reaction = react(message, "👍");
    const flush = [
      message,
      edit(message, "edited"),
      reaction,
      react(message, "👍"),
      redact(reaction, "👍"),
      react(message, "👍"),
      redact(message),
      edit(message, "too late"),
      relItem("reply", message),
    ];
    expect(await codes(a, ...flush)).toEqual([
      "ok",
      "ok",
      "ok",
      "duplicate_reaction",
      "ok",
      "ok",
      "ok",
      "target_gone",
      "ok",
    ]);
    const shownNow = await shown(b, 2);
    expect(shownNow).toMatchObject({ payload: null, fold: { erased: { by: ana.accountId } } });
  });

  test("S11, V29: what relates to a refused item has failed with it, by name", async () => {
    const message = await b.say(chatId, "of ben");
    const refused = edit(message, "by ana");
    expect(await codes(a, refused, redact(refused), relItem("reply", refused))).toEqual([
      "not_allowed",
      "target_failed",
      "target_failed",
    ]);
    expect(await codes(a, react(message, "x".repeat(64)), edit(message, "e"))).toEqual([
      "ok",
      "not_allowed",
    ]);
    expect(await codes(a, { ...redact(message), notify: true })).toEqual([
      "invalid_request notify",
    ]);
  });

  test.each(["one after the other", "all at once"])(
    "S11: a flush may relate to as many events as it has items: %s",
    async (how) => {
      const messages = Array.from({ length: LIMITS.flushItems }, (_, i) =>
        textItem(chatId, `${i}`),
      );
      const reactions = messages.map((message) => react(message, "👍"));
      const flushes = [
        messages,
        reactions,
        reactions.map((one) => relItem("reply", one)),
        reactions.map((one) => relItem("edit", one)),
        reactions.map((one) => redact(one, "👍")),
      ];
      const found: Set<string>[] = [];
      const run = async (flush: Send[]): Promise<Set<string>> => new Set(await codes(a, ...flush));
      if (how === "all at once") found.push(...(await Promise.all(flushes.map(run))));
      else for (const flush of flushes) found.push(await run(flush));
      const refused = new Set(["invalid_request rel.target"]);
      const ok = new Set(["ok"]);
      expect(found).toEqual([ok, ok, ok, refused, ok]);
    },
  );

  test("V16, X3: nobody relates to what they may not see", async () => {
    const message = await a.say(chatId, "before cleo");
    await a.request("chat:add-members", { chatId, accountIds: [cleo.accountId] });
    const c = await join(server, cleo.deviceId);
    expect(await codes(c, react(message, "👍"), relItem("reply", message))).toEqual([
      "target_not_found rel.target",
      "target_not_found rel.target",
    ]);
  });

  test("V29: owner and admins delete the messages of others, members do not", async () => {
    const message = await b.say(chatId, "of ben");
    const own = await a.say(chatId, "of ana");
    expect(await codes(b, redact(own))).toEqual(["not_allowed"]);
    expect(await codes(a, redact(message))).toEqual(["ok"]);
    await a.request("chat:set-role", { chatId, accountId: ben.accountId, role: "admin" });
    expect(await codes(b, redact(own))).toEqual(["ok"]);
    expect((await shown(a, own.seq))?.fold?.erased?.by).toBe(ben.accountId);
  });

  test("S3: repeats of relations and of what they changed are answered, not done again", async () => {
    const message = textItem(chatId, "m");
    const items = [message, react(message, "👍"), edit(message, "edited")];
    const first = await send(a, ...items);
    const again = await send(a, ...items);
    expect(again.slice(1)).toEqual(first.slice(1));
    expect(again[0]).toMatchObject({
      event: { payload: null, fold: { edit: { payload: "edited" }, reactions: [{ count: 1 }] } },
    });
    const redacted = [redact(message), redact(message)];
    expect(await codes(a, ...redacted)).toEqual(["ok", "target_gone"]);
    const erased = await send(a, message, items[2]!);
    expect(erased).toMatchObject([
      { event: { payload: null, fold: { erased: { by: ana.accountId } } } },
      { event: { payload: null, rel: { kind: "edit" } } },
    ]);
    expect((await page(b)).filter((event) => event.rel === undefined)).toHaveLength(2);
  });
});

describe("who is told what", () => {
  test("X3: a relation reaches whoever may not see its target, live, without payload", async () => {
    const message = await a.say(chatId, "before cleo");
    await a.request("chat:add-members", { chatId, accountIds: [cleo.accountId] });
    const c = await join(server, cleo.deviceId);
    const second = await join(server, await makeDevice(server.storage, ana.accountId));
    const event = await sent(a, edit(message, "edited"));
    expect((await arrived(b, event.seq)).payload).toBe("edited");
    expect((await arrived(second, event.seq)).payload).toBe("edited");
    expect(await arrived(c, event.seq)).toEqual({ ...event, payload: null });
    const { events, withheld } = await c.request("chat:history", { chatId, before: 1e9, limit: 9 });
    expect(withheld).toEqual([{ from: 1, to: message.seq }]);
    expect(events.at(-1)).toEqual({ ...event, payload: null });
    const reply = await sent(a, relItem("reply", message));
    expect((await arrived(c, reply.seq)).payload).toBe(reply.payload);
  });

  test("V30: whoever left before sees folds as of then, and neither text nor why", async () => {
    const edited = await a.say(chatId, "one");
    const erased = await a.say(chatId, "two");
    await sent(a, edit(edited, "one, as ben saw it"));
    await b.request("chat:leave", { chatId });
    const before = await page(b);
    await send(a, edit(edited, "one, later"), react(edited, "👍"), redact(erased));
    const after = await page(b);
    expect(after.map((event) => event.fold)).toEqual(before.map((event) => event.fold));
    expect(after.find((event) => event.seq === edited.seq)?.fold?.edit?.payload).toBe(
      "one, as ben saw it",
    );
    expect(after.find((event) => event.seq === erased.seq)?.payload).toBeNull();
    const { changes } = await (await connect(server.url, ben.deviceId)).hello();
    const chat = changes.find((one) => one.kind === "chat" && one.chat.chatId === chatId);
    expect(chat).toMatchObject({ chat: { last: { seq: erased.seq, payload: null } } });
    expect(chat?.kind === "chat" && chat.chat.last?.fold).toBeUndefined();
  });

  test("S6, S12: hello tells the newest message as it is now, edited or erased", async () => {
    const message = await a.say(chatId, "first");
    const lastFor = async (since: number) => {
      const { changes, watermark } = await (await connect(server.url, ben.deviceId)).hello(since);
      const chats = changes.flatMap((one) => (one.kind === "chat" ? [one.chat] : []));
      return { last: chats.find((chat) => chat.chatId === chatId)?.last, watermark };
    };
    const { watermark } = await lastFor(0);
    await sent(a, edit(message, "second"));
    const edited = await lastFor(watermark);
    expect(edited.last).toMatchObject({ payload: null, fold: { edit: { payload: "second" } } });
    await sent(a, redact(message));
    const erased = await lastFor(edited.watermark);
    expect(erased.last).toMatchObject({ seq: message.seq, payload: null });
    expect(erased.last?.fold).toMatchObject({ erased: { by: ana.accountId }, reactions: [] });
  });

  test("S9: an erasure brings new numbers to whoever had not read the message, and to nobody else", async () => {
    await a.request("chat:add-members", { chatId, accountIds: [cleo.accountId] });
    const c = await join(server, cleo.deviceId);
    const mentions = [ben.accountId, cleo.accountId];
    const message = await a.say(chatId, "@", { mentions });
    await a.say(chatId, "another", { mentions });
    await c.request("receipt:put", { marks: [{ chatId, readSeq: message.seq }] });
    const event = await sent(a, redact(message));
    const counts = await b.until(() => b.changesOf("counts")[0]);
    expect(counts).toMatchObject({ chatId, unread: 1, mentions: 1, countedThroughSeq: event.seq });
    await Promise.all([a, c].map((client) => client.request("view:open", { chatIds: [] })));
    await arrived(c, event.seq);
    expect([...a.changesOf("counts"), ...c.changesOf("counts")]).toEqual([]);
  });

  test("S9, V29: edits and reactions change no numbers, whomever they mention", async () => {
    const message = await a.say(chatId, "m");
    const numbers = await server.storage.counts(ben.accountId, chatId);
    await send(a, edit(message, "e", { mentions: [ben.accountId] }), react(message, "👍"));
    const after = await server.storage.counts(ben.accountId, chatId);
    expect(after).toMatchObject({ unread: numbers?.unread, mentions: numbers?.mentions });
    expect((await shown(b, message.seq))?.fold?.edit?.mentions).toEqual([ben.accountId]);
  });

  test("S8, S13: the ledger of an erased message still says whom it reached", async () => {
    const message = await a.say(chatId, "m");
    await b.request("receipt:put", { marks: [{ chatId, readSeq: message.seq }] });
    await sent(a, redact(message));
    const { members } = await a.request("chat:ledger", { chatId, seq: message.seq });
    expect(members).toMatchObject([{ accountId: ben.accountId, read: true }]);
  });
});
