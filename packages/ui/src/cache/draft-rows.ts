import type { DraftChange, DraftDecision } from "@parley/client/sync/journal-store.ts";
import type { DraftRevisionRow, DraftRow } from "@parley/client/sync/model.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import type { JournalTables } from "./journal-db.ts";

/**
 * Drafts and their revisions as rows. A text may be longer than a stored value may be
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
