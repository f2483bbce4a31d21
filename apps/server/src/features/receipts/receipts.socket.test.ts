import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { minimumOverOthers } from "@parley/protocol/receipts.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chatStateOf } from "../../storage/chat-state.ts";
import { commandsOn } from "../../testing/commands.ts";
import { join, type TestClient } from "../../testing/socket-client.ts";
import { makeAccount, makeDevice, type TestAccount } from "../../testing/test-accounts.ts";
import type { TestServer } from "../../testing/test-server.ts";
import { makeDirectChat, startWithTwo } from "../../testing/two-accounts.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;
let a: TestClient;
let b: TestClient;
let chatId: ChatId;

beforeEach(async () => {
  ({ server, ana, ben, a, b } = await startWithTwo({
    limits: { receiptBatchesPerSecond: 1_000, receiptBatchesBurst: 1_000 },
  }));
  chatId = await makeDirectChat(a, ben);
});
afterEach(() => server.close());

async function people(count: number): Promise<TestAccount[]> {
  const made: TestAccount[] = [];
  for (let i = 0; i < count; i++)
    made.push(await makeAccount(server.storage, `p${i}-${made.length}`));
  return made;
}

describe("receipts", () => {
  test("S8: marks reach the other side and only grow", async () => {
    await a.say(chatId, "1");
    await a.say(chatId, "2");
    await b.request("receipt:put", { marks: [{ chatId, deliveredSeq: 3, readSeq: 2 }] });
    await b.request("receipt:put", { marks: [{ chatId, deliveredSeq: 1, readSeq: 1 }] });
    await b.request("receipt:put", { marks: [{ chatId, readSeq: 3 }] });
    await a.until(() => a.changesOf("receipts").length === 2);
    const marks = a.changesOf("receipts").flatMap((change) => change.marks);
    expect(marks).toEqual([
      { accountId: ben.accountId, deliveredSeq: 3, readSeq: 2 },
      { accountId: ben.accountId, deliveredSeq: 3, readSeq: 3 },
    ]);
  });

  test("S9: reading on one device brings the numbers to the others", async () => {
    const second = await join(server, await makeDevice(server.storage, ben.accountId));
    for (const text of ["1", "2", "3"]) await a.say(chatId, text);
    await b.request("receipt:put", { marks: [{ chatId, readSeq: 3 }] });
    const counts = await second.until(() => second.changesOf("counts")[0]);
    expect(counts).toMatchObject({ readSeq: 3, unread: 1, mentions: 0, countedThroughSeq: 4 });
  });

  test("S8, S6c, V18: a mark past the head is another epoch, one of a strange chat is not found", async () => {
    const past = await b.refusal("receipt:put", { marks: [{ chatId, readSeq: 99 }] });
    expect(past).toMatchObject({ code: "epoch_changed", field: "marks.0" });
    const marks = [
      { chatId, readSeq: 1 },
      { chatId: ana.selfChatId, readSeq: 1 },
    ];
    const strange = await b.refusal("receipt:put", { marks });
    expect(strange).toMatchObject({ code: "chat_not_found", field: "marks.1" });
  });

  test("V34: the answer brings the numbers of the chats whose read mark it names, to others only what moved", async () => {
    const second = await join(server, await makeDevice(server.storage, ben.accountId));
    for (const text of ["1", "2", "3"]) await a.say(chatId, text);
    const put = (readSeq: number) => b.request("receipt:put", { marks: [{ chatId, readSeq }] });
    const { counts } = await put(3);
    expect(counts).toMatchObject([{ kind: "counts", chatId, readSeq: 3, unread: 1 }]);
    expect((await put(4)).counts).toMatchObject([{ readSeq: 4, unread: 0, countedThroughSeq: 4 }]);
    const repeated = await put(4);
    expect(repeated.counts).toMatchObject([{ readSeq: 4, unread: 0, countedThroughSeq: 4 }]);
    const delivered = { marks: [{ chatId, deliveredSeq: 4 }] };
    expect((await b.request("receipt:put", delivered)).counts).toEqual([]);
    await second.until(() => second.changesOf("counts").length === 2);
    expect(second.changesOf("counts")[0]).toEqual(counts[0]);
    expect(b.changesOf("counts")).toEqual([]);
  });

  test("S9: where nothing is left to read there is nothing to count", async () => {
    const second = await join(server, await makeDevice(server.storage, ben.accountId));
    await a.say(chatId, "1");
    const counted = server.storage.counts(ben.accountId, chatId);
    server.storage.counts = () => Promise.reject(new Error("nobody should ask"));
    await b.request("receipt:put", { marks: [{ chatId, readSeq: 2 }] });
    const counts = await second.until(() => second.changesOf("counts")[0]);
    const numbers = { unread: 0, mentions: 0, countedThroughSeq: 2 };
    expect(counts).toMatchObject({ deliveredSeq: 2, readSeq: 2, ...numbers });
    expect(await counted).toMatchObject({ headSeq: 2, unread: 1 });
  });

  test("X3, V18: whoever left learns nothing of how far the chat has come since", async () => {
    const run = commandsOn(server.storage);
    const group = await run.group(ana, [ben.accountId]);
    await b.request("chat:leave", { chatId: group });
    await a.say(group, "later");
    for (const readSeq of [2, 3, 99]) {
      const { counts } = await b.request("receipt:put", { marks: [{ chatId: group, readSeq }] });
      expect(counts.every((one) => one.countedThroughSeq <= 2)).toBe(true);
    }
    const counts = await server.storage.counts(ben.accountId, group);
    expect(counts).toMatchObject({ membership: { readSeq: 2, leftSeq: 2 }, unread: 0 });
  });

  test("S8: any batches in any grouping end at the highest marks", async () => {
    for (let i = 0; i < 9; i++) await a.say(chatId, `${i}`);
    const mark = fc.record({
      deliveredSeq: fc.integer({ min: 0, max: 10 }),
      readSeq: fc.integer({ min: 0, max: 10 }),
    });
    let [delivered, read] = [1, 1];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(mark, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        async (batches) => {
          await Promise.all(
            batches.map((batch) =>
              b.request("receipt:put", { marks: batch.map((one) => ({ chatId, ...one })) }),
            ),
          );
          for (const one of batches.flat()) {
            read = Math.max(read, one.readSeq);
            delivered = Math.max(delivered, one.deliveredSeq, read);
          }
          const { members } = await a.request("chat:members", { chatId });
          const own = members.find((member) => member.accountId === ben.accountId);
          expect(own).toMatchObject({ deliveredSeq: delivered, readSeq: read });
        },
      ),
      { numRuns: 15 },
    );
  });

  test("S8: the ledger says when a message reached whom, to its sender alone", async () => {
    const { seq } = await a.say(chatId, "1");
    const before = await a.request("chat:ledger", { chatId, seq });
    expect(before.members).toMatchObject([{ delivered: false, deliveredAt: null, readAt: null }]);
    await b.request("receipt:put", { marks: [{ chatId, deliveredSeq: seq }] });
    const after = await a.request("chat:ledger", { chatId, seq });
    expect(after.members).toMatchObject([
      { accountId: ben.accountId, delivered: true, read: false },
    ]);
    expect(after.members[0]?.deliveredAt).toBeGreaterThan(0);
    expect((await b.refusal("chat:ledger", { chatId, seq })).code).toBe("not_allowed");
    expect((await a.refusal("chat:ledger", { chatId, seq: 99 })).code).toBe("target_not_found");
  });

  test("S8: what was read was delivered then, also where only the reading was told", async () => {
    const { seq } = await a.say(chatId, "1");
    await b.request("receipt:put", { marks: [{ chatId, deliveredSeq: seq, readSeq: seq }] });
    const { members } = await a.request("chat:ledger", { chatId, seq });
    expect(members[0]).toMatchObject({ delivered: true, read: true });
    expect(members[0]?.deliveredAt).toBe(members[0]?.readAt);
    expect(members[0]?.readAt).toBeGreaterThan(0);
  });

  test("S8: a message of oneself is unread for nobody, and the chat with oneself needs no receipts", async () => {
    await a.say(ana.selfChatId, "note");
    await a.request("receipt:put", { marks: [{ chatId: ana.selfChatId, readSeq: 2 }] });
    const second = await join(server, await makeDevice(server.storage, ana.accountId));
    const { changes } = await second.hello();
    const self = changes.find((one) => one.kind === "chat" && one.chat.kind === "self");
    expect(self).toMatchObject({ chat: { my: { unread: 0, readSeq: 2 } } });
  });
});

