import type { ChatRow, MemberRow, PersonRow, Range } from "@parley/client/sync/model.ts";
import type { AccountKey, ChatId, DataEpoch } from "@parley/protocol/ids.ts";
import { Dexie, type EntityTable, type Table, type Transaction } from "dexie";
import { deleteDatabase, openWithin, StorageHeldError } from "./held-storage.ts";
import type { StoredEvent, StoredValue } from "./row-codec.ts";

/** Raise it with any change to what the rows mean: an older cache is dropped and fetched anew. */
export const CACHE_SCHEMA = 3;

export type StoredChat = ChatRow & { behind: 0 | 1 };
export type StoredRange = Range & { chatId: ChatId };
export type StoredMeta = {
  key: "state";
  schema: number;
  dataEpoch: DataEpoch | null;
  since: number;
  /** S20: only the writer that claimed the store with this id may write. */
  writerEpoch: string | null;
};

/** S19: the name carries the account, so accounts never share rows. */
export function cacheName(accountKey: AccountKey): string {
  return `parley.cache.${accountKey}`;
}

/** The tables, of the database itself or bound to one transaction. */
export type CacheTables = {
  readonly meta: EntityTable<StoredMeta, "key">;
  readonly chats: EntityTable<StoredChat, "chatId">;
  readonly members: Table<MemberRow, [string, string]>;
  readonly events: Table<StoredEvent, [string, number]>;
  readonly ranges: Table<StoredRange, [string, number]>;
  readonly people: EntityTable<PersonRow, "accountId">;
  readonly values: EntityTable<StoredValue, "key">;
};

/**
 * Dexie would keep results of queries and tell their readers of each commit itself, besides the event
 * that tells them anyway: every live query ran twice.
 */
export const NO_SHARED_RESULTS = { cache: "disabled" } as const;

/** Tables of the cache. Keys in brackets are compound, so that a chat's rows lie together by seq. */
export class CacheDb extends Dexie implements CacheTables {
  declare readonly meta: CacheTables["meta"];
  declare readonly chats: CacheTables["chats"];
  declare readonly members: CacheTables["members"];
  declare readonly events: CacheTables["events"];
  declare readonly ranges: CacheTables["ranges"];
  declare readonly people: CacheTables["people"];
  declare readonly values: CacheTables["values"];

  constructor(name: string) {
    super(name, NO_SHARED_RESULTS);
    this.version(CACHE_SCHEMA)
      .stores({
        meta: "key",
        chats: "chatId, activityAt, behind",
        members: "[chatId+accountId]",
        events: "[chatId+seq], clientId",
        ranges: "[chatId+from]",
        people: "accountId",
        // What was set aside (S6c) stands in the journal.
        aside: null,
        values: "key",
      })
      .upgrade((tx) => Promise.all(this.tables.map((table) => tx.table(table.name).clear())));
  }
}

function bound<Name extends keyof CacheTables>(tx: Transaction, name: Name): CacheTables[Name] {
  return tx.table(name);
}

/**
 * The tables bound to a transaction. Dexie otherwise follows native awaits by counting microtasks, and
 * a longer decision would fall out of its transaction unnoticed.
 */
export function tablesWithin(tx: Transaction): CacheTables {
  return {
    meta: bound(tx, "meta"),
    chats: bound(tx, "chats"),
    members: bound(tx, "members"),
    events: bound(tx, "events"),
    ranges: bound(tx, "ranges"),
    people: bound(tx, "people"),
    values: bound(tx, "values"),
  };
}

export function emptyMeta(): StoredMeta {
  return { key: "state", schema: CACHE_SCHEMA, dataEpoch: null, since: 0, writerEpoch: null };
}

/**
 * Whether the database has the tables, keys and indexes of this build. Dexie opens one whose keys are
 * others, and fails later.
 */
function hasShape(db: CacheDb): boolean {
  const native = db.backendDB();
  const names = db.tables.map((table) => table.name).sort();
  if ([...native.objectStoreNames].sort().join() !== names.join()) return false;
  const tx = native.transaction(names, "readonly");
  return db.tables.every(({ name, schema }) => {
    const store = tx.objectStore(name);
    const sameKey = JSON.stringify(store.keyPath) === JSON.stringify(schema.primKey.keyPath);
    return sameKey && schema.indexes.every((index) => store.indexNames.contains(index.name));
  });
}

/** Two windows may open a new cache at the same moment; what the other has begun stays. */
function begin(db: CacheDb): Promise<void> {
  return db.transaction("rw", db.meta, async () => {
    if ((await db.meta.get("state")) === undefined) await db.meta.add(emptyMeta());
  });
}

async function opened(name: string, patienceMs?: number): Promise<CacheDb> {
  const db = new CacheDb(name);
  await openWithin(db, patienceMs);
  try {
    if (!hasShape(db)) throw new Error("The cache is of another shape.");
    const meta = await db.meta.get("state");
    if (meta !== undefined && meta.schema !== CACHE_SCHEMA) {
      throw new Error(`The cache is of schema ${meta.schema}.`);
    }
    if (meta === undefined) await begin(db);
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

/**
 * Opens the cache of an account. One that is damaged, older or newer than this build is dropped: the
 * server has everything that was in it. Throws only if not even an empty one can be made, and a
 * StorageHeldError where another window is in the way for longer than `patienceMs`.
 */
export async function openCacheDb(
  accountKey: AccountKey,
  onDropped: (cause: unknown) => void = () => undefined,
  patienceMs?: number,
): Promise<CacheDb> {
  const name = cacheName(accountKey);
  try {
    return await opened(name, patienceMs);
  } catch (cause) {
    if (cause instanceof StorageHeldError) throw cause;
    onDropped(cause);
    await deleteDatabase(name, patienceMs);
    return opened(name, patienceMs);
  }
}
