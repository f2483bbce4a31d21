import type { EntryDecision, JournalStore } from "@parley/client/sync/journal-store.ts";
import type { DraftRow, OutboxEntry } from "@parley/client/sync/model.ts";
import type { AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import {
  decideDraftRow,
  decideEditRow,
  readDraftRow,
  readEditRows,
  readRevisionRows,
} from "./draft-rows.ts";
import { JournalDb, type JournalTables, journalWithin } from "./journal-db.ts";
import { packAside, packEntry, unpackAside, unpackEntry } from "./row-codec.ts";

async function stored(tables: JournalTables, chatId: ChatId | null): Promise<OutboxEntry[]> {
  const rows =
    chatId === null
      ? await tables.outbox.orderBy("order").toArray()
      : await tables.outbox.where("chatId").equals(chatId).toArray();
  return rows.map(unpackEntry);
}

async function write(
  tables: JournalTables,
  entries: readonly OutboxEntry[],
  decisions: ReadonlyMap<ClientId, EntryDecision>,
): Promise<void> {
  const dropped = entries.filter((entry) => decisions.get(entry.clientId) === "drop");
  const changed = entries.flatMap((entry) => {
    const decided = decisions.get(entry.clientId);
    return decided === undefined || decided === "drop" ? [] : [packEntry(decided)];
  });
  if (dropped.length > 0) await tables.outbox.bulkDelete(dropped.map((entry) => entry.order));
  if (changed.length > 0) await tables.outbox.bulkPut(changed);
}

/** The journal port on IndexedDB; the read models also use its database. */
export type DexieJournalStore = JournalStore & { readonly db: JournalDb };

export function openDexieJournalStore(accountKey: AccountKey): DexieJournalStore {
  const db = new JournalDb(accountKey);

  /** One transaction; `body` gets the tables bound to it. */
  function within<T>(mode: "r" | "rw", body: (tables: JournalTables) => Promise<T>): Promise<T> {
    return db.transaction(mode, db.tables, async (tx) => body(journalWithin(tx)));
  }

  return {
    db,
    add: (entry, draftChange, editChange) =>
      within("rw", async (tables) => {
        const order = await tables.outbox.add(packEntry(entry));
        if (draftChange !== undefined) await decideDraftRow(tables, entry.chatId, draftChange);
        if (editChange !== undefined) await decideEditRow(tables, entry.chatId, editChange);
        return { ...entry, order };
      }),
    entries: (chatId) => stored(db, chatId ?? null),
    async entry(clientId) {
      const row = await db.outbox.where("clientId").equals(clientId).first();
      return row && unpackEntry(row);
    },
    decide: (chatId, decision) =>
      within("rw", async (tables) => {
        const entries = await stored(tables, chatId);
        await write(tables, entries, decision(entries));
      }),
    requeue: (clientId) =>
      within("rw", async (tables) => {
        const row = await tables.outbox.where("clientId").equals(clientId).first();
        if (row === undefined) return false;
        const { order, ...rest } = row;
        if (order !== undefined) await tables.outbox.delete(order);
        await tables.outbox.add({ ...rest, state: "journaled", seq: null, error: null });
        return true;
      }),
    offer: (entries) =>
      within("rw", async (tables) => {
        for (const entry of entries) {
          const known = await tables.outbox.where("clientId").equals(entry.clientId).count();
          if (known === 0) await tables.outbox.add(packEntry(entry));
        }
      }),
    setAside: (rows) =>
      within("rw", async (tables) => {
        await tables.aside.bulkPut(rows.map(packAside));
      }),
    async aside(chatId) {
      const rows = await db.aside
        .where("[chatId+clientId]")
        .between([chatId, Dexie.minKey], [chatId, Dexie.maxKey])
        .toArray();
      return rows.map(unpackAside);
    },
    draft: (chatId) => within("r", (tables) => readDraftRow(tables, chatId)),
    changeDraft: (chatId, change) =>
      within("rw", (tables) => decideDraftRow(tables, chatId, change)),
    draftRevisions: (chatId) => within("r", (tables) => readRevisionRows(tables, chatId)),
    drafts: () =>
      within("r", async (tables) => {
        const chatIds = await tables.drafts.toCollection().primaryKeys();
        const rows: DraftRow[] = [];
        for (const chatId of chatIds) {
          const row = await readDraftRow(tables, chatId);
          if (row) rows.push(row);
        }
        return rows;
      }),
    edits: () => within("r", readEditRows),
    changeEdit: (chatId, change) => within("rw", (tables) => decideEditRow(tables, chatId, change)),
    waitingPuts: () => db.waitingPuts.toArray(),
    putWaiting: async (put) => {
      await db.waitingPuts.put(put);
    },
    settleWaiting: (settled) =>
      within("rw", async ({ waitingPuts }) => {
        for (const { key, value } of settled) {
          const now = await waitingPuts.get(key);
          if (now?.value === value) await waitingPuts.delete(key);
        }
      }),
    readMarks: () => db.readMarks.toArray(),
    putReadMark: ({ chatId, readSeq }) =>
      within("rw", async ({ readMarks }) => {
        const known = await readMarks.get(chatId);
        if ((known?.readSeq ?? -1) < readSeq) await readMarks.put({ chatId, readSeq });
      }),
    confirmReadMarks: (confirmed) =>
      within("rw", async ({ readMarks }) => {
        for (const { chatId, readSeq } of confirmed) {
          const known = await readMarks.get(chatId);
          if (known !== undefined && known.readSeq <= readSeq) await readMarks.delete(chatId);
        }
      }),
    clearReadMarks: () => db.readMarks.clear(),
    setting: async (key) => (await db.settings.get(key))?.value,
    putSetting: async (key, value) => {
      await db.settings.put({ key, value });
    },
    close: () => db.close(),
  };
}
