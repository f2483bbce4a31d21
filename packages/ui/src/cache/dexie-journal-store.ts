import type {
  DraftChange,
  DraftDecision,
  EntryDecision,
  JournalStore,
} from "@parley/client/sync/journal-store.ts";
import type { DraftRevisionRow, OutboxEntry } from "@parley/client/sync/model.ts";
import type { AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import { JournalDb } from "./journal-db.ts";
import { packEntry, unpackEntry } from "./row-codec.ts";

/** Units of text in one row: twice as many bytes at most, well below LIMITS.storedValueBytes. */
const PIECE_UNITS = 100_000;

function ownerOfDraft(chatId: ChatId): string {
  return `draft:${chatId}`;
}

function ownerOfRevision(chatId: ChatId, rev: number): string {
  return `revision:${chatId}:${rev}`;
}

function isWhole(text: string): boolean {
  return text.length < PIECE_UNITS;
}

/**
 * The journal port on IndexedDB; the read models also use its database. The scope of a transaction is
 * always an async function, even around one call: only then does Dexie keep native awaits inside it.
 */
export type DexieJournalStore = JournalStore & { readonly db: JournalDb };

export function openDexieJournalStore(accountKey: AccountKey): DexieJournalStore {
  const db = new JournalDb(accountKey);

  function piecesOf(owner: string) {
    return db.pieces.where("[owner+piece]").between([owner, Dexie.minKey], [owner, Dexie.maxKey]);
  }

  async function dropPieces(owner: string): Promise<void> {
    await db.pieces.bulkDelete(await piecesOf(owner).primaryKeys());
  }

  /** Puts a long text's rest aside; returns what stays in the row. */
  async function putText(owner: string, text: string): Promise<string> {
    await dropPieces(owner);
    for (let piece = 1; piece * PIECE_UNITS < text.length; piece++) {
      const from = piece * PIECE_UNITS;
      await db.pieces.put({ owner, piece, text: text.slice(from, from + PIECE_UNITS) });
    }
    return text.slice(0, PIECE_UNITS);
  }

  async function wholeText(owner: string, start: string): Promise<string> {
    const rest = await piecesOf(owner).toArray();
    return start + rest.map((piece) => piece.text).join("");
  }

  async function readDraft(chatId: ChatId) {
    const row = await db.drafts.get(chatId);
    if (row === undefined || isWhole(row.text)) return row;
    return { ...row, text: await wholeText(ownerOfDraft(chatId), row.text) };
  }

  async function readRevisions(chatId: ChatId): Promise<DraftRevisionRow[]> {
    const rows = await db.revisions
      .where("[chatId+rev]")
      .between([chatId, Dexie.minKey], [chatId, Dexie.maxKey])
      .reverse()
      .toArray();
    const whole: DraftRevisionRow[] = [];
    for (const row of rows) {
      // A transaction lives only while it has requests: nothing else is awaited in it.
      const text = isWhole(row.text)
        ? row.text
        : await wholeText(ownerOfRevision(chatId, row.rev), row.text);
      whole.push({ ...row, text });
    }
    return whole;
  }

  async function writeDraft(chatId: ChatId, change: DraftChange): Promise<void> {
    const { draft, keep, drop } = change;
    for (const rev of drop ?? []) {
      await db.revisions.delete([chatId, rev]);
      await dropPieces(ownerOfRevision(chatId, rev));
    }
    if (keep !== undefined) {
      const text = await putText(ownerOfRevision(chatId, keep.rev), keep.text);
      await db.revisions.put({ ...keep, text });
    }
    const text = await putText(ownerOfDraft(chatId), draft?.text ?? "");
    if (draft === null) await db.drafts.delete(chatId);
    else await db.drafts.put({ ...draft, text });
  }

  async function decideDraft(chatId: ChatId, decide: DraftDecision): Promise<void> {
    const decided = decide(await readDraft(chatId), await readRevisions(chatId));
    if (decided !== undefined) await writeDraft(chatId, decided);
  }

  const draftTables = [db.drafts, db.revisions, db.pieces];

  async function stored(chatId?: ChatId) {
    return chatId === undefined
      ? db.outbox.orderBy("order").toArray()
      : db.outbox.where("chatId").equals(chatId).toArray();
  }

  async function write(entry: OutboxEntry, decided: EntryDecision): Promise<void> {
    if (decided === "drop") await db.outbox.delete(entry.order);
    else if (decided !== undefined) await db.outbox.put(packEntry(decided));
  }

  return {
    db,
    add: (entry, draftChange) =>
      db.transaction("rw", [db.outbox, ...draftTables], async () => {
        const order = await db.outbox.add(packEntry(entry));
        if (draftChange !== undefined) await decideDraft(entry.chatId, draftChange);
        return { ...entry, order };
      }),
    entries: async (chatId) => (await stored(chatId)).map(unpackEntry),
    async entry(clientId) {
      const row = await db.outbox.where("clientId").equals(clientId).first();
      return row && unpackEntry(row);
    },
    decide: (chatId, decision) =>
      db.transaction("rw", db.outbox, async () => {
        const entries = (await stored(chatId ?? undefined)).map(unpackEntry);
        const decisions: ReadonlyMap<ClientId, EntryDecision> = decision(entries);
        for (const entry of entries) await write(entry, decisions.get(entry.clientId));
      }),
    requeue: (clientId) =>
      db.transaction("rw", db.outbox, async () => {
        const row = await db.outbox.where("clientId").equals(clientId).first();
        if (row === undefined) return false;
        const { order, ...rest } = row;
        if (order !== undefined) await db.outbox.delete(order);
        await db.outbox.add({ ...rest, state: "journaled", seq: null, error: null });
        return true;
      }),
    offer: (entries) =>
      db.transaction("rw", db.outbox, async () => {
        for (const entry of entries) {
          const known = await db.outbox.where("clientId").equals(entry.clientId).count();
          if (known === 0) await db.outbox.add(packEntry(entry));
        }
      }),
    draft: (chatId) => db.transaction("r", draftTables, async () => readDraft(chatId)),
    changeDraft: (chatId, change) =>
      db.transaction("rw", draftTables, async () => decideDraft(chatId, change)),
    draftRevisions: (chatId) => db.transaction("r", draftTables, async () => readRevisions(chatId)),
    readMarks: () => db.readMarks.toArray(),
    putReadMark: ({ chatId, readSeq }) =>
      db.transaction("rw", db.readMarks, async () => {
        const known = await db.readMarks.get(chatId);
        if ((known?.readSeq ?? -1) < readSeq) await db.readMarks.put({ chatId, readSeq });
      }),
    confirmReadMarks: (confirmed) =>
      db.transaction("rw", db.readMarks, async () => {
        for (const { chatId, readSeq } of confirmed) {
          const known = await db.readMarks.get(chatId);
          if (known !== undefined && known.readSeq <= readSeq) await db.readMarks.delete(chatId);
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
