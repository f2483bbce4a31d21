import { isEmpty } from "@parley/client/sync/draft-sync.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { type CacheDb, cacheName, emptyMeta, tablesWithin } from "./cache-db.ts";
import type { DexieJournalStore } from "./dexie-journal-store.ts";
import { deleteDatabase, StorageHeldError } from "./held-storage.ts";
import type { LiveShelf } from "./live.ts";
import type { KeptHere } from "./read-models.ts";

/** What this device keeps of an account: counts rows, reads none of the messages. */
export async function readKept(cache: CacheDb, journal: DexieJournalStore): Promise<KeptHere> {
  const [entries, drafts] = await Promise.all([
    journal.entries(),
    journal.db.drafts.filter((draft) => !isEmpty(draft)).count(),
  ]);
  const [events, chats, behind, meta] = await Promise.all([
    cache.events.count(),
    cache.chats.count(),
    cache.chats.where("behind").equals(1).count(),
    cache.meta.get("state"),
  ]);
  return {
    events,
    chats,
    waiting: entries.filter((entry) => entry.state !== "sent").length,
    drafts,
    // S6: only the last page of a hello moves it.
    fetched: (meta ?? emptyMeta()).since > 0 && behind === 0,
  };
}

export type RebuildDeps = {
  accountKey: AccountKey;
  /** The database that is open now. */
  cache: () => CacheDb;
  journal: DexieJournalStore;
  shelf: LiveShelf;
  /** Nothing is in it any more: the writer, in whatever window it is, should look. */
  onEmptied: () => void;
};

/** Nobody's and without rows, as a new one: other windows need not let go of it for that. */
function emptied(cache: CacheDb): Promise<void> {
  return cache.transaction("rw", cache.tables, async (tx) => {
    await Promise.all(cache.tables.map(({ name }) => tx.table(name).clear()));
    await tablesWithin(tx).meta.put(emptyMeta());
  });
}

/** One that cannot even be emptied is damaged, and has to go as a whole. */
async function forgotten({ accountKey, cache }: RebuildDeps): Promise<Result<void>> {
  try {
    await emptied(cache()).catch(() => deleteDatabase(cacheName(accountKey)));
    return success(undefined);
  } catch (cause) {
    const code = cause instanceof StorageHeldError ? "storage_held" : "internal";
    return failure(code, `The cache could not be deleted: ${String(cause)}`);
  }
}

/**
 * S6: forgets what the server can tell again, of one account, in all windows. Its writer finds the
 * cache gone (`checkCache`), claims an empty one and says hello anew; the journal stays as it is.
 * Answers what is kept once all is fetched: without a connection that is when there is one again.
 * `internal` if this device does not let the cache be emptied, `storage_held` if another window does not.
 */
export async function rebuildCache(deps: RebuildDeps): Promise<Result<KeptHere>> {
  const { cache, journal, shelf } = deps;
  const gone = await forgotten(deps);
  if (!gone.ok) return gone;
  deps.onEmptied();
  // What this window shows was read from what is gone.
  shelf.restart();
  // A reader of its own: what others have read may be of before.
  const kept = shelf.share(`rebuilt:${crypto.randomUUID()}`, () => readKept(cache(), journal));
  return new Promise((resolve) => {
    const stop = kept.subscribe(() => {
      const now = kept.get();
      if (now?.fetched !== true) return;
      stop();
      resolve(success(now));
    });
  });
}