describe("receipts in a large group", () => {
  async function largeGroup(others: number) {
    const members = await people(others);
    const group = await commandsOn(server.storage).group(
      ana,
      members.map((member) => member.accountId),
    );
    return { members, group };
  }

  test("S8: everyone is shown the lowest mark over the others, and only its moves", async () => {
    const { members, group } = await largeGroup(LIMITS.receiptDetailMembers);
    const run = commandsOn(server.storage);
    const { chat } = await a.until(() =>
      a.changesOf("chat").find((one) => one.chat.chatId === group),
    );
    expect(chat).toMatchObject({ members: null, othersMin: { deliveredSeq: 1, readSeq: 1 } });
    await a.say(group, "1");
    const pushed = () => a.changesOf("receipts").filter((one) => one.chatId === group);
    for (const member of members.slice(1))
      await run.receipts(member, { chatId: group, deliveredSeq: 2 });
    expect(pushed()).toEqual([]);
    await run.receipts(ana, { chatId: group, deliveredSeq: 2 });
    await run.receipts(members[0]!, { chatId: group, deliveredSeq: 2 });
    await a.until(() => pushed().some((one) => one.othersMin?.deliveredSeq === 2));
    expect(pushed().every((one) => one.marks.length === 0)).toBe(true);
    expect(pushed().length).toBeLessThanOrEqual(2);
  });

  test("S8: what is shown agrees with all marks after any moves, joins and leavings", async () => {
    const { members, group } = await largeGroup(LIMITS.receiptDetailMembers + 2);
    const run = commandsOn(server.storage);
    for (let i = 0; i < 3; i++) await run.say(ana, group, `${i}`);
    const out = members.at(-1)!;
    const step = fc.record({
      who: fc.nat(6),
      delivered: fc.integer({ min: 1, max: 4 }),
      read: fc.integer({ min: 1, max: 4 }),
      leaves: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        for (const { who, delivered, read, leaves } of steps) {
          await run.receipts(members[who]!, {
            chatId: group,
            deliveredSeq: delivered,
            readSeq: read,
          });
          if (leaves) await run.remove(ana, group, out.accountId);
          else await run.add(ana, group, out.accountId);
        }
        await run.floors(group);
        const all = await server.storage.members(group);
        for (const account of [ana, ...members.slice(0, 7)]) {
          const [view] = await server.storage.chatViews(account.accountId, [group]);
          expect(chatStateOf(view!).othersMin).toEqual(minimumOverOthers(all, account.accountId));
        }
      }),
      { numRuns: 15 },
    );
  });

  test("V43: many moves are told at once, and what is stored until then is never too high", async () => {
    const { members, group } = await largeGroup(LIMITS.receiptDetailMembers);
    const run = commandsOn(server.storage);
    for (let i = 0; i < 4; i++) await run.say(ana, group, `${i}`);
    const pushed = () => a.changesOf("receipts").filter((one) => one.chatId === group);
    for (const seq of [2, 3, 4, 5]) {
      for (const member of [ana, ...members]) {
        await run.receipts(member, { chatId: group, deliveredSeq: seq, readSeq: seq - 1 });
      }
      const all = await server.storage.members(group);
      const [view] = await server.storage.chatViews(ana.accountId, [group]);
      const { readSeq } = chatStateOf(view!).othersMin ?? { readSeq: Infinity };
      expect(readSeq).toBeLessThanOrEqual(minimumOverOthers(all, ana.accountId)!.readSeq);
    }
    const last = await a.until(() => pushed().find((one) => one.othersMin?.deliveredSeq === 5));
    expect(last.othersMin?.readSeq).toBe(4);
    expect(pushed().length).toBeLessThan(12);
  });

  test("V22: a group that grows past the limit, or shrinks to it, is described anew", async () => {
    const { members, group } = await largeGroup(LIMITS.receiptDetailMembers - 1);
    const run = commandsOn(server.storage);
    const described = () => a.changesOf("chat").filter((one) => one.chat.chatId === group);
    const added: AccountId = ben.accountId;
    await run.add(ana, group, added);
    const grown = await a.until(() => described()[1]);
    expect(grown.chat).toMatchObject({ members: null, memberCount: 33, othersMin: { readSeq: 1 } });
    await run.remove(ana, group, members[0]!.accountId);
    const shrunk = await a.until(() => described()[2]);
    expect(shrunk.chat.othersMin).toBeNull();
    expect(shrunk.chat.members).toHaveLength(32);
  });
});
