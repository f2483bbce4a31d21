import { LIMITS } from "@parley/protocol/limits.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { DraftChange } from "./journal-store.ts";
import type { DraftRevisionRow, DraftRow } from "./model.ts";

/**
 * Nothing typed is unrecoverable: a text that the next one does not continue is kept as a revision,
 * unless a kept one already contains it as its beginning. A kept text that this one continues gives
 * way to it. The newest LIMITS.draftRevisions are kept.
 */
export function reviseDraft(
  chatId: ChatId,
  now: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  next: { text: string; replyTo: ClientId | null },
  nowMs: number,
): DraftChange | undefined {
  if (now === undefined && next.text === "" && next.replyTo === null) return undefined;
  if (now !== undefined && now.text === next.text && now.replyTo === next.replyTo) return undefined;
  const rev = (now?.rev ?? newestRev(revisions)) + 1;
  const before = now ?? { chatId, baseRev: 0, syncedRev: 0, putRev: 0, takenRev: 0 };
  const draft: DraftRow = { ...before, ...next, rev, updatedAtMs: nowMs };
  const isCleared = next.text === "" && next.replyTo === null;
  const kept = keepText(chatId, now?.text ?? "", next.text, now?.rev ?? 0, revisions, nowMs);
  return { draft: isCleared ? cleared(draft) : draft, ...kept };
}

/** S1: a cleared draft is gone at once, unless the server may have it: then it has to hear of that. */
function cleared(draft: DraftRow): DraftRow | null {
  return draft.baseRev === 0 && draft.putRev === 0 ? null : draft;
}

export function newestRev(revisions: readonly DraftRevisionRow[]): number {
  return Math.max(0, ...revisions.map((revision) => revision.rev));
}

/** Keeps `old`, number `oldRev`, where `nextText` takes its place; see `reviseDraft`. */
export function keepText(
  chatId: ChatId,
  old: string,
  nextText: string,
  oldRev: number,
  revisions: readonly DraftRevisionRow[],
  nowMs: number,
): Pick<DraftChange, "keep" | "drop"> {
  const known = revisions.some((revision) => revision.text.startsWith(old));
  if (old.trim() === "" || nextText.startsWith(old) || known) return {};
  const continued = revisions.filter((revision) => old.startsWith(revision.text));
  const left = revisions.filter((revision) => !continued.includes(revision));
  const surplus = left
    .toSorted((a, b) => b.rev - a.rev)
    .slice(LIMITS.draftRevisions - 1)
    .map((revision) => revision.rev);
  const rev = Math.max(oldRev, newestRev(revisions) + 1);
  const drop = [...continued.map((revision) => revision.rev), ...surplus];
  return {
    keep: { chatId, rev, text: old, savedAtMs: nowMs },
    ...(drop.length > 0 && { drop }),
  };
}

/** The draft's end when its text was sent: what was written but not sent is kept. */
export function clearSentDraft(
  chatId: ChatId,
  now: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  sentText: string,
  nowMs: number,
): DraftChange | undefined {
  if (now === undefined) return undefined;
  if (sentText.includes(now.text.trim())) {
    const rev = now.rev + 1;
    return { draft: cleared({ ...now, text: "", replyTo: null, rev, updatedAtMs: nowMs }) };
  }
  return reviseDraft(chatId, now, revisions, { text: "", replyTo: null }, nowMs);
}

/** Keeps the text of a message that is given up. */
export function keepDiscarded(
  chatId: ChatId,
  now: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  text: string,
  nowMs: number,
): DraftChange | undefined {
  if (text === "" || revisions.some((revision) => revision.text === text)) return undefined;
  const rev = Math.max(now?.rev ?? 0, newestRev(revisions)) + 1;
  const surplus = revisions
    .toSorted((a, b) => b.rev - a.rev)
    .slice(LIMITS.draftRevisions - 1)
    .map((revision) => revision.rev);
  // The draft itself stays; its number makes room for the revision's.
  const draft = now === undefined ? null : { ...now, rev: rev + 1 };
  return { draft, keep: { chatId, rev, text, savedAtMs: nowMs }, drop: surplus };
}
