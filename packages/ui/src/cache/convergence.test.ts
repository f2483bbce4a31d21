import "fake-indexeddb/auto";
import { ModelWorld } from "@parley/client/sync/testing/model-world.ts";
import { play, programs } from "@parley/client/sync/testing/programs.ts";
import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cacheName } from "./cache-db.ts";
import { openDexieCacheStore } from "./dexie-cache-store.ts";
import { openDexieJournalStore } from "./dexie-journal-store.ts";

function indexedDbData() {
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  return {
    drop: () => Dexie.delete(cacheName(accountKey)),
    stores: {
      openCache: () => openDexieCacheStore(accountKey),
      openJournal: () => openDexieJournalStore(accountKey),
    },
  };
}

describe("sync on IndexedDB: convergence", () => {
  it("S6, S11, S20: any program of devices ends with the server's state, exactly once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), programs(5, 20), async (seed, steps) => {
        const world = new ModelWorld(seed, 2, 2, indexedDbData);
        expect(await play(world, steps)).toEqual([]);
      }),
      { numRuns: Number(process.env["PARLEY_PROGRAMS_IDB"] ?? 8), interruptAfterTimeLimit: 60_000 },
    );
  }, 90_000);
});
