import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import type { DeviceData } from "@parley/client/sync/testing/model-world.ts";
import { Dexie } from "dexie";
import { cacheName } from "../cache-db.ts";
import { openDexieCacheStore } from "../dexie-cache-store.ts";
import { openDexieJournalStore } from "../dexie-journal-store.ts";

/** The databases of one model device, on IndexedDB. */
export function indexedDbData(): DeviceData {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  return {
    drop: () => Dexie.delete(cacheName(accountKey)),
    stores: {
      openCache: () => openDexieCacheStore(accountKey),
      openJournal: () => openDexieJournalStore(accountKey),
    },
  };
}
