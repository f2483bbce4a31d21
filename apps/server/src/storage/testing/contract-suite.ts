import { createHash } from "node:crypto";
import { CHAIN_START, verifyEvent } from "@parley/protocol/chain.ts";
import type { Event, Send } from "@parley/protocol/event.ts";
import { type AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PutOutcome, PutValues } from "../../features/values/values.commands.ts";
import { commandsOn } from "../../testing/commands.ts";
import { textItem } from "../../testing/socket-client.ts";
import {
  makeAccount,
  makeDevice,
  putDevice,
  rename,
  type TestAccount,
} from "../../testing/test-accounts.ts";
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

/** Sight of whoever was there from the beginning. */
const SEES_ALL = { ranges: [ALL], toldToSeq: Infinity };

function relatedItem(kind: string, { chatId, clientId }: Send, key?: string): Send {
  const rel = { kind, target: clientId, ...(key !== undefined && { key }) };
  return textItem(chatId, kind, { notify: false, rel });
}

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

    test("V55, S6: from since 0 chats come by id, and as people those whom no chat names", async () => {
      const names = Array.from({ length: LIMITS.receiptDetailMembers }, (_, n) => `member${n}`);
      const members: TestAccount[] = [];
      for (const name of names) members.push(await makeAccount(storage, name));
      const ids = members.map((member) => member.accountId);
      const direct = await run.direct(ana, ben.accountId);
      const small = await run.group(ana, ids.slice(1));
      const large = await run.group(ana, ids);
      const left = await run.group(ben, [ana.accountId]);
      await run.leave(ana, left);
      const all = [direct.chatId, small, large, left, ana.selfChatId].toSorted();

      const listed = await storage.changedChats(ana.accountId, 0, null, 3);
      const [last] = listed.slice(-1);
      if (!last) throw new Error("nothing was listed");
      const after = { change: last.change, id: last.chatId };
      listed.push(...(await storage.changedChats(ana.accountId, 0, after, 10)));
      expect(listed.map((row) => row.chatId)).toEqual(all);
      const later = await storage.changedChats(ana.accountId, 1, null, 10);
      expect(later).toHaveLength(4);
      expect(listed).toEqual(expect.arrayContaining(later));

      const people = await storage.changedPeople(ana.accountId, 0, null, 100);
      expect(people.map((row) => row.person.accountId).toSorted()).toEqual(ids.toSorted());
      const views = await storage.chatViews(ana.accountId, all);
      const named = new Set(views.flatMap((view) => view.people).map((one) => one.accountId));
      for (const { person } of people) named.add(person.accountId);
      const known = [ana.accountId, ben.accountId, ...ids];
      expect([...named].toSorted()).toEqual(known.toSorted());
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

    test("S12, S13: folds, erasures and live reactions are as they were after reopening", async () => {
      const chatId = await run.group(ana, [ben.accountId]);
      const edited = textItem(chatId, "edited");
      const erased = textItem(chatId, "erased", { mentions: [ben.accountId] });
      const reaction = relatedItem("reaction", edited, "+");
      const gone = relatedItem("reaction", edited, "-");
      await run.send(ana, chatId, edited, erased, reaction, gone);
      // Over several commits, and one that changes what it adds.
      await run.send(ana, chatId, relatedItem("edit", edited), relatedItem("edit", erased));
      await run.send(ana, chatId, relatedItem("redact", erased), relatedItem("redact", gone, "-"));
      const before = await storage.shownEvents(chatId, ALL, WHOLE, SEES_ALL);
      const stored = await eventsOf(chatId);
      storage = await under.reopen();
      run = commandsOn(storage);
      expect(await storage.shownEvents(chatId, ALL, WHOLE, SEES_ALL)).toEqual(before);
      expect(await eventsOf(chatId)).toEqual(stored);
      expect(before.map((event) => event.fold?.foldSeq)).toEqual([
        undefined,
        9,
        8,
        ...Array.from({ length: 6 }, () => undefined),
      ]);
      expect(before[1]?.fold).toMatchObject({
        edit: { seq: 6, payload: relatedItem("edit", edited).payload },
        reactions: [{ key: "+", count: 1 }],
        recent: [{ clientId: reaction.clientId, accountId: ana.accountId, key: "+", seq: 4 }],
      });
      expect(before[2]?.fold).toMatchObject({ erased: { seq: 8, by: ana.accountId } });
      const kept = stored.filter((event) => event.payload !== null).map((event) => event.seq);
      expect(kept).toEqual([1, 2, 4, 6, 8, 9]);
      const again = [relatedItem("reaction", edited, "+"), relatedItem("reaction", edited, "-")];
      const outcomes = await run.send(ana, chatId, ...again);
      expect(outcomes).toMatchObject([{ error: { code: "duplicate_reaction" } }, { event: {} }]);
      expect(await storage.counts(ben.accountId, chatId)).toMatchObject({ unread: 1, mentions: 0 });
    });

    test("V31: moved folds are found by cursor and ranges, erasures first, and cut by number and size", async () => {
      const chatId = await run.group(ana, []);
      const items = [1, 2, 3, 4].map((n) => textItem(chatId, `${n}`));
      await run.send(ana, chatId, ...items);
      const [two, three, four, five] = items;
      await run.send(
        ana,
        chatId,
        relatedItem("edit", two!),
        relatedItem("reaction", three!, "+"),
        relatedItem("redact", four!),
        relatedItem("reaction", five!, "+"),
      );
      const moved = async (
        after: number,
        ranges: [number, number][],
        limit = 9,
        maxBytes = 9_999,
      ) => {
        const spans = ranges.map(([from, to]) => ({ from, to }));
        const query = { after, ranges: spans, limit, maxBytes };
        const found = await storage.movedFolds(chatId, query, SEES_ALL);
        return [...found.moved.map(({ seq }) => seq), ...(found.isCut ? ["cut"] : [])];
      };
      expect(await moved(0, [[1, 9]])).toEqual([4, 5, 3, 2]);
      expect(await moved(6, [[1, 9]])).toEqual([4, 5, 3]);
      expect(await moved(9, [[1, 9]])).toEqual([]);
      expect(await moved(0, [])).toEqual([]);
      const parts: [number, number][] = [
        [5, 9],
        [1, 3],
      ];
      expect(await moved(0, parts)).toEqual([5, 3, 2]);
      const overlapping: [number, number][] = [
        [2, 5],
        [3, 3],
        [1, 2],
      ];
      expect(await moved(0, overlapping)).toEqual([4, 5, 3, 2]);
      expect(await moved(0, [[1, 9]], 3)).toEqual([4, 5, 3, "cut"]);
      expect(await moved(0, [[1, 9]], 4)).toEqual([4, 5, 3, 2]);
      expect(await moved(0, [[1, 9]], 9, 200)).toEqual([4, "cut"]);
    });

    test("S9: numbers of many members at once are those of each alone", async () => {
      const chatId = await run.group(ana, [ben.accountId, cleo.accountId]);
      const mentions = [ben.accountId, ana.accountId];
      for (const by of [ana, ben, cleo, ana, cleo]) {
        await run.send(by, chatId, textItem(chatId, "m", { mentions }));
      }
      await run.receipts(ben, { chatId, readSeq: 3 });
      await run.receipts(cleo, { chatId, readSeq: 4 });
      const ids = [cleo.accountId, ana.accountId, ben.accountId];
      const many = await storage.countsBefore(chatId, 4, ids);
      const alone = await Promise.all(
        [ben, ana].map(({ accountId }) => storage.counts(accountId, chatId)),
      );
      expect(many).toEqual(alone);
      expect(many.map(({ unread, mentions: named }) => [unread, named])).toEqual([
        [3, 3],
        [3, 3],
      ]);
      await run.leave(ben, chatId);
      expect(await storage.countsBefore(chatId, 4, [ben.accountId])).toEqual([]);
    });

    test("X3: who sees an event: members since, and those who left after it", async () => {
      const chatId = await run.group(ana, [ben.accountId]);
      await run.say(ana, chatId, "2");
      await run.leave(ben, chatId);
      await run.add(ana, chatId, cleo.accountId);
      const seers = async (seq: number) => [...(await storage.seersOf(chatId, seq))].sort();
      expect(await seers(2)).toEqual([ana.accountId, ben.accountId].sort());
      expect(await seers(4)).toEqual([ana.accountId, cleo.accountId].sort());
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

    test("S16, V57: sessions are the newest devices that are not revoked; who revoked one is kept", async () => {
      const second = await makeDevice(storage, ana.accountId);
      const row = await storage.device(await makeDevice(storage, ana.accountId));
      if (!row) throw new Error("no device");
      const newest = async (limit: number) =>
        (await storage.sessions(ana.accountId, limit)).map(({ deviceId }) => deviceId);
      await putDevice(storage, { ...row, createdAt: row.createdAt + 1_000 });
      expect(await newest(1)).toEqual([row.deviceId]);
      expect((await newest(10)).sort()).toEqual([ana.deviceId, second, row.deviceId].sort());
      const revoked = { ...row, revokedAt: row.createdAt, revokedBy: second };
      await putDevice(storage, revoked);
      expect((await newest(10)).sort()).toEqual([ana.deviceId, second].sort());
      expect(await storage.device(row.deviceId)).toEqual(revoked);
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

    test("S1, V32: values are listed by (change, key), cut by number and by size, and survive reopening", async () => {
      const { accountId } = ana;
      const keyOf = (at: number) => valueKey("draft", ids[at] ?? newId(ChatId));
      const ids = Array.from({ length: 4 }, () => newId(ChatId)).toSorted();
      const long = JSON.stringify("x".repeat(1_000));
      await run.values(ana, { key: keyOf(1), value: long }, { key: keyOf(0), value: long });
      await run.values(ana, { key: keyOf(2), value: "1" });
      await run.values(ana, { key: keyOf(3), value: "2" });
      await run.values(ben, { key: keyOf(3), value: "3" });
      const list = (since: number, after: { change: number; id: string } | null, limit = 10) =>
        storage.changedValues(accountId, since, after, { limit, maxBytes: 1_500 });
      const first = await list(0, null);
      expect(first).toMatchObject({ complete: false, rows: [{ key: keyOf(0), value: long }] });
      const one = first.rows[0]!;
      const rest = await list(0, { change: one.change, id: one.key });
      expect(rest.rows.map((row) => row.key)).toEqual([keyOf(1), keyOf(2), keyOf(3)]);
      expect(rest.complete).toBe(true);
      const second = rest.rows[1]!;
      expect((await list(second.change, null)).rows.map((row) => row.value)).toEqual(["2"]);
      expect(await list(0, null, 1)).toMatchObject({ complete: false });
      await run.values(ana, { key: keyOf(2), value: null });
      storage = await under.reopen();
      run = commandsOn(storage);
      const after = await list(second.change, null);
      expect(after.rows.map(({ key, value }) => [key, value])).toEqual([
        [keyOf(3), "2"],
        [keyOf(2), null],
      ]);
    });

    test("V32: values of one group see each other, and the limit counts those that it made", async () => {
      const key = valueKey("draft", newId(ChatId));
      const put = (value: string | null, baseRev: number): PutValues => ({
        kind: "values.put",
        accountId: ana.accountId,
        puts: [{ key, value, baseRev }],
      });
      const results = await storage.transact<PutOutcome[]>([put("1", 0), put("2", 0), put("1", 7)]);
      const outcomes = results.flatMap((result) => (result.ok ? result.value : []));
      expect(outcomes).toMatchObject([
        { written: { value: "1" } },
        { stale: { value: "1" } },
        { written: { value: "1" } },
      ]);
    });

    test("V33: who has blocked whom, and in which direct chat that counts", async () => {
      const { chatId } = await run.direct(ana, ben.accountId);
      const group = await run.group(ana, [ben.accountId]);
      const key = valueKey("block", ben.accountId);
      const among = [ana.accountId, cleo.accountId];
      expect(await storage.blockersOf(ben.accountId, among)).toEqual(new Set());
      expect(await storage.hasBlock(chatId)).toBe(false);
      await run.values(ana, { key, value: writeValue("block", { atMs: 1 }) });
      expect(await storage.blockersOf(ben.accountId, among)).toEqual(new Set([ana.accountId]));
      expect(await storage.blockersOf(ana.accountId, [ben.accountId])).toEqual(new Set());
      expect([await storage.hasBlock(chatId), await storage.hasBlock(group)]).toEqual([
        true,
        false,
      ]);
      await run.values(ana, { key, value: null });
      expect(await storage.blockersOf(ben.accountId, among)).toEqual(new Set());
      expect(await storage.hasBlock(chatId)).toBe(false);
      expect(await storage.hasBlock(newId(ChatId))).toBe(false);
    });

    test("V43: groups above the limit are found, others are not", async () => {
      const small = await run.group(ana, [ben.accountId]);
      const others: AccountId[] = [];
      for (let i = 0; i < LIMITS.receiptDetailMembers; i++) {
        others.push((await makeAccount(storage, `person${i}`)).accountId);
      }
      const large = await run.group(ana, others);
      expect(await storage.largeGroups()).toEqual([{ chatId: large, memberCount: 33 }]);
      await run.remove(ana, large, others[0]!);
      expect(await storage.largeGroups()).toEqual([]);
      expect(small).not.toBe(large);
    });

    test("what comes after closing is refused", async () => {
      await storage.close();
      const [result] = await storage.transact([{ kind: "test.rename" }]);
      expect(result).toMatchObject({ ok: false, error: { code: "shutting_down" } });
      storage = await under.reopen();
    });
  });
}
