import type { Event, Send } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commandsOn } from "../../testing/commands.ts";
import { connect, type TestClient, textItem } from "../../testing/socket-client.ts";
import { makeAccount, type TestAccount } from "../../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;
let run: ReturnType<typeof commandsOn>;
let client: TestClient;

beforeEach(async () => {
  server = await startTestServer();
  run = commandsOn(server.storage);
  ana = await makeAccount(server.storage, "ana");
  ben = await makeAccount(server.storage, "ben");
  client = await connect(server.url, ben.deviceId);
});
afterEach(() => server.close());

type Target = Pick<Event, "clientId">;

function related(chatId: ChatId, kind: string, { clientId }: Target, payload = kind): Send {
  const key = kind === "reaction" ? { key: "+" } : {};
  return textItem(chatId, "", { notify: false, payload, rel: { kind, target: clientId, ...key } });
}

async function write(chatId: ChatId, count: number): Promise<Event[]> {
  const events: Event[] = [];
  for (let sent = 0; sent < count; sent += 250) {
    const items = Array.from({ length: Math.min(250, count - sent) }, () => textItem(chatId, "m"));
    for (const outcome of await run.send(ana, chatId, ...items)) {
      if ("event" in outcome) events.push(outcome.event);
    }
  }
  return events;
}

async function relate(chatId: ChatId, ...items: Send[]): Promise<void> {
  for (let sent = 0; sent < items.length; sent += 250) {
    const outcomes = await run.send(ana, chatId, ...items.slice(sent, sent + 250));
    expect(outcomes.filter((outcome) => "error" in outcome)).toEqual([]);
  }
}

type Held = { from: number; to: number }[];

async function pull(chatId: ChatId, after: number, held: Held) {
  const { parts } = await client.request("sync:pull", { chats: [{ chatId, after, held }] });
  return parts[0]!;
}

describe("moved folds", () => {
  test("S6b, V31: a snapshot lists what moved in the held ranges past the cursor, erasures first", async () => {
    const { chatId } = await run.direct(ana, ben.accountId);
    const [m2, m3, m4, m5, m6, m7] = await write(chatId, 8);
    await relate(chatId, related(chatId, "edit", m2!, "known already"));
    const cursor = 10;
    await relate(
      chatId,
      related(chatId, "redact", m4!),
      related(chatId, "edit", m3!, "edited"),
      related(chatId, "reaction", m5!),
      related(chatId, "redact", m6!),
      related(chatId, "reaction", m7!),
    );
    const newest = await write(chatId, LIMITS.snapshotGapEvents);
    const part = await pull(chatId, cursor, [
      { from: 7, to: 99_999 },
      { from: 2, to: 5 },
    ]);
    expect(part).toMatchObject({ snapshot: true, headSeq: newest.at(-1)?.seq, movedCut: false });
    expect(part.moved.map(({ seq, fold }) => [seq, fold.foldSeq])).toEqual([
      [m4!.seq, 11],
      [m7!.seq, 15],
      [m5!.seq, 13],
      [m3!.seq, 12],
    ]);
    const foldOf = (event?: Event) => part.moved.find(({ seq }) => seq === event?.seq)?.fold;
    expect(foldOf(m4)).toMatchObject({ erased: { seq: 11, by: ana.accountId }, reactions: [] });
    expect(foldOf(m3)).toMatchObject({ edit: { seq: 12, payload: "edited" } });
    expect(foldOf(m7)?.reactions).toEqual([{ key: "+", count: 1 }]);
  });

  test("V31: so does a pull that brings all that follows, whose relations have no payload", async () => {
    const { chatId } = await run.direct(ana, ben.accountId);
    const [message] = await write(chatId, 1);
    await relate(chatId, related(chatId, "edit", message!, "edited"));
    const part = await pull(chatId, 2, [{ from: 1, to: 2 }]);
    expect(part).toMatchObject({ snapshot: false, events: [{ seq: 3, payload: null }] });
    expect(part.moved).toMatchObject([{ seq: 2, fold: { edit: { payload: "edited" } } }]);
    expect((await pull(chatId, 3, [{ from: 1, to: 3 }])).moved).toEqual([]);
    expect((await pull(chatId, 2, [])).moved).toEqual([]);
    const { moved } = await client.request("chat:history", { chatId, before: 9, limit: 9 });
    expect(moved).toEqual([]);
  });

  test("S6b, V31: past 1,000 targets the answer is cut, and the erasures are in it", async () => {
    const { chatId } = await run.direct(ana, ben.accountId);
    const messages = await write(chatId, LIMITS.movedTargets + 1);
    const head = messages.at(-1)!.seq;
    const held = [{ from: 1, to: head }];
    await relate(chatId, related(chatId, "redact", messages[0]!));
    const rest = messages.slice(1).map((message) => related(chatId, "reaction", message));
    await relate(chatId, ...rest.slice(1));
    const whole = await pull(chatId, head, held);
    expect(whole.moved).toHaveLength(LIMITS.movedTargets);
    expect(whole.movedCut).toBe(false);
    await relate(chatId, rest[0]!);
    const cut = await pull(chatId, head, held);
    expect(cut.movedCut).toBe(true);
    expect(cut.moved).toHaveLength(LIMITS.movedTargets);
    expect(cut.moved[0]).toMatchObject({ seq: messages[0]!.seq, fold: { erased: {} } });
  });

  test("V31: past the size of an answer it is cut; another chat waits for the next answer", async () => {
    const large = "x".repeat(LIMITS.payloadBytes);
    const chats: ChatId[] = [];
    for (const count of [3, 1]) {
      const chatId = await run.group(ana, [ben.accountId]);
      const messages = await write(chatId, count);
      for (const one of messages) await relate(chatId, related(chatId, "edit", one, large));
      chats.push(chatId);
    }
    const [one, other] = chats.map((chatId, index) => {
      const after = index === 0 ? 4 : 2;
      return { chatId, after, held: [{ from: 1, to: after }] };
    });
    const first = await client.request("sync:pull", { chats: [one!, other!] });
    expect(first.more).toBe(true);
    expect(first.parts.map((part) => [part.moved.map(({ seq }) => seq), part.movedCut])).toEqual([
      [[4, 3], true],
    ]);
    const second = await client.request("sync:pull", { chats: [other!] });
    expect(second.more).toBe(false);
    expect(second.parts[0]).toMatchObject({ moved: [{ seq: 2 }], movedCut: false });
  });

  test("V30, V31: whoever left is told what moved until then, and of targets they may see", async () => {
    const chatId = await run.group(ana, []);
    const [hidden] = await write(chatId, 1);
    await run.add(ana, chatId, ben.accountId);
    const [message, other] = await write(chatId, 2);
    await relate(
      chatId,
      related(chatId, "edit", hidden!, "hidden"),
      related(chatId, "edit", message!, "until then"),
    );
    await run.leave(ben, chatId);
    await relate(
      chatId,
      related(chatId, "edit", message!, "later"),
      related(chatId, "redact", other!),
    );
    const part = await pull(chatId, 5, [{ from: 1, to: 5 }]);
    expect(part.events.map((event) => event.seq)).toEqual([6, 7, 8]);
    expect(part.moved).toMatchObject([
      { seq: message!.seq, fold: { foldSeq: 7, edit: { payload: "until then" } } },
    ]);
    expect(part.moved).toHaveLength(1);
  });
});
