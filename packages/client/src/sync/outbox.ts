import { type ErrorCode, ERRORS, type Failure } from "@parley/protocol/errors.ts";
import { type Event, REL } from "@parley/protocol/event.ts";
import type { ClientId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { SendOutcome } from "@parley/protocol/socket/requests.ts";
import { utf8Bytes } from "@parley/protocol/text.ts";
import type { EntryDecision } from "./journal-store.ts";
import type { OutboxEntry } from "./model.ts";

/**
 * S11, the pure part of sending. States of an entry only move forward:
 *
 *   journaled --ack--> sent --the cache holds its clientId--> (gone)
 *       |  ^
 *       |  +---- retry by the user: to the end of the queue
 *       v
 *     failed (final error, or its target failed)      offered (S6c) --retry--> journaled
 *
 * Failed and offered entries leave only by the user's word: retry or discard.
 */

/** Errors of a whole request that say nothing about the items in it. */
const NOT_ABOUT_ITEMS: ReadonlySet<ErrorCode> = new Set([
  "bridge_failed",
  "not_a_parley_server",
  // The host's word for an account that was signed out: what waits is sent after the next sign-in.
  "account_not_found",
  "unknown_event",
  "method_not_allowed",
  "not_found",
]);

/** Whether an error means that this very item will never be accepted. */
function isFinalForItem(code: ErrorCode): boolean {
  return ERRORS[code].retry === "final";
}

/** Whether a whole request's error means that something in it will never be accepted. */
export function blamesItems(code: ErrorCode): boolean {
  return isFinalForItem(code) && !NOT_ABOUT_ITEMS.has(code);
}

/**
 * The next flush of one chat: its waiting entries in order, as many as LIMITS.flushItems and
 * flushBytes allow, or one alone while the culprit of a refused flush is searched.
 */
export function planFlush(
  entries: readonly OutboxEntry[],
  oneByOne: boolean,
  mostBytes: number = LIMITS.flushBytes,
): OutboxEntry[] {
  const items: OutboxEntry[] = [];
  let bytes = 0;
  const most = oneByOne ? 1 : LIMITS.flushItems;
  for (const entry of entries) {
    if (entry.state !== "journaled") continue;
    bytes += utf8Bytes(entry.send.payload);
    if (items.length > 0 && bytes > mostBytes) break;
    items.push(entry);
    if (items.length >= most) break;
  }
  return items;
}

function failed(entry: OutboxEntry, error: Failure): OutboxEntry {
  const { retryAtMs: _retryAtMs, ...rest } = entry;
  return { ...rest, state: "failed", error };
}

/** V44: the refusal of what is already as asked: a deleted message, a reaction that stands. */
function isAlreadySo(entry: OutboxEntry, error: Failure): boolean {
  const kind = entry.send.rel?.kind;
  if (kind === REL.redact) return error.code === "target_gone";
  return kind === REL.reaction && error.code === "duplicate_reaction";
}

/** A final error also fails the waiting entries that refer to the failed one (S11). */
function failTargeting(
  entries: readonly OutboxEntry[],
  decisions: Map<ClientId, EntryDecision>,
): void {
  const gone = new Set<ClientId>();
  for (const entry of entries) {
    const decided = decisions.get(entry.clientId);
    const now = decided === undefined || decided === "drop" ? entry : decided;
    const target = now.send.rel?.target;
    if (now.state === "failed") gone.add(now.clientId);
    else if (now.state === "journaled" && target !== undefined && gone.has(target)) {
      gone.add(now.clientId);
      const message = "The message it refers to was not accepted.";
      decisions.set(now.clientId, failed(now, { code: "target_failed", message }));
    }
  }
}

export type Settled = {
  decisions: Map<ClientId, EntryDecision>;
  /** Acked events, for the stream of changes. */
  acked: Event[];
  /** Set when the flush stopped at an error that may pass. */
  retry?: Failure;
  /** The next flush of this chat carries one item, to find which one is refused. */
  oneByOne: boolean;
};

function withoutRequestId(error: Failure & { requestId?: string }): Failure {
  const { requestId: _requestId, ...rest } = error;
  return rest;
}

/**
 * What an answered flush makes of the chat's entries. `entries` are those of the journal now: one that
 * was discarded meanwhile stays away. An entry without an outcome waits, and so does one whose
 * acknowledgement does not fit (S7): asked again, the server gives the first answer (S3).
 */
export function settleFlush(
  entries: readonly OutboxEntry[],
  flushed: readonly ClientId[],
  outcomes: readonly SendOutcome[],
  isSound: (event: Event) => boolean = () => true,
): Settled {
  const byId = new Map(entries.map((entry) => [entry.clientId, entry]));
  const settled: Settled = { decisions: new Map(), acked: [], oneByOne: false };
  flushed.forEach((clientId, i) => {
    const outcome = outcomes[i];
    const entry = byId.get(clientId);
    if (outcome === undefined || settled.retry !== undefined) return;
    if ("event" in outcome && !(outcome.event.clientId === clientId && isSound(outcome.event))) {
      const message = "The acknowledgement is damaged.";
      settled.retry = { code: "internal", message };
      return;
    }
    if ("event" in outcome) {
      settled.acked.push(outcome.event);
      if (entry !== undefined) {
        const { seq } = outcome.event;
        const { retryAtMs: _retryAtMs, ...sent } = entry;
        settled.decisions.set(clientId, { ...sent, state: "sent", seq, error: null });
      }
      return;
    }
    const error = withoutRequestId(outcome.error);
    if (!isFinalForItem(error.code)) settled.retry = error;
    else if (entry?.state === "journaled" && isAlreadySo(entry, error)) {
      settled.decisions.set(clientId, "drop");
    } else if (entry?.state === "journaled") settled.decisions.set(clientId, failed(entry, error));
  });
  failTargeting(entries, settled.decisions);
  return settled;
}

/**
 * What a flush that was refused as a whole makes of the chat's entries: one item alone fails, several
 * are tried one by one, so that a poisoned item never blocks the others (E2, S11).
 */
export function settleRefusal(
  entries: readonly OutboxEntry[],
  flushed: readonly ClientId[],
  error: Failure,
): Settled {
  const settled: Settled = { decisions: new Map(), acked: [], oneByOne: false };
  if (!blamesItems(error.code)) return { ...settled, retry: error };
  if (flushed.length > 1) return { ...settled, oneByOne: true };
  for (const entry of entries) {
    if (entry.state === "journaled" && flushed.includes(entry.clientId)) {
      settled.decisions.set(entry.clientId, failed(entry, error));
    }
  }
  failTargeting(entries, settled.decisions);
  return settled;
}

/** What the cache says of an entry's chat and target. */
export type Covers = {
  /** The chat's cursor. */
  cursor: number;
  /** The fold of what the entry changes is exact through this seq; 0 if that is not held. */
  targetFoldSeq: number;
};

/**
 * S11: which entries the cache has made needless: it holds their clientId, or their seq lies at or
 * below the chat's cursor (cached, or in a gap that shows it when filled), or at or below a fold that
 * includes it.
 */
export function releaseEntries(
  entries: readonly OutboxEntry[],
  held: ReadonlySet<ClientId>,
  coversOf: (entry: OutboxEntry) => Covers,
): Map<ClientId, EntryDecision> {
  const decisions = new Map<ClientId, EntryDecision>();
  for (const entry of entries) {
    const { cursor, targetFoldSeq } = coversOf(entry);
    const covered = entry.seq !== null && entry.seq <= Math.max(cursor, targetFoldSeq);
    if (held.has(entry.clientId) || covered) decisions.set(entry.clientId, "drop");
  }
  return decisions;
}

/**
 * S13: what becomes of waiting entries that would change a message which was erased: a deletion has
 * what it wanted and goes; an edit or a reaction fails with the reason. Replies are sent.
 */
export function failErased(
  entries: readonly OutboxEntry[],
  erased: ReadonlySet<ClientId>,
): Map<ClientId, EntryDecision> {
  const decisions = new Map<ClientId, EntryDecision>();
  for (const entry of entries) {
    const { rel } = entry.send;
    if (entry.state !== "journaled" || rel === undefined || rel.kind === REL.reply) continue;
    if (!erased.has(rel.target)) continue;
    const message = "The message was deleted.";
    decisions.set(
      entry.clientId,
      rel.kind === REL.redact ? "drop" : failed(entry, { code: "target_gone", message }),
    );
  }
  return decisions;
}

/** S6c: seqs of an older epoch mean nothing: what was only acked there is sent again (S3 keeps it single). */
export function resendUnconfirmed(entries: readonly OutboxEntry[]): Map<ClientId, EntryDecision> {
  return new Map(
    entries
      .filter((entry) => entry.state === "sent")
      .map((entry) => [entry.clientId, { ...entry, state: "journaled", seq: null }]),
  );
}
