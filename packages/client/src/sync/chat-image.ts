import type { Member } from "@parley/protocol/chat.ts";
import { addToCounts } from "@parley/protocol/counts.ts";
import { type Event, isMessage, REL } from "@parley/protocol/event.ts";
import { openPayload } from "@parley/protocol/content.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import type { AccountId, ClientId } from "@parley/protocol/ids.ts";
import { minimumOverOthers } from "@parley/protocol/receipts.ts";
import { foldRoster } from "@parley/protocol/roster.ts";
import type { ChainFault } from "@parley/protocol/chain.ts";
import { type Checks, lacksPayload, linkFault } from "./chain-checks.ts";
import type { ChatRow, EventRow, Range } from "./model.ts";
import { previewContent, previewOf } from "./preview.ts";
import { addRange, cursorOf, isHeld, removeSpan, type Span } from "./ranges.ts";

/**
 * One chat while a transaction decides about it: what was loaded, and what has changed so far. The
 * functions of this file change the image in place and touch nothing else.
 */
export type ChatImage = {
  me: AccountId;
  row: ChatRow;
  ranges: Range[];
  members: Member[];
  /** Rows loaded or put in this transaction, by seq. */
  events: Map<number, EventRow>;
  /** Seqs whose rows are to be written, and those to be removed. */
  put: Set<number>;
  drop: Set<number>;
  /** Spans whose rows are to be removed, before any is put. */
  dropSpans: Span[];
  membersChanged: boolean;
  checks: Checks;
  /** S7: seqs whose event did not fit, to be fetched again. */
  damaged: Set<number>;
  /** S7: a live event did not fit: whatever it was, the chat is pulled. */
  reask: boolean;
  /** S13: messages that were erased here. */
  erased: Set<ClientId>;
};

export function imageOf(
  me: AccountId,
  row: ChatRow,
  checks: Checks,
  loaded: { ranges?: Range[]; members?: readonly Member[]; events?: readonly EventRow[] } = {},
): ChatImage {
  return {
    me,
    row,
    ranges: loaded.ranges ?? [],
    members: [...(loaded.members ?? [])],
    events: new Map((loaded.events ?? []).map((event) => [event.seq, event])),
    put: new Set(),
    drop: new Set(),
    dropSpans: [],
    membersChanged: false,
    checks,
    damaged: new Set(),
    reask: false,
    erased: new Set(),
  };
}

export function putRow(image: ChatImage, row: EventRow): void {
  image.events.set(row.seq, row);
  image.put.add(row.seq);
  image.drop.delete(row.seq);
  if (row.fold?.erased !== undefined) image.erased.add(row.clientId);
  if (image.row.last?.seq === row.seq) image.row = { ...image.row, last: previewOf(row) };
}

/** V23: makes one seq a gap, because its row can no longer be kept exact. */
export function forgetRow(image: ChatImage, seq: number): void {
  image.ranges = removeSpan(image.ranges, { from: seq, to: seq });
  image.events.delete(seq);
  image.put.delete(seq);
  image.drop.add(seq);
}

/** S8: the lowest marks over the others follow the members where those are known. */
export function refreshOthersMin(image: ChatImage): void {
  if (!image.row.membersKnown) return;
  const othersMin = minimumOverOthers(image.members, image.me) ?? null;
  image.row = { ...image.row, othersMin };
}

