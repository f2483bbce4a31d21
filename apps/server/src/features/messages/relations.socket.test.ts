import type { Event, Send } from "@parley/protocol/event.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type TestClient, textItem } from "../../testing/socket-client.ts";
import { makeAccount, type TestAccount } from "../../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;
let a: TestClient;
let b: TestClient;
let chatId: ChatId;

beforeEach(async () => {
  server = await startTestServer();
  ana = await makeAccount(server.storage, "ana");
  ben = await makeAccount(server.storage, "ben");
  [a, b] = await Promise.all([join(ana.deviceId), join(ben.deviceId)]);
  chatId = newId(ChatId);
  await a.request("chat:create-group", { chatId, title: "G", accountIds: [ben.accountId] });
});
afterEach(() => server.close());

async function join(token: string): Promise<TestClient> {
  const client = await connect(server.url, token);
  await client.hello();
  return client;
}

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
