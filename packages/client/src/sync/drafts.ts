import { LIMITS } from "@parley/protocol/limits.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { DraftChange } from "./journal-store.ts";
import type { DraftRevisionRow, DraftRow, KeptBecause } from "./model.ts";

/**
 * Nothing typed is unrecoverable: a text that the next one does not hold (see `holds`) is kept as a
 * revision, unless a kept one already holds it. A kept text that this one holds gives way to it. The
 * newest LIMITS.draftRevisions are kept.
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
  const old = { chatId, text: now?.text ?? "", rev: now?.rev ?? 0, why: "replaced" } as const;
  const kept = keepText(old, next.text, revisions, nowMs);
  return { draft: isCleared ? cleared(draft) : draft, ...kept };
}

/** S1: a cleared draft is gone at once, unless the server may have it: then it has to hear of that. */
function cleared(draft: DraftRow): DraftRow | null {
  return draft.baseRev === 0 && draft.putRev === 0 ? null : draft;
}

export function newestRev(revisions: readonly DraftRevisionRow[]): number {
  return Math.max(0, ...revisions.map((revision) => revision.rev));
}

/** The oldest, which have no room beside one more: their numbers. */
function surplusOf(revisions: readonly DraftRevisionRow[]): number[] {
  return revisions
    .toSorted((a, b) => b.rev - a.rev)
    .slice(LIMITS.draftRevisions - 1)
    .map((revision) => revision.rev);
}

/**
 * Whether everything of `part` stands in `whole`: that is `part` with something written at its end, at
 * its beginning, or at one place in between.
 */
export function holds(whole: string, part: string): boolean {
  if (whole.length < part.length) return false;
  let before = 0;
  while (before < part.length && whole[before] === part[before]) before += 1;
  let after = 0;
  const most = part.length - before;
  while (after < most && whole.at(-1 - after) === part.at(-1 - after)) after += 1;
  return before + after === part.length;
}

/** A text that is about to be gone, its draft's number, and why. */
export type OldText = { chatId: ChatId; text: string; rev: number; why: KeptBecause };

/** Keeps `old` where `nextText` takes its place; see `reviseDraft`. */
export function keepText(
  old: OldText,
  nextText: string,
  revisions: readonly DraftRevisionRow[],
  nowMs: number,
): Pick<DraftChange, "keep" | "drop"> {
  const { chatId, text, why } = old;
  const known = revisions.some((revision) => holds(revision.text, text));
  if (text.trim() === "" || holds(nextText, text) || known) return {};
  const continued = revisions.filter((revision) => holds(text, revision.text));
  const left = revisions.filter((revision) => !continued.includes(revision));
  const rev = Math.max(old.rev, newestRev(revisions) + 1);
  const drop = [...continued.map((revision) => revision.rev), ...surplusOf(left)];
  return {
    keep: { chatId, rev, text, savedAtMs: nowMs, why },
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
  const drop = surplusOf(revisions);
  // The draft itself stays; its number makes room for the revision's.
  const draft = now === undefined ? null : { ...now, rev: rev + 1 };
  return { draft, keep: { chatId, rev, text, savedAtMs: nowMs, why: "discarded" }, drop };
}

/**
 * A kept text becomes the draft again; what the draft was is kept in its turn. The composer is told as if
 * another device had sent it (`takenRev`). Undefined if it is kept no longer.
 */
export function putBack(
  chatId: ChatId,
  now: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  rev: number,
  nowMs: number,
): DraftChange | undefined {
  const chosen = revisions.find((revision) => revision.rev === rev);
  if (chosen === undefined) return undefined;
  const others = revisions.filter((revision) => revision !== chosen);
  const change = takeText(chatId, now, others, chosen.text, nowMs);
  if (change === undefined) return undefined;
  return { ...change, drop: [...(change.drop ?? []), rev] };
}

/** A text takes the draft's place by a choice of the user, not by typing: composers show it. */
export function takeText(
  chatId: ChatId,
  now: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  text: string,
  nowMs: number,
): DraftChange | undefined {
  const next = { text, replyTo: now?.replyTo ?? null };
  const change = reviseDraft(chatId, now, revisions, next, nowMs);
  if (change === undefined || change.draft === null) return change;
  return { ...change, draft: { ...change.draft, takenRev: change.draft.takenRev + 1 } };
}
