import "fake-indexeddb/auto";
import { sampleChat, sampleEntry, sampleEvent } from "@parley/client/sync/testing/sample.ts";
import { AccountId, accountKeyOf, ChatId, newId, ServerId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";
import { Dexie } from "dexie";
import { describe, expect, it } from "vitest";
import { CACHE_SCHEMA, cacheName, openCacheDb } from "./cache-db.ts";
import { openDexieCacheStore } from "./dexie-cache-store.ts";
import { openDexieJournalStore } from "./dexie-journal-store.ts";
import { journalName } from "./journal-db.ts";
import { packEntry, packEvent, packValue } from "./row-codec.ts";

function freshKey() {
  return accountKeyOf(newId(ServerId), newId(AccountId));
}

/** Size of a value as structured clone stores it: two bytes a unit once a string leaves Latin-1. */
function storedBytes(value: unknown): number {
  if (typeof value === "string") {
    const isLatin1 = Array.from(value).every((unit) => (unit.codePointAt(0) ?? 0) < 256);
    return isLatin1 ? value.length : value.length * 2;
  }
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.entries(value).reduce(
    (sum, [key, one]) => sum + key.length + 4 + storedBytes(one),
    8,
  );
}

describe("the cache database", () => {
  it("is made anew when it is of another shape, and the journal survives", async () => {
    const accountKey = freshKey();
    const journal = openDexieJournalStore(accountKey);
    await journal.add(sampleEntry(newId(ChatId)));
    // What some other build left: other tables, another key of `chats`, higher or lower version.
    for (const version of [1, 40]) {
      const other = new Dexie(cacheName(accountKey));
      other.version(version).stores({ chats: "++id", junk: "id" });
      await other.open();
      await other.table("chats").add({ title: "old" });
      other.close();
      let dropped = 0;
      const db = await openCacheDb(accountKey, () => (dropped += 1));
      expect(dropped).toBe(1);
      expect(await db.chats.toArray()).toEqual([]);
      expect(await db.meta.get("state")).toMatchObject({ schema: CACHE_SCHEMA, since: 0 });
      db.close();
      await Dexie.delete(cacheName(accountKey));
    }
    expect((await journal.entries()).length).toBe(1);
    journal.close();
  });

  it("is made anew when its rows are of another schema", async () => {
    const accountKey = freshKey();
    const store = await openDexieCacheStore(accountKey);
    await store.claim("w");
    const chats = [sampleChat(newId(ChatId))];
    await store.write("w", async () => ({ patch: { chats }, result: undefined }));
    await store.current().meta.update("state", { schema: CACHE_SCHEMA + 1 });
    store.close();
    const reopened = await openDexieCacheStore(accountKey);
    expect(await reopened.read((reads) => reads.allChats())).toEqual([]);
    reopened.close();
  });

  it("stays when it is whole", async () => {
    const accountKey = freshKey();
    const store = await openDexieCacheStore(accountKey);
    await store.claim("w");
    const chats = [sampleChat(newId(ChatId))];
    await store.write("w", async () => ({ patch: { chats }, result: undefined }));
    store.close();
    const reopened = await openDexieCacheStore(accountKey, {
      dropped: (cause) => {
        throw cause;
      },
    });
    expect((await reopened.read((reads) => reads.allChats())).length).toBe(1);
    reopened.close();
  });

  it("is not dropped when two windows make it at the same moment", async () => {
    for (let i = 0; i < 5; i++) {
      const accountKey = freshKey();
      const dropped: unknown[] = [];
      const both = [1, 2].map(() => openCacheDb(accountKey, (cause) => dropped.push(cause)));
      for (const db of await Promise.all(both)) db.close();
      expect(dropped).toEqual([]);
    }
  });

  it("S19: accounts have databases of their own", () => {
    const [a, b] = [freshKey(), freshKey()];
    expect(new Set([a, b].flatMap((key) => [cacheName(key), journalName(key)])).size).toBe(4);
  });

  it("E4: no stored row exceeds the limit, however the largest payload is written", () => {
    const half = "a".repeat(LIMITS.payloadBytes - 4);
    const mediaIds = Array.from({ length: LIMITS.mediaIds }, () => newId(ChatId));
    for (const payload of [
      `${half}😀`,
      "é".repeat(LIMITS.payloadBytes / 2),
      "漢".repeat(LIMITS.payloadBytes / 3),
    ]) {
      const chatId = newId(ChatId);
      const mentions = Array.from({ length: LIMITS.mentions }, () => newId(AccountId));
      const plain = sampleEvent(chatId, 1, { payload, mentions });
      const edited = sampleEvent(chatId, 1, {
        payload: null,
        mentions,
        fold: {
          foldSeq: 2,
          edit: { seq: 2, at: 2, alg: "none", payload, mentions },
          reactions: [],
          recent: [],
        },
      });
      const entry = sampleEntry(chatId);
      const stored = [
        packEvent(plain),
        packEvent(edited),
        packEntry({ ...entry, send: { ...entry.send, payload, mentions } }),
      ];
      const text = payload.slice(0, LIMITS.textUnits);
      const draft = writeValue("draft", { text, replyTo: null, atMs: 1 });
      const value = packValue({ key: valueKey("draft", chatId), value: draft, change: 1 });
      expect(storedBytes(value)).toBeLessThan(LIMITS.storedValueBytes);
      for (const row of stored) {
        expect(storedBytes({ ...row, mediaIds })).toBeLessThan(LIMITS.storedValueBytes);
      }
    }
  });
});
