import type { Member } from "@parley/protocol/chat.ts";
import { addToCounts } from "@parley/protocol/counts.ts";
import { type Event, isMessage, REL } from "@parley/protocol/event.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { minimumOverOthers } from "@parley/protocol/receipts.ts";
import { foldRoster } from "@parley/protocol/roster.ts";
import type { ChatRow, EventRow, Range } from "./model.ts";
import { previewOf } from "./preview.ts";
import { addRange, cursorOf, isHeld, removeSpan, runAround } from "./ranges.ts";

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
  /** S6b: everything at or below this seq is to be removed. */
  dropThrough: number;
  membersChanged: boolean;
};

export function imageOf(
  me: AccountId,
  row: ChatRow,
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
    dropThrough: 0,
    membersChanged: false,
  };
}

function putRow(image: ChatImage, row: EventRow): void {
  image.events.set(row.seq, row);
  image.put.add(row.seq);
  image.drop.delete(row.seq);
  if (image.row.last?.seq === row.seq) image.row = { ...image.row, last: previewOf(row) };
}

/** S6b: makes one seq a gap, because its row can no longer be kept exact. */
function forgetRow(image: ChatImage, seq: number): void {
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

/**
 * S12: folds a rel event into its target. A target whose fold is not known to be exact up to this
 * event (there is a gap in between), or whose new payload did not come along, becomes a gap itself, so
 * nothing stale is ever shown as whole.
 */
function applyRelation(image: ChatImage, event: Event): void {
  const targetSeq = foldTargetOf(event);
  if (targetSeq === undefined) return;
  const target = image.events.get(targetSeq);
  if (target === undefined || event.seq <= target.foldSeq) return;
  const run = runAround(image.ranges, event.seq);
  // A page carries edits without payload: what this one says stands in the fold of its target only.
  const isBlank = event.rel?.kind === REL.edit && event.payload === null;
  if (isBlank || run === undefined || run.from > target.foldSeq + 1) {
    forgetRow(image, targetSeq);
    return;
  }
  const fold = foldEvent(target.fold, event);
  const replaced = fold.edit !== undefined || fold.erased !== undefined;
  putRow(image, {
    ...target,
    fold,
    foldSeq: event.seq,
    payload: replaced ? null : target.payload,
  });
}

/** The row of an event: edits carry their payload in the target's fold only (S12). */
function rowOf(event: Event, exactThrough: number): EventRow {
  const foldSeq = Math.max(event.fold?.foldSeq ?? 0, event.seq, exactThrough);
  const payload = event.rel?.kind === REL.edit ? null : event.payload;
  return { ...event, payload, foldSeq };
}

/**
 * Puts one event whose place is known into the image. `exactThrough`: its fold is exact through this
 * seq (the head of the answer it came in), 0 for a live event. A row that is already held is replaced
 * only by a fresher fold; its effects are not repeated.
 */
function putEvent(image: ChatImage, event: Event, exactThrough: number): void {
  const fresh = rowOf(event, exactThrough);
  if (isHeld(image.ranges, event.seq)) {
    const known = image.events.get(event.seq);
    if (known !== undefined && known.foldSeq < fresh.foldSeq) putRow(image, fresh);
    return;
  }
  image.ranges = addRange(image.ranges, { from: event.seq, to: event.seq, kind: "held" });
  putRow(image, fresh);
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
function settle(image: ChatImage, added: readonly Event[]): void {
  const { row } = image;
  const cursor = cursorOf(image.ranges);
  image.row = {
    ...row,
    cursor,
    headSeq: Math.max(row.headSeq, cursor),
    my: { ...row.my, ...addToCounts(row.my, added, image.me) },
  };
}

/**
 * S6a: applies live events. Those that follow the cursor without a hole are applied; the others only
 * raise the known head and are returned, to be tried again after a pull. Repeats change nothing.
 */
export function applyLive(image: ChatImage, events: readonly Event[]): Event[] {
  const early: Event[] = [];
  const added: Event[] = [];
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    const { reconcile } = image.row;
    if (!reconcile && event.seq <= cursorOf(image.ranges)) continue;
    if (reconcile || event.seq > cursorOf(image.ranges) + 1) {
      early.push(event);
      image.row = { ...image.row, headSeq: Math.max(image.row.headSeq, event.seq) };
      continue;
    }
    putEvent(image, event, 0);
    added.push(event);
  }
  settle(image, added);
  return early;
}

/** An answer about a range of a chat's history, of a pull or a page. */
export type Part = {
  headSeq: number;
  events: readonly Event[];
  withheld: readonly { from: number; to: number }[];
};

/**
 * S6b: a part that leaves a gap above what is cached says nothing of what the events in between did to
 * it. Until an answer lists those targets, the older ranges become gaps: fetched again when shown,
 * never shown stale.
 */
function forgetBelowGap(image: ChatImage, part: Part): void {
  const cursor = cursorOf(image.ranges);
  const seqs = [
    ...part.events.map((event) => event.seq),
    ...part.withheld.map((span) => span.from),
  ];
  const first = Math.min(...seqs);
  if (cursor === 0 || !Number.isFinite(first) || first <= cursor + 1) return;
  image.ranges = image.ranges.filter((range) => range.kind === "withheld");
  image.dropThrough = cursor;
  image.events.clear();
  image.put.clear();
  image.drop.clear();
}

/** S6b, S7: applies an answer about any range; what it does not cover stays as it was. */
export function applyPart(image: ChatImage, part: Part): void {
  forgetBelowGap(image, part);
  for (const span of part.withheld) {
    image.ranges = addRange(image.ranges, { ...span, kind: "withheld" });
  }
  const before = image.ranges;
  const added = part.events.filter((event) => !isHeld(before, event.seq));
  for (const event of part.events) putEvent(image, event, part.headSeq);
  image.row = { ...image.row, headSeq: Math.max(image.row.headSeq, part.headSeq) };
  settle(image, added);
}
