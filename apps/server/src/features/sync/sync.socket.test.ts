import type { Change } from "@parley/protocol/chat.ts";
import { type AccountId, type ChatId, DataEpoch, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commandsOn } from "../../testing/commands.ts";
import { connect, type TestClient, textItem } from "../../testing/socket-client.ts";
import { makeAccount, rename, type TestAccount } from "../../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;
let run: ReturnType<typeof commandsOn>;

beforeEach(async () => {
  server = await startTestServer({ limits: { healIntervalMs: 0 } });
  run = commandsOn(server.storage);
  ana = await makeAccount(server.storage, "ana");
  ben = await makeAccount(server.storage, "ben");
});
afterEach(() => server.close());

async function helloAll(client: TestClient, since: number) {
  const changes: Change[] = [];
  const pages: number[] = [];
  const watermarks = new Set<number>();
  let after: string | undefined;
  for (;;) {
    const page = await client.request("sync:hello", {
      dataEpoch: null,
      since,
      ...(after !== undefined && { after }),
    });
    changes.push(...page.changes);
    pages.push(page.changes.length);
    watermarks.add(page.watermark);
    if (page.next === null) return { changes, pages, watermark: [...watermarks] };
    after = page.next;
  }
}

async function fill(chatId: ChatId, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 100) {
    const size = Math.min(100, count - sent);
    const items = Array.from({ length: size }, (_, i) => textItem(chatId, `${sent + i}`));
    await run.send(ana, chatId, ...items);
  }
}

describe("hello", () => {
  test("S6, V4, V19, V55: pages everything once, with the watermark of the first page", async () => {
    const friends: TestAccount[] = [];
    for (let i = 0; i < LIMITS.helloItems + 10; i++) {
      friends.push(await makeAccount(server.storage, `friend${i}`));
    }
    for (const friend of friends) await run.direct(ana, friend.accountId);
    const client = await connect(server.url, ana.deviceId);
    const { changes, pages, watermark } = await helloAll(client, 0);
    const chats = changes.filter((change) => change.kind === "chat");
    const named = chats.flatMap((change) => change.people.map((person) => person.accountId));
    const people = changes.filter((change) => change.kind === "person");
    expect(chats).toHaveLength(friends.length + 1);
    expect(new Set(chats.map((change) => change.chat.chatId)).size).toBe(chats.length);
    expect(people).toEqual([]);
    expect(new Set(named)).toEqual(new Set([ana, ...friends].map((one) => one.accountId)));
    expect(Math.max(...pages)).toBeLessThanOrEqual(LIMITS.helloItems);
    expect(pages.length).toBe(2);
    expect(watermark).toEqual([await server.storage.watermark()]);

    const nothing = await helloAll(client, watermark[0]!);
    expect(nothing.changes).toEqual([]);
    await rename(server.storage, friends[3]!.accountId, "Renamed");
    await run.say(friends[4]!, (await run.direct(ana, friends[4]!.accountId)).chatId, "hi");
    const later = await helloAll(client, watermark[0]!);
    expect(later.changes.map((change) => change.kind)).toEqual(["chat", "person"]);
  });

  test("S6c: another epoch, or a since from the future, is epoch_changed", async () => {
    const client = await connect(server.url, ana.deviceId);
    const other = { dataEpoch: newId(DataEpoch), since: 0 };
    expect((await client.refusal("sync:hello", other)).code).toBe("epoch_changed");
    const ahead = { dataEpoch: server.storage.identity.dataEpoch, since: 1_000_000 };
    expect((await client.refusal("sync:hello", ahead)).code).toBe("epoch_changed");
    const cursor = { dataEpoch: null, since: 0, after: "chats.1.2" };
    expect(await client.refusal("sync:hello", cursor)).toMatchObject({ field: "after" });
  });

  test("S6: nothing is pushed before hello, everything after it", async () => {
    const { chatId } = await run.direct(ana, ben.accountId);
    const quiet = await connect(server.url, ben.deviceId);
    await run.say(ana, chatId, "unheard");
    const { changes } = await quiet.hello();
    expect(quiet.changes()).toEqual([]);
    expect(changes.some((one) => one.kind === "chat" && one.chat.headSeq === 2)).toBe(true);
    await run.say(ana, chatId, "heard");
    await quiet.until(() => quiet.changesOf("event").length === 1);
  });

  test("S6: what a lost frame may have hidden is said again, and only if there is something", async () => {
    const { chatId } = await run.direct(ana, ben.accountId);
    const client = await connect(server.url, ben.deviceId);
    const { watermark } = await client.hello();
    await run.say(ana, chatId, "lost on the way");
    const heal = await client.until(() => client.pushes("sync:heal")[0]);
    expect(heal.since).toBe(watermark);
    expect(heal.watermark).toBe(watermark + 1);
    expect(heal.changes).toMatchObject([{ kind: "chat", chat: { chatId, headSeq: 2 } }]);
    await run.say(ana, ana.selfChatId, "none of ben's business");
    await run.say(ana, chatId, "the next");
    const next = await client.until(() => client.pushes("sync:heal")[1]);
    expect(next).toMatchObject({ since: watermark + 1 });
  });

  test("S5, S6: a clock that is put back does not keep heals away", async () => {
    let aheadMs = 3_600_000;
    const nowMs = (): number => Date.now() + aheadMs;
    const other = await startTestServer({ limits: { healIntervalMs: 500 }, nowMs });
    try {
      const [eva, kim] = [
        await makeAccount(other.storage, "eva"),
        await makeAccount(other.storage, "kim"),
      ];
      const there = commandsOn(other.storage);
      const { chatId } = await there.direct(eva, kim.accountId);
      const client = await connect(other.url, kim.deviceId);
      await client.hello();
      aheadMs = 0;
      await there.say(eva, chatId, "lost on the way");
      const heal = await client.until(() => client.pushes("sync:heal")[0]);
      expect(heal.changes).toMatchObject([{ kind: "chat", chat: { chatId, headSeq: 2 } }]);
    } finally {
      await other.close();
    }
  });

  test("a person who changes their name is told to whoever shares a chat", async () => {
    await run.direct(ana, ben.accountId);
    const client = await connect(server.url, ben.deviceId);
    await client.hello();
    await rename(server.storage, ana.accountId, "Anastasia");
    const told = await client.until(() => client.changesOf("person")[0]);
    expect(told.person).toEqual({ accountId: ana.accountId, handle: "ana", name: "Anastasia" });
  });
});

