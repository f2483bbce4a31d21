import { ChatId, type ClientId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { toWellFormed, utf8Bytes } from "@parley/protocol/text.ts";
import { readValue, splitValueKey, valueKey, writeValue } from "@parley/protocol/values.ts";
import { keepText, newestRev } from "./drafts.ts";
import type { DraftChange } from "./journal-store.ts";
import type { DraftRevisionRow, DraftRow, ValueRow } from "./model.ts";

/**
 * S1, V41: drafts between devices of an account. A device's draft stands on a version of the server
 * (`baseRev`) and is *clean* while it equals it:
 *
 *            typed                        put accepted
 *   clean ----------> dirty (rev moved) ----------------> clean on the new version
 *     ^                 |
 *     |  other version  |  other version: base moves, the other text becomes a revision
 *     +- is taken       +----> dirty
 */

/** Whether the draft waits to be sent. */
export function isDirty(draft: DraftRow): boolean {
  return draft.rev !== draft.syncedRev;
}

export function isEmpty(draft: Pick<DraftRow, "text" | "replyTo">): boolean {
  return draft.text === "" && draft.replyTo === null;
}

/** A version of the server: what a draft's value says. Damaged ones count as cleared. */
export type ServerDraft = { text: string; replyTo: ClientId | null; change: number; atMs: number };

export function serverDraftOf(row: ValueRow): ServerDraft {
  const value = readValue("draft", row.value);
  return { text: "", replyTo: null, atMs: 0, ...value, change: row.change };
}

/** The chat of a draft's value; undefined for other kinds. */
export function draftChatOf(row: ValueRow): ChatId | undefined {
  const split = splitValueKey(row.key);
  return split?.kind === "draft" ? ChatId.parse(split.id) : undefined;
}

/** The value that a draft is put as; undefined if the server would not take it for its length. */
export function valueOfDraft(draft: DraftRow): { value: string | null } | undefined {
  if (isEmpty(draft)) return { value: null };
  const { replyTo, updatedAtMs: atMs } = draft;
  if (draft.text.length > LIMITS.textUnits) return undefined;
  const value = writeValue("draft", { text: toWellFormed(draft.text), replyTo, atMs });
  return utf8Bytes(value) > LIMITS.payloadBytes ? undefined : { value };
}

function sameContent(
  a: Pick<DraftRow, "text" | "replyTo">,
  b: Pick<DraftRow, "text" | "replyTo">,
): boolean {
  return toWellFormed(a.text) === toWellFormed(b.text) && a.replyTo === b.replyTo;
}

/**
 * S1, V41: what another version of the server makes of a draft. Nothing typed is lost: a clean draft
 * gives way, and its text is kept unless the other one continues it or was cleared (then it was sent,
 * or kept by whoever cleared it); a dirty one stays, and the other text is kept.
 */
export function mergeServerDraft(
  chatId: ChatId,
  now: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
  server: ServerDraft,
  nowMs: number,
): DraftChange | undefined {
  if (now !== undefined && server.change <= now.baseRev) return undefined;
  const { text, replyTo, change: baseRev } = server;
  if (now !== undefined && isDirty(now)) return mergeIntoDirty(now, revisions, server, nowMs);
  if (isEmpty(server)) return now === undefined ? undefined : { draft: null };
  const old = { chatId, text: now?.text ?? "", rev: now?.rev ?? 0, why: "overtaken" } as const;
  const kept = keepText(old, text, revisions, nowMs);
  const rev = (now?.rev ?? newestRev(revisions)) + 1;
  const takenRev = (now?.takenRev ?? 0) + 1;
  const draft: DraftRow = {
    chatId,
    text,
    replyTo,
    rev,
    baseRev,
    syncedRev: rev,
    putRev: rev,
    takenRev,
    updatedAtMs: nowMs,
  };
  return { draft, ...kept };
}

function mergeIntoDirty(
  now: DraftRow,
  revisions: readonly DraftRevisionRow[],
  server: ServerDraft,
  nowMs: number,
): DraftChange {
  const rebased = { ...now, baseRev: server.change };
  if (sameContent(now, server)) return settledAs(rebased);
  const { chatId, rev } = now;
  const other = { chatId, text: server.text, rev, why: "elsewhere" } as const;
  const kept = keepText(other, now.text, revisions, nowMs);
  return { draft: rebased, ...kept };
}

function settledAs(draft: DraftRow): DraftChange {
  if (isEmpty(draft)) return { draft: null };
  return { draft: { ...draft, syncedRev: draft.rev, putRev: draft.rev } };
}

/** A draft that was cleared and begun anew may count from the same number. */
function isSame(now: DraftRow, then: DraftRow): boolean {
  return now.rev === then.rev && now.text === then.text && now.replyTo === then.replyTo;
}

/** The draft is on its way as it was read: from now on the server may have it. */
export function beginPut(now: DraftRow | undefined, read: DraftRow): DraftChange | undefined {
  if (now === undefined || !isSame(now, read)) return undefined;
  return { draft: { ...now, putRev: now.rev } };
}

/**
 * The put of `sent` was accepted as version `change`. What was typed meanwhile stays dirty on it. A
 * version that came in between (`baseRev` is past it) has been merged already.
 */
export function settlePut(
  now: DraftRow | undefined,
  sent: DraftRow,
  change: number,
): DraftChange | undefined {
  if (now === undefined || change < now.baseRev) return undefined;
  const rebased = { ...now, baseRev: change };
  return isSame(now, sent) ? settledAs(rebased) : { draft: rebased };
}

/** S6c: versions of an older epoch mean nothing: every draft is put again and merged with what stands. */
export function rebaseOnNewEpoch(now: DraftRow | undefined): DraftChange | undefined {
  if (now === undefined) return undefined;
  return { draft: { ...now, baseRev: 0, syncedRev: -1, putRev: now.rev } };
}

export function draftKey(chatId: ChatId): ValueRow["key"] {
  return valueKey("draft", chatId);
}
