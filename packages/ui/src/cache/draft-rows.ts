import type {
  DraftChange,
  DraftDecision,
  EditDecision,
} from "@parley/client/sync/journal-store.ts";
import type { DraftRevisionRow, DraftRow, EditRow } from "@parley/client/sync/model.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import type { JournalTables } from "./journal-db.ts";

/**
 * Drafts, their revisions and unfinished edits as rows. A text may be longer than a stored value may be
 * (LIMITS.storedValueBytes): its beginning stands in the row, the rest in pieces.
 */

/** Units of text in one row: twice as many bytes at most. */
const PIECE_UNITS = 100_000;

function ownerOfDraft(chatId: ChatId): string {
  return `draft:${chatId}`;
}

function ownerOfRevision(chatId: ChatId, rev: number): string {
  return `revision:${chatId}:${rev}`;
}

function ownerOfEdit(chatId: ChatId): string {
  return `edit:${chatId}`;
}

function ownerOfOriginal(chatId: ChatId): string {
  return `edited:${chatId}`;
}

function piecesOf(tables: JournalTables, owner: string) {
  return tables.pieces.where("[owner+piece]").between([owner, Dexie.minKey], [owner, Dexie.maxKey]);
}

async function dropPieces(tables: JournalTables, owner: string): Promise<void> {
  await tables.pieces.bulkDelete(await piecesOf(tables, owner).primaryKeys());
}

/** Puts a long text's rest aside; returns what stays in the row. */
async function putText(tables: JournalTables, owner: string, text: string): Promise<string> {
  await dropPieces(tables, owner);
  for (let piece = 1; piece * PIECE_UNITS < text.length; piece++) {
    const from = piece * PIECE_UNITS;
    await tables.pieces.put({ owner, piece, text: text.slice(from, from + PIECE_UNITS) });
  }
  return text.slice(0, PIECE_UNITS);
}

async function wholeText(tables: JournalTables, owner: string, start: string): Promise<string> {
  if (start.length < PIECE_UNITS) return start;
  const rest = await piecesOf(tables, owner).toArray();
  return start + rest.map((piece) => piece.text).join("");
}

export async function readDraftRow(
  tables: JournalTables,
  chatId: ChatId,
): Promise<DraftRow | undefined> {
  const row = await tables.drafts.get(chatId);
  return row && { ...row, text: await wholeText(tables, ownerOfDraft(chatId), row.text) };
}

/** Newest first. */
export async function readRevisionRows(
  tables: JournalTables,
  chatId: ChatId,
): Promise<DraftRevisionRow[]> {
  const rows = await tables.revisions
    .where("[chatId+rev]")
    .between([chatId, Dexie.minKey], [chatId, Dexie.maxKey])
    .reverse()
    .toArray();
  const whole: DraftRevisionRow[] = [];
  for (const row of rows) {
    const owner = ownerOfRevision(chatId, row.rev);
    whole.push({ ...row, text: await wholeText(tables, owner, row.text) });
  }
  return whole;
}

async function writeDraft(
  tables: JournalTables,
  chatId: ChatId,
  change: DraftChange,
): Promise<void> {
  const { draft, keep, drop } = change;
  for (const rev of drop ?? []) {
    await tables.revisions.delete([chatId, rev]);
    await dropPieces(tables, ownerOfRevision(chatId, rev));
  }
  if (keep !== undefined) {
    const text = await putText(tables, ownerOfRevision(chatId, keep.rev), keep.text);
    await tables.revisions.put({ ...keep, text });
  }
  const text = await putText(tables, ownerOfDraft(chatId), draft?.text ?? "");
  if (draft === null) await tables.drafts.delete(chatId);
  else await tables.drafts.put({ ...draft, text });
}

/** Reads, decides and writes within the transaction that `tables` belong to. */
export async function decideDraftRow(
  tables: JournalTables,
  chatId: ChatId,
  decide: DraftDecision,
): Promise<void> {
  const decided = decide(
    await readDraftRow(tables, chatId),
    await readRevisionRows(tables, chatId),
  );
  if (decided !== undefined) await writeDraft(tables, chatId, decided);
}

async function readEditRow(tables: JournalTables, chatId: ChatId): Promise<EditRow | undefined> {
  const row = await tables.edits.get(chatId);
  if (row === undefined) return undefined;
  const text = await wholeText(tables, ownerOfEdit(chatId), row.text);
  // A message's text is shorter than a piece may be (LIMITS.textUnits).
  const original = await tables.pieces.get([ownerOfOriginal(chatId), 0]);
  return { ...row, text, original: original?.text ?? "" };
}

export async function readEditRows(tables: JournalTables): Promise<EditRow[]> {
  const rows: EditRow[] = [];
  for (const chatId of await tables.edits.toCollection().primaryKeys()) {
    const row = await readEditRow(tables, chatId);
    if (row) rows.push(row);
  }
  return rows;
}

async function writeEdit(
  tables: JournalTables,
  chatId: ChatId,
  edit: EditRow | null,
): Promise<void> {
  const text = await putText(tables, ownerOfEdit(chatId), edit?.text ?? "");
  if (edit === null) {
    await dropPieces(tables, ownerOfOriginal(chatId));
    await tables.edits.delete(chatId);
    return;
  }
  const { original, ...row } = edit;
  await tables.pieces.put({ owner: ownerOfOriginal(chatId), piece: 0, text: original });
  await tables.edits.put({ ...row, text });
}

/** Reads, decides and writes within the transaction that `tables` belong to. */
export async function decideEditRow(
  tables: JournalTables,
  chatId: ChatId,
  decide: EditDecision,
): Promise<void> {
  const decided = decide(
    await readEditRow(tables, chatId),
    await readDraftRow(tables, chatId),
    await readRevisionRows(tables, chatId),
  );
  if (decided === undefined) return;
  await writeEdit(tables, chatId, decided.edit);
  if (decided.draft !== undefined) await writeDraft(tables, chatId, decided.draft);
}