/** S17: folds a system event into members, roles and title, once and in order. */
function applySystem(image: ChatImage, event: Event): void {
  const { row, me } = image;
  if (event.system === undefined || event.seq <= row.rosterSeq) return;
  const before = {
    membershipVersion: row.membershipVersion,
    title: row.title,
    members: image.members,
  };
  const after = foldRoster(before, event);
  let { memberCount, my } = row;
  if (row.membersKnown) {
    image.members = [...after.members];
    image.membersChanged = true;
    memberCount = after.members.length;
    const mine = after.members.find((member) => member.accountId === me);
    if (mine !== undefined) my = { ...my, role: mine.role };
  } else if (event.system.kind === "added") {
    memberCount += event.system.accountIds.length;
  } else if (event.system.kind === "removed" || event.system.kind === "left") {
    memberCount -= 1;
  }
  const { system } = event;
  if ((system.kind === "removed" || system.kind === "left") && system.accountId === me) {
    my = { ...my, leftSeq: event.seq };
  }
  image.row = {
    ...row,
    title: row.kind === "group" ? after.title : row.title,
    membershipVersion: after.membershipVersion,
    memberCount,
    my,
  };
  refreshOthersMin(image);
}

/** S13: what the erasure of a message takes with it: the payload of the row, and of every edit of it. */
export function withFold(row: EventRow, fold: EventRow["fold"], exactThrough: number): EventRow {
  const replaced = fold?.edit !== undefined || fold?.erased !== undefined;
  return {
    ...row,
    ...(fold && { fold }),
    foldSeq: Math.max(row.foldSeq, fold?.foldSeq ?? 0, exactThrough),
    payload: replaced ? null : row.payload,
  };
}

/** The chat list's line follows what is done to its message, whether that is held or not. */
function relateToPreview(image: ChatImage, event: Event, targetSeq: number): void {
  const { last } = image.row;
  if (last?.seq !== targetSeq || image.events.has(targetSeq) || event.rootSeq !== undefined) return;
  if (event.rel?.kind === REL.redact) {
    image.row = { ...image.row, last: { ...last, content: { kind: "erased" } } };
  } else if (event.rel?.kind === REL.edit && event.payload !== null) {
    const content = previewContent(openPayload(event.alg, event.payload));
    image.row = { ...image.row, last: { ...last, content } };
  }
}

/**
 * S12, V23: folds the event that comes next in the chat into its target, which is exact up to it if
 * it is held. One whose new payload did not come along becomes a gap: nothing stale is ever shown.
 */
export function applyRelation(image: ChatImage, event: Event): void {
  const targetSeq = foldTargetOf(event);
  if (targetSeq === undefined) return;
  const { rel } = event;
  if (rel?.kind === REL.redact && event.rootSeq === undefined) image.erased.add(rel.target);
  relateToPreview(image, event, targetSeq);
  const target = image.events.get(targetSeq);
  if (target === undefined || !isHeld(image.ranges, targetSeq)) return;
  if (event.seq <= target.foldSeq) return;
  const isBlank = rel?.kind === REL.edit && event.payload === null;
  if (isBlank && target.fold?.erased === undefined) forgetRow(image, targetSeq);
  else putRow(image, withFold(target, foldEvent(target.fold, event), event.seq));
}

const FOLDED: ReadonlySet<string> = new Set([REL.edit, REL.reaction, REL.redact]);

/**
 * The row of an event. What only changes another one carries its payload in that one's fold (S12), so
 * nothing is left to erase in its own row (S13).
 */
export function rowOf(event: Event, exactThrough: number): EventRow {
  const foldSeq = Math.max(event.fold?.foldSeq ?? 0, event.seq, exactThrough);
  const isFolded = event.rel !== undefined && FOLDED.has(event.rel.kind);
  return { ...event, payload: isFolded ? null : event.payload, foldSeq };
}

/** S7: what keeps an event from its place, given what is held around it. */
export function faultOf(image: ChatImage, event: Event): ChainFault | undefined {
  const { ranges, events, checks, row } = image;
  const own = checks.faultOf(event) ?? (lacksPayload(event, row.my) ? "content" : undefined);
  if (own !== undefined) return own;
  // After an event that does not fit itself, the chain begins anew.
  const sound = (seq: number): EventRow | undefined => {
    const held = isHeld(ranges, seq) ? events.get(seq) : undefined;
    return held?.fault === undefined ? held : undefined;
  };
  return linkFault(event, sound(event.seq - 1)?.hash, sound(event.seq + 1));
}

