import type {
  CachePatch,
  CacheReads,
  CacheStore,
  WriteFault,
  WriteResult,
} from "@parley/client/sync/cache-store.ts";
import type { CacheMeta } from "@parley/client/sync/model.ts";
import type { AccountKey, ChatId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import {
  type CacheDb,
  type CacheTables,
  emptyMeta,
  openCacheDb,
  tablesWithin,
} from "./cache-db.ts";
import { isSame } from "./keep-same.ts";
import { packEvent, packValue, unpackEvent, unpackValue } from "./row-codec.ts";

class FencedError extends Error {
  override readonly name = "FencedError";
}

/** The database was deleted behind our back and opened itself again, empty. */
class EmptiedError extends Error {
  override readonly name = "EmptiedError";
}

type Named = { name: string; inner?: unknown };

function isNamed(cause: unknown): cause is Named {
  return typeof cause === "object" && cause !== null && "name" in cause;
}

function names(cause: unknown): string[] {
  if (!isNamed(cause)) return [];
  return [cause.name, ...("inner" in cause ? names(cause.inner) : [])];
}

/** What a failed transaction means; undefined for an error of our own, which is not the store's. */
function faultOf(cause: unknown): WriteFault | undefined {
  const found = names(cause);
  if (found.includes("FencedError")) return "fenced";
  if (found.includes("EmptiedError")) return "lost";
  if (found.includes("QuotaExceededError")) return "full";
  const ofStore = cause instanceof Dexie.DexieError || cause instanceof DOMException;
  return ofStore ? "lost" : undefined;
}

function allOf(chatId: ChatId): [[ChatId, typeof Dexie.minKey], [ChatId, typeof Dexie.maxKey]] {
  return [
    [chatId, Dexie.minKey],
    [chatId, Dexie.maxKey],
  ];
}

/** Reads of the cache port over its tables; also used by the read models. */
export function dexieReads(db: CacheTables): CacheReads {
  const metaRow = async (): Promise<CacheMeta> => {
    const { dataEpoch, since } = (await db.meta.get("state")) ?? emptyMeta();
    return { dataEpoch, since };
  };
  return {
    meta: metaRow,
    chats: (chatIds) => db.chats.bulkGet([...chatIds]),
    allChats: () => db.chats.toArray(),
    chatsBehind: () => db.chats.where("behind").equals(1).toArray(),
    members: (chatId) =>
      db.members
        .where("[chatId+accountId]")
        .between(...allOf(chatId))
        .toArray(),
    async ranges(chatId) {
      const rows = await db.ranges
        .where("[chatId+from]")
        .between(...allOf(chatId))
        .toArray();
      return rows.map(({ from, to, kind }) => ({ from, to, kind }));
    },
    async events(chatId, seqs) {
      const rows = await db.events.bulkGet(seqs.map((seq) => [chatId, seq]));
      return rows.flatMap((row) => (row === undefined ? [] : [unpackEvent(row)]));
    },
    async eventsBetween(chatId, from, to) {
      if (from > to) return [];
      const rows = await db.events
        .where("[chatId+seq]")
        .between([chatId, from], [chatId, to], true, true)
        .toArray();
      return rows.map(unpackEvent);
    },
    async heldClientIds(clientIds) {
      const rows = await db.events.where("clientId").anyOf(clientIds).toArray();
      return new Set(rows.map((row) => row.clientId));
    },
    async named(clientIds) {
      const rows = await db.events.where("clientId").anyOf(clientIds).toArray();
      return rows.map(unpackEvent);
    },
    people: (accountIds) => db.people.bulkGet([...accountIds]),
    async values(keys) {
      const rows = await db.values.bulkGet([...keys]);
      return rows.map((row) => row && unpackValue(row));
    },
    async valuesOf(kind) {
      const rows = await db.values.where("key").startsWith(`${kind}:`).toArray();
      return rows.map(unpackValue);
    },
  };
}

/** What to remove and what to put so that `rows` lie where `known` lay: most rows stay as they are. */
function changesOf<Row>(
  known: readonly Row[],
  rows: readonly Row[],
  keyOf: (row: Row) => string | number,
): { gone: Row[]; put: Row[] } {
  const before = new Map(known.map((row) => [keyOf(row), row]));
  const stay = new Set(rows.map(keyOf));
  return {
    gone: known.filter((row) => !stay.has(keyOf(row))),
    put: rows.filter((row) => !isSame(before.get(keyOf(row)), row)),
  };
}

async function putMembers(
  db: CacheTables,
  patch: NonNullable<CachePatch["members"]>,
): Promise<void> {
  const changes = await Promise.all(
    patch.map(async ({ chatId, members }) => {
      const known = await db.members
        .where("[chatId+accountId]")
        .between(...allOf(chatId))
        .toArray();
      const rows = members.map((member) => ({ ...member, chatId }));
      return changesOf(known, rows, (row) => row.accountId);
    }),
  );
  const gone = changes.flatMap((change) => change.gone);
  await db.members.bulkDelete(gone.map((row) => [row.chatId, row.accountId]));
  await db.members.bulkPut(changes.flatMap((change) => change.put));
}

async function putRanges(db: CacheTables, patch: NonNullable<CachePatch["ranges"]>): Promise<void> {
  const changes = await Promise.all(
    patch.map(async ({ chatId, ranges }) => {
      const known = await db.ranges
        .where("[chatId+from]")
        .between(...allOf(chatId))
        .toArray();
      const rows = ranges.map((range) => ({ ...range, chatId }));
      return changesOf(known, rows, (row) => row.from);
    }),
  );
  const gone = changes.flatMap((change) => change.gone);
  await db.ranges.bulkDelete(gone.map((row) => [row.chatId, row.from]));
  await db.ranges.bulkPut(changes.flatMap((change) => change.put));
}

async function applyPatch(db: CacheTables, patch: CachePatch): Promise<void> {
  for (const { chatId, from, to } of patch.dropEvents ?? []) {
    const keys = await db.events
      .where("[chatId+seq]")
      .between([chatId, from], [chatId, to], true, true)
      .primaryKeys();
    await db.events.bulkDelete(keys);
  }
  if (patch.events?.length) await db.events.bulkPut(patch.events.map(packEvent));
  if (patch.members?.length) await putMembers(db, patch.members);
  if (patch.ranges?.length) await putRanges(db, patch.ranges);
  if (patch.people?.length) await db.people.bulkPut([...patch.people]);
  if (patch.chats?.length) {
    await db.chats.bulkPut(
      patch.chats.map((row) => {
        const behind = !row.lost && (row.reconcile || row.headSeq > row.cursor);
        return { ...row, behind: behind ? 1 : 0 };
      }),
    );
  }
  if (patch.clearValues) await db.values.clear();
  if (patch.values?.length) await db.values.bulkPut(patch.values.map(packValue));
  if (patch.meta) await db.meta.update("state", patch.meta);
}

/** The cache port on IndexedDB. `current` gives the open database to the read models. */
export type DexieCacheStore = CacheStore & { current(): CacheDb };

/** Opens the cache of an account, rebuilding it when it cannot be read. */
export async function openDexieCacheStore(
  accountKey: AccountKey,
  events: {
    dropped?: (cause: unknown) => void;
    reopened?: () => void;
    /** Somebody deletes or changes the database: it is closed and may come back empty. */
    taken?: () => void;
  } = {},
): Promise<DexieCacheStore> {
  let db = await opened();

  async function opened(): Promise<CacheDb> {
    const made = await openCacheDb(accountKey, events.dropped);
    made.on("versionchange", () => events.taken?.());
    return made;
  }

  async function guarded<T>(run: () => Promise<T>): Promise<WriteResult<T>> {
    try {
      return { ok: true, value: await run() };
    } catch (cause) {
      const fault = faultOf(cause);
      if (fault === undefined) throw cause;
      return { ok: false, fault, cause };
    }
  }

  return {
    current: () => db,
    claim: (writerEpoch) =>
      guarded(() =>
        db.transaction("rw", db.tables, async (tx) => {
          const tables = tablesWithin(tx);
          const meta = (await tables.meta.get("state")) ?? emptyMeta();
          await tables.meta.put({ ...meta, writerEpoch });
          return { dataEpoch: meta.dataEpoch, since: meta.since };
        }),
      ),
    write: (writerEpoch, body) =>
      guarded(() =>
        db.transaction("rw", db.tables, async (tx) => {
          const tables = tablesWithin(tx);
          const meta = await tables.meta.get("state");
          // Unclaimed is one that another window has opened anew since.
          if (meta === undefined || meta.writerEpoch === null)
            throw new EmptiedError("The cache was deleted.");
          if (meta.writerEpoch !== writerEpoch)
            throw new FencedError("Another writer has claimed.");
          const { patch, result } = await body(dexieReads(tables));
          await applyPatch(tables, patch);
          return result;
        }),
      ),
    read: (body) =>
      db.transaction("r", db.tables, async (tx) => body(dexieReads(tablesWithin(tx)))),
    async reopen() {
      db.close();
      db = await opened();
      events.reopened?.();
    },
    close: () => db.close(),
  };
}
