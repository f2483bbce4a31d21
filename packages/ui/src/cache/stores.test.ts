import "fake-indexeddb/auto";
import { cacheStoreSuite } from "@parley/client/sync/testing/cache-store-suite.ts";
import { journalStoreSuite } from "@parley/client/sync/testing/journal-store-suite.ts";
import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import { cacheName } from "./cache-db.ts";
import { openDexieCacheStore } from "./dexie-cache-store.ts";
import { openDexieJournalStore } from "./dexie-journal-store.ts";

cacheStoreSuite("IndexedDB", async () => {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  return {
    open: () => openDexieCacheStore(accountKey),
    drop: () => Dexie.delete(cacheName(accountKey)),
  };
});

journalStoreSuite("IndexedDB", async () => {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  return () => openDexieJournalStore(accountKey);
});
