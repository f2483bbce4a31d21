import { createHash } from "node:crypto";
import { CHAIN_START, verifyEvent } from "@parley/protocol/chain.ts";
import type { Event } from "@parley/protocol/event.ts";
import { type AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commandsOn } from "../../testing/commands.ts";
import { textItem } from "../../testing/socket-client.ts";
import { makeAccount, makeDevice, rename, type TestAccount } from "../../testing/test-accounts.ts";
import type { Storage } from "../port.ts";

/** A database under test. `reopen` closes what is open and opens the same data again. */
export type StorageUnderTest = {
  storage: Storage;
  reopen(): Promise<Storage>;
  close(): Promise<void>;
};

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const ALL = { from: 1, to: 1_000_000 };
const WHOLE = { order: "oldest" as const, limit: 1_000, maxBytes: 10_000_000 };

/** S2a: whether events from the first one on form an unbroken chain. */
export function chainFaults(events: readonly Event[]): string[] {
  let prevHash = CHAIN_START;
  return events.flatMap((event, index) => {
    const fault = verifyEvent(sha256, event, prevHash);
    prevHash = event.hash;
    const isNext = event.seq === index + 1;
    return fault || !isNext ? [`#${event.seq}: ${fault ?? "out of place"}`] : [];
  });
}

/** What every adapter of the storage port must do. */
export function storageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(`storage contract: ${name}`, () => {
    let under: StorageUnderTest;
    let storage: Storage;
    let run: ReturnType<typeof commandsOn>;
    let ana: TestAccount;
    let ben: TestAccount;
    let cleo: TestAccount;

    beforeEach(async () => {
      under = await open();
      storage = under.storage;
      run = commandsOn(storage);
      ana = await makeAccount(storage, "ana");
      ben = await makeAccount(storage, "ben");
      cleo = await makeAccount(storage, "cleo");
    });
    afterEach(() => under.close());

    const eventsOf = async (chatId: ChatId): Promise<Event[]> =>
      (await storage.events(chatId, ALL, WHOLE)).map((row) => row.event);

    test("S19: identity and rows survive reopening", async () => {
      const { chatId } = await run.direct(ana, ben.accountId);
      const event = await run.say(ana, chatId, "kept");
      const before = { identity: storage.identity, watermark: await storage.watermark() };
      const accounts = await storage.accounts(10);
      storage = await under.reopen();
      expect({ identity: storage.identity, watermark: await storage.watermark() }).toEqual(before);
      expect(await storage.accounts(10)).toEqual(accounts);
      expect((await eventsOf(chatId)).at(-1)).toEqual(event);
    });

    test("S2a: payloads come back byte for byte and the chain is whole", async () => {
      const { chatId } = await run.direct(ana, ben.accountId);
      const payloads = ['{"a" :1}', "", "\u0000\u{1F600}e\u0301\r\n", "x".repeat(70_000), "\u2028"];
      const items = payloads.map((payload) => textItem(chatId, "", { payload }));
      const reply = { kind: "reply", target: items[0]!.clientId };
      items.push(textItem(chatId, "re", { rel: reply, mentions: [ben.accountId], notify: false }));
      const outcomes = await run.send(ana, chatId, ...items);
      const stored = await eventsOf(chatId);
      expect(stored.slice(1, 6).map((event) => event.payload)).toEqual(payloads);
      expect(stored.slice(1)).toEqual(outcomes.map((one) => "event" in one && one.event));
      expect(stored.at(-1)).toMatchObject({ rel: reply, targetSeq: 2, mentions: [ben.accountId] });
      expect(chainFaults(stored)).toEqual([]);
    });

    test("S6: every commit has the next change number", async () => {
      const first = await storage.watermark();
      const { chatId } = await run.direct(ana, ben.accountId);
      await run.say(ana, chatId, "one");
      expect(await storage.watermark()).toBe(first + 2);
      await run.direct(ana, ben.accountId);
      expect(await storage.watermark()).toBe(first + 2);
    });

    test("V5: a pair gets one direct chat, also when both ask at once", async () => {
      const asked = await Promise.all([
        run.direct(ana, ben.accountId),
        run.direct(ben, ana.accountId),
        run.direct(ana, ben.accountId),
      ]);
      expect(new Set(asked.map((chat) => chat.chatId)).size).toBe(1);
      const later = await run.direct(ben, ana.accountId);
      expect(later).toEqual(asked[0]);
    });

    test("S3: a repeat gets the first answer, in the same commit and after reopening", async () => {
      const { chatId } = await run.direct(ana, ben.accountId);
      const item = textItem(chatId, "once");
      const answers = await Promise.all([1, 2, 3].map(() => run.send(ana, chatId, item)));
      storage = await under.reopen();
      run = commandsOn(storage);
      answers.push(await run.send(ana, chatId, item));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(await eventsOf(chatId)).toHaveLength(2);
    });

    test("S6: chats that changed are listed by (change, id), page by page, each once", async () => {
      const since = await storage.watermark();
      const ids: ChatId[] = [];
      for (let i = 0; i < 5; i++) ids.push(await run.group(ana, [ben.accountId]));
      await run.say(ben, ids[1]!, "moves to the end");
      const listed: { chatId: ChatId; change: number }[] = [];
      for (;;) {
        const last = listed.at(-1);
        const after = last ? { change: last.change, id: last.chatId } : null;
        const page = await storage.changedChats(ana.accountId, since, after, 2);
        listed.push(...page);
        if (page.length < 2) break;
      }
      expect(listed.map((row) => row.chatId)).toEqual([
        ...ids.filter((id) => id !== ids[1]),
        ids[1],
      ]);
      expect(await storage.changedChats(ana.accountId, since + 6, null, 10)).toEqual([]);
      expect(await storage.changedChats(cleo.accountId, since, null, 10)).toEqual([]);
    });

    test("S6, X3: what happens after leaving does not list the chat again", async () => {
      const chatId = await run.group(ana, [ben.accountId, cleo.accountId]);
      await run.leave(ben, chatId);
      const since = await storage.watermark();
      await run.say(ana, chatId, "later");
      await run.title(ana, chatId, "Later");
      expect(await storage.changedChats(ben.accountId, since, null, 10)).toEqual([]);
      const [view] = await storage.chatViews(ben.accountId, [chatId]);
      expect(view).toMatchObject({ unread: 0, last: null, members: null });
      expect(view?.ended).toMatchObject({ title: "Group", membershipVersion: 2 });
      expect(view?.ended?.members.map((member) => member.accountId)).toEqual([
        ana.accountId,
        cleo.accountId,
      ]);
    });

    test("S6: people who share a chat are listed when they changed", async () => {
      await run.direct(ana, ben.accountId);
      const since = await storage.watermark();
      await rename(storage, ben.accountId, "Benedikt");
      await rename(storage, cleo.accountId, "Cleopatra");
      const listed = await storage.changedPeople(ana.accountId, since, null, 10);
      expect(listed.map((row) => row.person.name)).toEqual(["Benedikt"]);
    });

    test("S9: unread numbers leave out own messages, system events and what is read", async () => {
      const chatId = await run.group(ana, [ben.accountId]);
      await run.send(ana, chatId, textItem(chatId, "1", { mentions: [ben.accountId] }));
      await run.say(ben, chatId, "own");
      await run.title(ana, chatId, "T");
      await run.send(ana, chatId, textItem(chatId, "2", { mentions: [ana.accountId] }));
      const counts = await storage.counts(ben.accountId, chatId);
      expect(counts).toMatchObject({ unread: 2, mentions: 1, headSeq: 5 });
      await run.receipts(ben, { chatId, readSeq: 2 });
      expect(await storage.counts(ben.accountId, chatId)).toMatchObject({ unread: 1, mentions: 0 });
      expect(await storage.counts(cleo.accountId, chatId)).toBeUndefined();
    });

    test("ranges are cut from the end that is asked for, by number and by size", async () => {
      const { chatId } = await run.direct(ana, ben.accountId);
      for (let i = 0; i < 5; i++) await run.say(ana, chatId, "m".repeat(100));
      const seqs = async (order: "oldest" | "newest", limit: number, maxBytes: number) =>
        (await storage.events(chatId, { from: 2, to: 6 }, { order, limit, maxBytes })).map(
          (row) => row.event.seq,
        );
      expect(await seqs("oldest", 2, 9_999)).toEqual([2, 3]);
      expect(await seqs("newest", 2, 9_999)).toEqual([5, 6]);
      expect(await seqs("oldest", 9, 400)).toEqual([2, 3]);
      expect(await seqs("newest", 9, 1)).toEqual([6]);
    });

    test("S8: the first move that reached a seq is found, and old moves go", async () => {
      const { chatId } = await run.direct(ana, ben.accountId);
      for (let i = 0; i < 3; i++) await run.say(ana, chatId, "m");
      await run.receipts(ben, { chatId, deliveredSeq: 2 });
      await run.receipts(ben, { chatId, deliveredSeq: 4, readSeq: 3 });
      const found = await storage.firstMoves(chatId, [ben.accountId], 3);
      expect(found.map(({ kind, seq }) => [kind, seq])).toEqual([
        ["delivered", 4],
        ["read", 3],
      ]);
      expect(await storage.pruneReceiptMoves(Date.now() - 60_000)).toBe(0);
      expect(await storage.pruneReceiptMoves(Date.now() + 60_000)).toBe(3);
      expect(await storage.firstMoves(chatId, [ben.accountId], 3)).toEqual([]);
    });

    test("people are found by the beginning or the middle of handle and name", async () => {
      await rename(storage, cleo.accountId, "Zoë Über-Straße 50%");
      const names = async (query: string) =>
        (await storage.searchPeople(query, ana.accountId, 10)).map((person) => person.handle);
      expect(await names("zoe")).toEqual(["cleo"]);
      expect(await names("ÜBER")).toEqual(["cleo"]);
      expect(await names("0%")).toEqual(["cleo"]);
      expect(await names("%")).toEqual(["cleo"]);
      expect(await names("@BE")).toEqual(["ben", "cleo"]);
      expect(await names("e")).toEqual(["ben", "cleo"]);
      expect(await names("ana")).toEqual([]);
      expect(await names("_")).toEqual([]);
    });

    test("S16: sessions are the devices that are not revoked", async () => {
      const second = await makeDevice(storage, ana.accountId);
      const sessions = await storage.sessions(ana.accountId);
      expect(sessions.map((row) => row.deviceId).sort()).toEqual([ana.deviceId, second].sort());
    });

    test("who shares a chat, and who is an acquaintance", async () => {
      const chatId = await run.group(ana, [ben.accountId]);
      expect(await storage.shareChat(ana.accountId, ben.accountId)).toBe(true);
      expect(await storage.shareChat(ana.accountId, cleo.accountId)).toBe(false);
      expect(await storage.acquaintances(ben.accountId)).toEqual([ana.accountId]);
      await run.leave(ben, chatId);
      expect(await storage.shareChat(ana.accountId, ben.accountId)).toBe(false);
    });

    test("answers about what does not exist are empty", async () => {
      const nobody = newId(ChatId) as unknown as AccountId;
      const nowhere = newId(ChatId);
      expect(await storage.account(nobody)).toBeUndefined();
      expect(await storage.roster(nowhere)).toBeUndefined();
      expect(await storage.access(ana.accountId, [nowhere])).toEqual([]);
      expect(await storage.chatViews(nobody, [nowhere])).toEqual([]);
      expect(await storage.events(nowhere, ALL, WHOLE)).toEqual([]);
      expect(await storage.lastSeen([nobody])).toEqual(new Map());
    });

    test("what comes after closing is refused", async () => {
      await storage.close();
      const [result] = await storage.transact([{ kind: "test.rename" }]);
      expect(result).toMatchObject({ ok: false, error: { code: "shutting_down" } });
      storage = await under.reopen();
    });
  });
}
