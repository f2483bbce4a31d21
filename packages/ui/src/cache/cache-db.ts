import type { ChatRow, MemberRow, PersonRow, Range } from "@parley/client/sync/model.ts";
import type { AccountKey, ChatId, DataEpoch } from "@parley/protocol/ids.ts";
import { Dexie, type EntityTable, type Table } from "dexie";
import type { StoredAside, StoredEvent } from "./row-codec.ts";

/** Raise it with any change to what the rows mean: an older cache is dropped and fetched anew. */
export const CACHE_SCHEMA = 1;

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

/** Tables of the cache. Keys in brackets are compound, so that a chat's rows lie together by seq. */
export class CacheDb extends Dexie {
  declare readonly meta: EntityTable<StoredMeta, "key">;
  declare readonly chats: EntityTable<StoredChat, "chatId">;
  declare readonly members: Table<MemberRow, [string, string]>;
  declare readonly events: Table<StoredEvent, [string, number]>;
  declare readonly ranges: Table<StoredRange, [string, number]>;
  declare readonly people: EntityTable<PersonRow, "accountId">;
  declare readonly aside: Table<StoredAside, [string, string]>;

  constructor(name: string) {
    super(name);
    this.version(CACHE_SCHEMA)
      .stores({
        meta: "key",
        chats: "chatId, activityAt, behind",
        members: "[chatId+accountId]",
        events: "[chatId+seq], clientId",
        ranges: "[chatId+from]",
        people: "accountId",
        aside: "[chatId+clientId]",
      })
      .upgrade((tx) => Promise.all(this.tables.map((table) => tx.table(table.name).clear())));
  }
}

export function emptyMeta(): StoredMeta {
  return { key: "state", schema: CACHE_SCHEMA, dataEpoch: null, since: 0, writerEpoch: null };
}

async function opened(name: string): Promise<CacheDb> {
  const db = new CacheDb(name);
  try {
    await db.open();
    const meta = await db.meta.get("state");
    if (meta !== undefined && meta.schema !== CACHE_SCHEMA) {
      throw new Error(`The cache is of schema ${meta.schema}.`);
    }
    if (meta === undefined) await db.meta.add(emptyMeta());
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

/**
 * Opens the cache of an account. One that is damaged, older or newer than this build is dropped: the
 * server has everything that was in it. Throws only if not even an empty one can be made.
 */
export async function openCacheDb(
  accountKey: AccountKey,
  onDropped: (cause: unknown) => void = () => undefined,
): Promise<CacheDb> {
  const name = cacheName(accountKey);
  try {
    return await opened(name);
  } catch (cause) {
    onDropped(cause);
    await Dexie.delete(name);
    return opened(name);
  }
}
