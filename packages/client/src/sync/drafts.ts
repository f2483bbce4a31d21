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
  const draft: DraftRow | null =
    next.text === "" && next.replyTo === null
      ? null
      : { chatId, ...next, rev, baseRev: now?.baseRev ?? 0, updatedAtMs: nowMs };
  const { keep, drop } = keptBy(chatId, now, revisions, next.text, nowMs);
  return { draft, ...(keep && { keep }), ...(drop.length > 0 && { drop }) };
}

function newestRev(revisions: readonly DraftRevisionRow[]): number {
  return Math.max(0, ...revisions.map((revision) => revision.rev));
}

function keptBy(
  chatId: ChatId,
  now: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  nextText: string,
  nowMs: number,
): { keep?: DraftRevisionRow; drop: number[] } {
  const old = now?.text ?? "";
  const known = revisions.some((revision) => revision.text.startsWith(old));
  if (now === undefined || old.trim() === "" || nextText.startsWith(old) || known) {
    return { drop: [] };
  }
  const continued = revisions.filter((revision) => old.startsWith(revision.text));
  const left = revisions.filter((revision) => !continued.includes(revision));
  const surplus = left
    .toSorted((a, b) => b.rev - a.rev)
    .slice(LIMITS.draftRevisions - 1)
    .map((revision) => revision.rev);
  const rev = Math.max(now.rev, newestRev(revisions) + 1);
  return {
    keep: { chatId, rev, text: old, savedAtMs: nowMs },
    drop: [...continued.map((revision) => revision.rev), ...surplus],
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
  if (sentText.includes(now.text.trim())) return { draft: null };
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
