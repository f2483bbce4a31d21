import { AccountId, ChatId, DataEpoch, newId } from "@parley/protocol/ids.ts";
import { valueKey } from "@parley/protocol/values.ts";
import { describe, expect, it } from "vitest";
import type { CachePatch, CacheStore } from "../cache-store.ts";
import { sampleChat, sampleEvent, samplePerson } from "./sample.ts";

/** Opens stores on one database, which starts empty for every suite run. */
export type CacheOpener = () => Promise<{
  open(): Promise<CacheStore>;
  drop(): Promise<void> | void;
}>;

async function put(store: CacheStore, epoch: string, patch: CachePatch): Promise<void> {
  const written = await store.write(epoch, async () => ({ patch, result: undefined }));
  expect(written.ok).toBe(true);
}

/** What every cache store promises to the writer and to the read models. */
export function cacheStoreSuite(name: string, opener: CacheOpener): void {
  describe(`CacheStore: ${name}`, () => {
    const chatId = newId(ChatId);

    async function claimed() {
      const database = await opener();
      const store = await database.open();
      const claim = await store.claim("first");
      expect(claim).toEqual({ ok: true, value: { dataEpoch: null, since: 0 } });
      return { database, store };
    }

    it("S20: a claim fences every earlier writer, in other windows too", async () => {
      const { database, store } = await claimed();
      const other = await database.open();
      await put(store, "first", { chats: [sampleChat(chatId)] });
      await other.claim("second");
      let ran = false;
      const refused = await store.write("first", async () => {
        ran = true;
        return { patch: { meta: { since: 9 } }, result: undefined };
      });
      expect(refused).toMatchObject({ ok: false, fault: "fenced" });
      expect(ran).toBe(false);
      await put(other, "second", { meta: { since: 5 } });
      expect(await store.read((reads) => reads.meta())).toEqual({ dataEpoch: null, since: 5 });
      store.close();
      other.close();
    });

    it("S6: a patch is written whole, rows replace rows of the same key", async () => {
      const { store } = await claimed();
      const dataEpoch = newId(DataEpoch);
      const person = samplePerson("Mina");
      const event = sampleEvent(chatId, 3);
      await put(store, "first", {
        meta: { dataEpoch, since: 4 },
        chats: [sampleChat(chatId, { headSeq: 3, cursor: 3 })],
        events: [event, sampleEvent(chatId, 2)],
        ranges: [{ chatId, ranges: [{ from: 2, to: 3, kind: "held" }] }],
        people: [person],
      });
      await put(store, "first", { events: [{ ...event, payload: null, foldSeq: 8 }] });
      const found = await store.read(async (reads) => ({
        meta: await reads.meta(),
        chats: await reads.chats([newId(ChatId), chatId]),
        events: await reads.eventsBetween(chatId, 1, 9),
        ranges: await reads.ranges(chatId),
        people: await reads.people([newId(AccountId), person.accountId]),
      }));
      expect(found.meta).toEqual({ dataEpoch, since: 4 });
      expect(found.chats.map((row) => row?.cursor)).toEqual([undefined, 3]);
      expect(found.events.map((row) => [row.seq, row.foldSeq])).toEqual([
        [2, 2],
        [3, 8],
      ]);
      expect(found.ranges).toEqual([{ from: 2, to: 3, kind: "held" }]);
      expect(found.people).toEqual([undefined, person]);
      store.close();
    });

    it("S6: when the decision fails, nothing is written", async () => {
      const { store } = await claimed();
      const broken = store.write("first", async (reads) => {
        await reads.meta();
        throw new TypeError("a bug");
      });
      await expect(broken).rejects.toThrow("a bug");
      await put(store, "first", { meta: { since: 2 } });
      expect(await store.read((reads) => reads.allChats())).toEqual([]);
      store.close();
    });

    it("S6b: members and ranges of a chat are replaced as a whole, others' stay", async () => {
      const { store } = await claimed();
      const other = newId(ChatId);
      const member = (accountId: AccountId) => ({
        accountId,
        role: "member" as const,
        joinedSeq: 1,
        deliveredSeq: 1,
        readSeq: 1,
      });
      const [a, b] = [newId(AccountId), newId(AccountId)];
      await put(store, "first", {
        members: [
          { chatId, members: [member(a), member(b)] },
          { chatId: other, members: [member(a)] },
        ],
        ranges: [
          {
            chatId,
            ranges: [
              { from: 1, to: 2, kind: "held" },
              { from: 5, to: 9, kind: "held" },
            ],
          },
          { chatId: other, ranges: [{ from: 1, to: 1, kind: "withheld" }] },
        ],
      });
      await put(store, "first", {
        members: [{ chatId, members: [member(b)] }],
        ranges: [{ chatId, ranges: [{ from: 1, to: 9, kind: "held" }] }],
      });
      const found = await store.read(async (reads) => ({
        members: (await reads.members(chatId)).map((one) => one.accountId),
        ranges: await reads.ranges(chatId),
        otherMembers: (await reads.members(other)).length,
        otherRanges: (await reads.ranges(other)).length,
      }));
      expect(found).toEqual({
        members: [b],
        ranges: [{ from: 1, to: 9, kind: "held" }],
        otherMembers: 1,
        otherRanges: 1,
      });
      store.close();
    });

    it("S6b: dropped events go before new ones are put, and only within their span", async () => {
      const { store } = await claimed();
      const events = [1, 2, 3, 4].map((seq) => sampleEvent(chatId, seq));
      const fresh = sampleEvent(chatId, 3);
      await put(store, "first", { events });
      await put(store, "first", { dropEvents: [{ chatId, from: 2, to: 3 }], events: [fresh] });
      const held = await store.read((reads) => reads.eventsBetween(chatId, 1, 9));
      expect(held.map((row) => row.clientId)).toEqual([
        events[0]?.clientId,
        fresh.clientId,
        events[3]?.clientId,
      ]);
      const ids = [events[1]?.clientId ?? fresh.clientId, fresh.clientId];
      expect(await store.read((reads) => reads.heldClientIds(ids))).toEqual(
        new Set([fresh.clientId]),
      );
      store.close();
    });

    it("S6a, S6c: what is behind is found: a higher head, or to be reconciled, never a lost chat", async () => {
      const { store } = await claimed();
      const [behind, level, stale, lost] = [1, 2, 3, 4].map(() => newId(ChatId));
      if (!behind || !level || !stale || !lost) throw new Error("four ids");
      await put(store, "first", {
        chats: [
          sampleChat(behind, { headSeq: 4, cursor: 3 }),
          sampleChat(level, { headSeq: 3, cursor: 3 }),
          sampleChat(stale, { headSeq: 3, cursor: 3, reconcile: true }),
          sampleChat(lost, { headSeq: 3, cursor: 1, lost: true }),
        ],
      });
      const rows = await store.read((reads) => reads.chatsBehind());
      expect(new Set(rows.map((row) => row.chatId))).toEqual(new Set([behind, stale]));
      store.close();
    });

    it("E4: a full payload comes back as it was, also with characters of two units", async () => {
      const { store } = await claimed();
      const payload = `${"a".repeat(100_000)}é€😀${"b".repeat(100_000)}`;
      const event = sampleEvent(chatId, 1, {
        payload,
        fold: {
          foldSeq: 2,
          edit: { seq: 2, at: 2, alg: "none", payload },
          reactions: [{ key: "👍", count: 1 }],
          recent: [],
        },
      });
      await put(store, "first", { events: [event] });
      expect(await store.read((reads) => reads.events(chatId, [1, 2]))).toEqual([event]);
      store.close();
    });

    it("S1: account values are kept by key, found by kind, and cleared for a new epoch", async () => {
      const { store } = await claimed();
      const pin = { key: valueKey("pin", chatId), value: '{"atMs":1}', change: 3 };
      const long = { key: valueKey("draft", chatId), value: `"${"€".repeat(60_000)}"`, change: 4 };
      const gone = { key: valueKey("draft", newId(ChatId)), value: null, change: 5 };
      await put(store, "first", { values: [pin, long, gone] });
      const found = await store.read((reads) => reads.values([gone.key, "mute:x", pin.key]));
      expect(found).toEqual([gone, undefined, pin]);
      const drafts = await store.read((reads) => reads.valuesOf("draft"));
      expect(drafts.toSorted((a, b) => a.change - b.change)).toEqual([long, gone]);
      await put(store, "first", { clearValues: true, values: [gone] });
      expect(await store.read((reads) => reads.valuesOf("pin"))).toEqual([]);
      expect(await store.read((reads) => reads.valuesOf("draft"))).toEqual([gone]);
      store.close();
    });

    it("S6: a cache that is gone is reported lost, and after reopening it is empty and usable", async () => {
      const { database, store } = await claimed();
      await put(store, "first", { chats: [sampleChat(chatId)], meta: { since: 3 } });
      await database.drop();
      const refused = await store.write("first", async () => ({ patch: {}, result: undefined }));
      expect(refused).toMatchObject({ ok: false, fault: "lost" });
      await store.reopen();
      expect(await store.claim("again")).toEqual({
        ok: true,
        value: { dataEpoch: null, since: 0 },
      });
      expect(await store.read((reads) => reads.allChats())).toEqual([]);
      await put(store, "again", { chats: [sampleChat(chatId)] });
      store.close();
    });

    it("S6, S20: one that another window has opened anew is lost, not taken by another writer", async () => {
      const { database, store } = await claimed();
      await put(store, "first", { chats: [sampleChat(chatId)] });
      await database.drop();
      const other = await database.open();
      const refused = await store.write("first", async () => ({ patch: {}, result: undefined }));
      expect(refused).toMatchObject({ ok: false, fault: "lost" });
      await store.reopen();
      await store.claim("again");
      await put(store, "again", { meta: { since: 7 } });
      expect(await other.read((reads) => reads.allChats())).toEqual([]);
      store.close();
      other.close();
    });
  });
}
