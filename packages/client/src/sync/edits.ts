import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { holds, keepText, newestRev, takeText } from "./drafts.ts";
import type { DraftChange, EditChange } from "./journal-store.ts";
import type { DraftRevisionRow, DraftRow, EditRow } from "./model.ts";

/*
 * S21: the unfinished edit of a sent message. It is of one message of one chat, is kept beside the chat's
 * draft and never mixed with it. What was typed into it and is neither saved nor typed on becomes a
 * revision of the chat, as a draft's text does.
 */

/** What an edit is of, and how far it was typed. */
export type Editing = { target: ClientId; original: string; text: string };

/** A change of the draft that only keeps something. */
function keeping(
  edit: EditRow,
  nextText: string,
  draft: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  nowMs: number,
): DraftChange | undefined {
  const { chatId, text, original } = edit;
  // What the message itself says was not typed.
  if (holds(original, text)) return undefined;
  const rev = newestRev(revisions) + 1;
  const kept = keepText({ chatId, text, rev, why: "edit" }, nextText, revisions, nowMs);
  return kept.keep === undefined ? undefined : { draft: draft ?? null, ...kept };
}

/** The edit of a chat as it is typed on; null: it is left. What `next` does not continue is kept. */
export function reviseEdit(
  chatId: ChatId,
  now: EditRow | undefined,
  draft: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  next: Editing | null,
  nowMs: number,
): EditChange | undefined {
  if (now === undefined && next === null) return undefined;
  const goesOn = next !== null && now?.target === next.target;
  if (goesOn && now.text === next.text) return undefined;
  const kept = now && keeping(now, goesOn ? next.text : "", draft, revisions, nowMs);
  return {
    edit: next && { chatId, ...next, updatedAtMs: nowMs },
    ...(kept && { draft: kept }),
  };
}

/** The edit of `target` was saved as `savedText`: it ends; what it had beyond that is kept. */
export function finishEdit(
  now: EditRow | undefined,
  draft: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  saved: { target: ClientId; text: string },
  nowMs: number,
): EditChange | undefined {
  if (now?.target !== saved.target) return undefined;
  const kept = saved.text.includes(now.text.trim())
    ? undefined
    : keeping(now, "", draft, revisions, nowMs);
  return { edit: null, ...(kept && { draft: kept }) };
}

/** The edit's text becomes the chat's draft, whose text is kept; for an edit that can't be saved any more. */
export function editToDraft(
  now: EditRow | undefined,
  draft: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  nowMs: number,
): EditChange | undefined {
  if (now === undefined) return undefined;
  const taken = takeText(now.chatId, draft, revisions, now.text, nowMs);
  return { edit: null, ...(taken && { draft: taken }) };
}
