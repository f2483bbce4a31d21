import type { ChainFault } from "@parley/protocol/chain.ts";
import { type Event, type Fold, REL } from "@parley/protocol/event.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import type { RangePart } from "@parley/protocol/socket/requests.ts";
import {
  appendEvent,
  type ChatImage,
  clearMark,
  faultOf,
  forgetRow,
  markFault,
  placeRow,
  putRow,
  rowOf,
  settle,
  withFold,
} from "./chat-image.ts";
import type { EventRow, Range } from "./model.ts";
import { addRange, cursorOf, gapsWithin, isHeld, rangesWithin, type Span } from "./ranges.ts";

/** An answer about a range of a chat's history. */
export type Part = Omit<RangePart, "chatId">;

/** What the pull that a part answers had asked for (V31); absent of a page of history. */
export type Asked = { after: number; held: readonly Span[] };

/** The events of a part by seq, each once: of two that claim a place, one that is sound (S7). */
function inOrder(image: ChatImage, part: Part): Event[] {
  const bySeq = new Map<number, Event>();
  for (const event of part.events) {
    const known = bySeq.get(event.seq);
    const isBetter = known === undefined || image.checks.faultOf(known) !== undefined;
    if (event.seq <= part.headSeq && isBetter) bySeq.set(event.seq, event);
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/**
 * A fold is not part of the chain, but the payload of its edit has a hash in the envelope of the edit.
 * Whether it fits, as far as that envelope is known.
 */
function editFits(image: ChatImage, part: Part, fold: Fold | undefined): boolean {
  const edit = fold?.edit;
  if (edit === undefined) return true;
  const { seq, payload } = edit;
  const envelope =
    part.events.find((event) => event.seq === seq) ??
    (isHeld(image.ranges, seq) ? image.events.get(seq) : undefined);
  return envelope === undefined || image.checks.fits(payload, envelope.contentHash);
}

/** S7: what keeps an event of a part from its place. */
function partFault(image: ChatImage, part: Part, event: Event): ChainFault | undefined {
  return faultOf(image, event) ?? (editFits(image, part, event.fold) ? undefined : "content");
}

/** The rows that may stay although events above them are missing: what the answer spoke of (V23, V31). */
function keepOnly(image: ChatImage, spans: readonly Span[], cursor: number): void {
  const kept: Range[] = image.ranges.filter((range) => range.kind === "withheld");
  const held = spans.flatMap((span) =>
    rangesWithin(image.ranges, span).filter((range) => range.kind === "held"),
  );
  let ranges = kept;
  for (const range of held) ranges = addRange(ranges, range);
  for (const gap of gapsWithin(ranges, { from: 1, to: cursor })) {
    const dropped = rangesWithin(image.ranges, gap);
    image.dropSpans.push(...dropped.map(({ from, to }) => ({ from, to })));
  }
  image.ranges = ranges;
  for (const seq of Array.from(image.events.keys())) {
    if (seq > cursor || isHeld(ranges, seq)) continue;
    image.events.delete(seq);
    image.put.delete(seq);
    image.drop.delete(seq);
  }
}

/** V31: brings the folds of held rows up to the head of the answer; returns the seqs it spoke of. */
function applyMoved(image: ChatImage, part: Part): Set<number> {
  const told = new Set<number>();
  for (const { seq, fold } of part.moved) {
    const row = isHeld(image.ranges, seq) ? image.events.get(seq) : undefined;
    if (row === undefined) continue;
    if (!editFits(image, part, fold)) {
      forgetRow(image, seq);
      continue;
    }
    told.add(seq);
    if (fold.foldSeq > row.foldSeq) putRow(image, withFold(row, fold, part.headSeq));
  }
  return told;
}

type Next = { at: number; event?: Event; withheld?: Span; fault?: ChainFault };

/** What lies above the cursor, in order: events and withheld spans. */
function aboveCursor(image: ChatImage, part: Part, cursor: number): Next[] {
  const items: Next[] = [
    ...inOrder(image, part)
      .filter((event) => event.seq > cursor)
      .map((event) => ({ at: event.seq, event })),
    ...part.withheld
      .filter((span) => span.to > cursor)
      .map((span) => ({ at: Math.max(span.from, cursor + 1), withheld: span })),
  ];
  return items.sort((a, b) => a.at - b.at);
}

/**
 * The longest beginning of `items` that can be applied after `cursor` (S7). It ends before the first
 * event that does not fit and before the first hole, unless that place was fetched often enough.
 * `jumps`: whether the answer may begin anywhere (a snapshot, or a cache that holds nothing).
 */
function fitting(
  image: ChatImage,
  part: Part,
  items: readonly Next[],
  cursor: number,
  jumps: boolean,
): { good: readonly Next[]; whole: boolean } {
  const tolerates = (seq: number): boolean => image.checks.tolerates(image.row.chatId, seq);
  let expected = cursor + 1;
  let previous: string | undefined;
  let whole = true;
  const good: Next[] = [];
  for (const item of items) {
    const { at, event, withheld } = item;
    let hole: ChainFault | undefined;
    if (at > expected) {
      const starts = good.length === 0 && jumps;
      if (!starts && !tolerates(expected)) {
        image.damaged.add(expected);
        break;
      }
      if (!starts) hole = "previous";
      whole = false;
      previous = undefined;
    }
    if (event === undefined) {
      whole = false;
      previous = undefined;
      expected = Math.max(at, withheld?.to ?? at) + 1;
      good.push(item);
      continue;
    }
    const breaks = previous !== undefined && previous !== event.prevHash;
    const own = partFault(image, part, event) ?? (breaks ? "previous" : undefined);
    if (own !== undefined && !tolerates(at)) {
      image.damaged.add(at);
      break;
    }
    const fault = own ?? hole;
    good.push({ ...item, ...(fault && { fault }) });
    previous = fault === undefined ? event.hash : undefined;
    expected = at + 1;
  }
  return { good, whole };
}

/** Of a snapshot with an event that does not fit, what lies above that one is as good a snapshot. */
function afterLastFault(image: ChatImage, part: Part, items: readonly Next[]): readonly Next[] {
  const last = items.findLastIndex(
    ({ event }) =>
      event !== undefined &&
      partFault(image, part, event) !== undefined &&
      !image.checks.tolerates(image.row.chatId, event.seq),
  );
  return last === items.length - 1 ? items : items.slice(last + 1);
}

/**
 * S6a, S6b, V23, V31: applies the answer to a pull. What follows the cursor is applied in order, and
 * every row that is held stays exact through the new cursor: where each event in between came along,
 * by folding it; where events are missing, by what the answer says has moved, and rows of which it
 * says nothing become gaps.
 */
export function applyPull(image: ChatImage, part: Part, asked: Asked): void {
  if (image.row.reconcile) return;
  const cursor = cursorOf(image.ranges);
  image.row = { ...image.row, headSeq: Math.max(image.row.headSeq, part.headSeq) };
  // The cache was made anew, or cut, while the answer was on its way.
  if (cursor > 0 && asked.after > cursor) return;
  const all = aboveCursor(image, part, cursor);
  const jumps = cursor === 0 || part.snapshot;
  const begins = all[0]?.at ?? 0;
  const items = jumps && begins > cursor + 1 ? afterLastFault(image, part, all) : all;
  const { good, whole } = fitting(image, part, items, cursor, jumps);
  const told = applyMoved(image, part);
  if (!whole && good.length > 0) {
    const spans = part.movedCut
      ? [...told].map((seq) => ({ from: seq, to: seq }))
      : asked.held.map((span) => ({ from: span.from, to: Math.min(span.to, asked.after) }));
    keepOnly(image, spans, cursor);
  }
  const added: Event[] = [];
  for (const { event, withheld, fault } of good) {
    if (withheld !== undefined) {
      image.ranges = addRange(image.ranges, { ...withheld, kind: "withheld" });
    }
    if (event === undefined) continue;
    appendEvent(image, event, part.headSeq, fault);
    added.push(event);
  }
  // Something came, yet nothing of it could be used: the place itself is suspicious.
  const isStuck = good.length === 0 && part.events.length > 0 && part.headSeq > cursor;
  if (isStuck && image.damaged.size === 0) image.damaged.add(cursor + 1);
  if (isStuck && image.checks.tolerates(image.row.chatId, cursor + 1)) {
    markFault(image, cursor + 1, "previous");
  }
  settle(image, added);
}

/**
 * Rel events that the cache got after a page's head change the page's rows too (V23). Where not all
 * of them are held, or the new payload of an edit is not, the row cannot be made exact: undefined.
 */
function broughtUp(row: EventRow, later: readonly EventRow[]): EventRow | undefined {
  let now: EventRow = row;
  for (const event of later) {
    if (foldTargetOf(event) !== row.seq || event.seq <= now.foldSeq) continue;
    const isBlank = event.rel?.kind === REL.edit && event.payload === null;
    if (isBlank && now.fold?.erased === undefined) return undefined;
    now = withFold(now, foldEvent(now.fold, event), event.seq);
  }
  return now;
}

/** Takes what an answer says anew about an event that is held; one with another hash does not fit. */
function renew(image: ChatImage, known: EventRow, event: Event, fresh: EventRow): void {
  const isSound = faultOf(image, event) === undefined;
  if (known.fault !== undefined && isSound) {
    putRow(image, fresh);
    clearMark(image, fresh.seq);
    return;
  }
  if (known.hash === fresh.hash) {
    if (fresh.foldSeq > known.foldSeq) {
      putRow(image, withFold(known, fresh.fold, fresh.foldSeq));
    }
    return;
  }
  if (known.fault !== undefined) return;
  image.damaged.add(fresh.seq);
  if (!image.checks.tolerates(image.row.chatId, fresh.seq)) return;
  putRow(image, { ...known, fault: "previous" });
  markFault(image, fresh.seq, "previous");
}

/**
 * S6b, S7, V23, V31: applies a page of history. It fills gaps at or below the cursor and moves nothing;
 * what lies above is the pull's. A page whose head is older than the cursor is brought up to it by the
 * events that are held in between, or not taken.
 */
export function applyHistory(image: ChatImage, part: Part): void {
  if (image.row.reconcile) return;
  const before = cursorOf(image.ranges);
  const cursor = before === 0 ? part.headSeq : before;
  image.row = { ...image.row, headSeq: Math.max(image.row.headSeq, part.headSeq) };
  const since = { from: part.headSeq + 1, to: before };
  const between = rangesWithin(image.ranges, since);
  const isKnown = gapsWithin(image.ranges, since).length === 0;
  if (!isKnown || between.some((range) => range.kind === "withheld")) return;
  const later = [...image.events.values()]
    .filter((row) => row.seq >= since.from && row.seq <= since.to)
    .sort((a, b) => a.seq - b.seq);
  for (const { from, to } of part.withheld) {
    const span = { from, to: Math.min(to, cursor), kind: "withheld" as const };
    image.ranges = addRange(image.ranges, span);
  }
  const added: Event[] = [];
  for (const event of inOrder(image, part).filter((one) => one.seq <= cursor)) {
    const fresh = broughtUp(rowOf(event, part.headSeq), later);
    if (fresh === undefined) continue;
    const known = isHeld(image.ranges, event.seq) ? image.events.get(event.seq) : undefined;
    if (known !== undefined) {
      renew(image, known, event, fresh);
      continue;
    }
    const fault = partFault(image, part, event);
    if (fault !== undefined && !image.checks.tolerates(image.row.chatId, event.seq)) {
      image.damaged.add(event.seq);
      continue;
    }
    placeRow(image, fresh, fault);
    added.push(event);
  }
  settle(image, before === 0 ? added : []);
}
