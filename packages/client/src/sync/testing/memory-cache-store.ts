import type { Member } from "@parley/protocol/chat.ts";
import type { CachePatch, CacheReads, CacheStore } from "../cache-store.ts";
import type { ValueKey } from "@parley/protocol/values.ts";
import type { CacheMeta, ChatRow, EventRow, PersonRow, Range, ValueRow } from "../model.ts";
import { createSerial } from "../serial.ts";

type Tables = {
  meta: CacheMeta & { writerEpoch: string | null };
  chats: Map<string, ChatRow>;
  members: Map<string, readonly Member[]>;
  ranges: Map<string, readonly Range[]>;
  events: Map<string, Map<number, EventRow>>;
  people: Map<string, PersonRow>;
  values: Map<ValueKey, ValueRow>;
};

function emptyTables(): Tables {
  return {
    meta: { dataEpoch: null, since: 0, writerEpoch: null },
    chats: new Map(),
    members: new Map(),
    ranges: new Map(),
    events: new Map(),
    people: new Map(),
    values: new Map(),
  };
}

function readsOf(tables: Tables): CacheReads {
  const rows = (chatId: string): EventRow[] => [...(tables.events.get(chatId)?.values() ?? [])];
  return {
    meta: async () => ({ dataEpoch: tables.meta.dataEpoch, since: tables.meta.since }),
    chats: async (chatIds) => chatIds.map((chatId) => tables.chats.get(chatId)),
    allChats: async () => [...tables.chats.values()],
    chatsBehind: async () =>
      [...tables.chats.values()].filter(
        (row) => !row.lost && (row.reconcile || row.headSeq > row.cursor),
      ),
    members: async (chatId) => [...(tables.members.get(chatId) ?? [])],
    ranges: async (chatId) => [...(tables.ranges.get(chatId) ?? [])],
    events: async (chatId, seqs) => rows(chatId).filter((row) => seqs.includes(row.seq)),
    eventsBetween: async (chatId, from, to) =>
      rows(chatId)
        .filter((row) => from <= row.seq && row.seq <= to)
        .sort((a, b) => a.seq - b.seq),
    heldClientIds: async (clientIds) => {
      const all = [...tables.events.values()].flatMap((chat) => [...chat.values()]);
      return new Set(all.map((row) => row.clientId).filter((id) => clientIds.includes(id)));
    },
    named: async (clientIds) => {
      const all = [...tables.events.values()].flatMap((chat) => [...chat.values()]);
      return all.filter((row) => clientIds.includes(row.clientId));
    },
    people: async (accountIds) => accountIds.map((accountId) => tables.people.get(accountId)),
    values: async (keys) => keys.map((key) => tables.values.get(key)),
    valuesOf: async (kind) =>
      [...tables.values.values()].filter((row) => row.key.startsWith(`${kind}:`)),
  };
}

function apply(tables: Tables, patch: CachePatch): void {
  for (const { chatId, from, to } of patch.dropEvents ?? []) {
    const chat = tables.events.get(chatId);
    for (const seq of Array.from(chat?.keys() ?? []))
      if (from <= seq && seq <= to) chat?.delete(seq);
  }
  for (const row of patch.events ?? []) {
    const chat = tables.events.get(row.chatId) ?? new Map<number, EventRow>();
    tables.events.set(row.chatId, chat.set(row.seq, row));
  }
  for (const { chatId, members } of patch.members ?? []) tables.members.set(chatId, members);
  for (const { chatId, ranges } of patch.ranges ?? []) tables.ranges.set(chatId, ranges);
  for (const person of patch.people ?? []) tables.people.set(person.accountId, person);
  for (const row of patch.chats ?? []) tables.chats.set(row.chatId, row);
  if (patch.clearValues) tables.values.clear();
  for (const row of patch.values ?? []) tables.values.set(row.key, row);
  if (patch.meta) tables.meta = { ...tables.meta, ...patch.meta };
}

/** The database behind memory stores: windows of one device open the same one. */
export class MemoryCacheData {
  tables = emptyTables();
  readonly inOrder = createSerial();

  /** What the browser does when it evicts: everything is gone, and who has it open finds it closed. */
  drop(): void {
    this.tables = emptyTables();
  }
}

/** The cache port in memory, with the same promises as the one on IndexedDB. */
export function openMemoryCache(data: MemoryCacheData): CacheStore {
  let tables = data.tables;
  const isOpen = (): boolean => tables === data.tables;
  const lost = { ok: false, fault: "lost", cause: new Error("The database was closed.") } as const;
  return {
    claim: (writerEpoch) =>
      data.inOrder(async () => {
        if (!isOpen()) return lost;
        tables.meta = { ...tables.meta, writerEpoch };
        const { dataEpoch, since } = tables.meta;
        return { ok: true, value: { dataEpoch, since } };
      }),
    write: (writerEpoch, body) =>
      data.inOrder(async () => {
        if (!isOpen()) return lost;
        if (tables.meta.writerEpoch !== writerEpoch) {
          return { ok: false, fault: "fenced", cause: new Error("Another writer has claimed.") };
        }
        const { patch, result } = await body(readsOf(tables));
        // Dropped while it decided: nothing was written.
        if (!isOpen()) return lost;
        apply(tables, structuredClone(patch));
        return { ok: true, value: result };
      }),
    read: (body) => data.inOrder(() => body(readsOf(tables))),
    async reopen() {
      tables = data.tables;
    },
    close() {
      tables = emptyTables();
    },
  };
}