/** Marks kept per chat. */
const KEPT_MARKS = 50;

/** S7: takes an event that does not fit, marked. */
export function markFault(image: ChatImage, seq: number, fault: ChainFault): void {
  const others = image.row.faults.filter((mark) => mark.seq !== seq);
  const mark = { seq, fault, sinceMs: image.checks.nowMs };
  const faults = [...others, mark].sort((a, b) => a.seq - b.seq).slice(-KEPT_MARKS);
  image.row = { ...image.row, faults };
}

/** Puts a row into its place, which is not held yet; what it does to others is not repeated. */
export function placeRow(image: ChatImage, row: EventRow, fault?: ChainFault): void {
  image.ranges = addRange(image.ranges, { from: row.seq, to: row.seq, kind: "held" });
  putRow(image, fault === undefined ? row : { ...row, fault });
  if (fault !== undefined) markFault(image, row.seq, fault);
  else clearMark(image, row.seq);
}

/** S7: the event at `seq` fits now. */
export function clearMark(image: ChatImage, seq: number): void {
  const { row } = image;
  if (!row.faults.some((mark) => mark.seq === seq)) return;
  image.row = { ...row, faults: row.faults.filter((mark) => mark.seq !== seq) };
}

/**
 * Puts the event that comes next in the chat. `exactThrough`: its fold is exact through this seq (the
 * head of the answer it came in), 0 for a live event.
 */
export function appendEvent(
  image: ChatImage,
  event: Event,
  exactThrough: number,
  fault?: ChainFault,
): void {
  const fresh = rowOf(event, exactThrough);
  placeRow(image, fresh, fault);
  applyRelation(image, event);
  applySystem(image, event);
  const { row } = image;
  const newer = event.seq > (row.last?.seq ?? 0);
  image.row = {
    ...row,
    rosterSeq: Math.max(row.rosterSeq, event.seq),
    last: newer && isMessage(event) ? previewOf(fresh) : row.last,
    activityAt:
      isMessage(event) || event.system !== undefined
        ? Math.max(row.activityAt, event.at)
        : row.activityAt,
  };
}

/** Brings cursor, head and counts up to what the image now holds (S6a, S9). */
export function settle(image: ChatImage, added: readonly Event[]): void {
  const { row, ranges } = image;
  const cursor = cursorOf(ranges);
  // A mark above the cursor says what the chat waits for.
  const stays = (mark: { seq: number }): boolean => mark.seq > cursor || isHeld(ranges, mark.seq);
  image.row = {
    ...row,
    cursor,
    headSeq: Math.max(row.headSeq, cursor),
    faults: row.faults.every(stays) ? row.faults : row.faults.filter(stays),
    my: { ...row.my, ...addToCounts(row.my, added, image.me) },
  };
}

/**
 * S6a: applies live events. Those that follow the cursor without a hole are applied; the others only
 * raise the known head and are returned, to be tried again after a pull. Repeats change nothing. One
 * that does not fit the chain is as good as lost: the chat is pulled (S7).
 */
export function applyLive(image: ChatImage, events: readonly Event[]): Event[] {
  const early: Event[] = [];
  const added: Event[] = [];
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    const { reconcile } = image.row;
    if (!reconcile && event.seq <= cursorOf(image.ranges)) continue;
    if (image.checks.faultOf(event) !== undefined) {
      image.reask = true;
      continue;
    }
    if (reconcile || event.seq > cursorOf(image.ranges) + 1) {
      early.push(event);
      image.row = { ...image.row, headSeq: Math.max(image.row.headSeq, event.seq) };
      continue;
    }
    if (faultOf(image, event) !== undefined) {
      image.reask = true;
      continue;
    }
    appendEvent(image, event, 0);
    added.push(event);
  }
  settle(image, added);
  return early;
}