describe("ranges", () => {
  test("S6a: a pull brings what follows each cursor, within one budget", async () => {
    const chats: ChatId[] = [];
    for (let i = 0; i < 3; i++) {
      const chatId = await run.group(ana, [ben.accountId]);
      await fill(chatId, 299);
      chats.push(chatId);
    }
    const client = await connect(server.url, ben.deviceId);
    const asked = chats.map((chatId) => ({ chatId, after: 0 }));
    const first = await client.request("sync:pull", { chats: asked });
    expect(first.more).toBe(true);
    expect(first.parts.map((part) => part.events.length)).toEqual([300, 200]);
    const rest = [
      { chatId: chats[1]!, after: 200 },
      { chatId: chats[2]!, after: 0 },
    ];
    const second = await client.request("sync:pull", { chats: rest });
    expect(second.more).toBe(false);
    expect(second.parts.map((part) => part.events.at(-1)?.seq)).toEqual([300, 300]);
  });

  test("S6b: too much in between answers with the newest page", async () => {
    const { chatId } = await run.direct(ana, ben.accountId);
    await fill(chatId, LIMITS.snapshotGapEvents + 1);
    const head = LIMITS.snapshotGapEvents + 2;
    const client = await connect(server.url, ben.deviceId);
    const { parts } = await client.request("sync:pull", { chats: [{ chatId, after: 1 }] });
    expect(parts[0]).toMatchObject({ snapshot: true, headSeq: head, withheld: [] });
    expect(parts[0]?.events.map((event) => event.seq)).toEqual(
      Array.from({ length: LIMITS.pageEvents }, (_, i) => head - LIMITS.pageEvents + 1 + i),
    );
    const near = await client.request("sync:pull", { chats: [{ chatId, after: 2 }] });
    expect(near.parts[0]).toMatchObject({ snapshot: false });
    expect(near.parts[0]?.events).toHaveLength(LIMITS.pullEvents);
  });

  test("history pages follow each other without gap or double, by number and by size", async () => {
    const { chatId } = await run.direct(ana, ben.accountId);
    const large = "x".repeat(LIMITS.payloadBytes);
    for (let i = 0; i < 6; i++)
      await run.send(ana, chatId, textItem(chatId, "", { payload: large }));
    await fill(chatId, 30);
    const client = await connect(server.url, ben.deviceId);
    const seqs: number[] = [];
    let before = 1_000;
    while (before > 1) {
      const page = await client.request("chat:history", { chatId, before, limit: 7 });
      const own = page.events.map((event) => event.seq);
      expect(own.length).toBeGreaterThan(0);
      seqs.unshift(...own);
      before = own[0]!;
    }
    expect(seqs).toEqual(Array.from({ length: 37 }, (_, i) => i + 1));
  });

  test("S6c, V18: a cursor past the head is epoch_changed, a strange chat is not found", async () => {
    const { chatId } = await run.direct(ana, ben.accountId);
    const client = await connect(server.url, ben.deviceId);
    const past = await client.refusal("sync:pull", { chats: [{ chatId, after: 9 }] });
    expect(past).toMatchObject({ code: "epoch_changed", field: "chats.0" });
    const strange = [
      { chatId, after: 0 },
      { chatId: ana.selfChatId, after: 0 },
    ];
    const refused = await client.refusal("sync:pull", { chats: strange });
    expect(refused).toMatchObject({ code: "chat_not_found", field: "chats.1" });
  });
});

describe("people", () => {
  test("are found by others, never by themselves", async () => {
    const client = await connect(server.url, ana.deviceId);
    const { people } = await client.request("people:search", { query: "BE" });
    expect(people.map((person) => person.accountId)).toEqual([ben.accountId]);
    const own = await client.request("people:search", { query: "ana" });
    expect(own.people).toEqual([] satisfies { accountId: AccountId }[]);
  });
});
