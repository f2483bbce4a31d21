import type { Timeline, TimelineWindow } from "../../cache/read-models.ts";

/** Rows read at first, and added at a time. */
export const PAGE_ROWS = 80;
/** Rows after the pinned start that a view which follows the end may hold. */
export const FOLLOW_ROWS = 1_000;
/** With more rows than this the far end is let go. */
export const MOST_ROWS = 700;

/** Opens at a message: some of what came before it, and what follows. */
export function windowAround(seq: number): TimelineWindow {
  return { anchor: { seq: Math.max(1, seq) }, before: PAGE_ROWS / 2, after: PAGE_ROWS };
}

export const NEWEST_WINDOW: TimelineWindow = { anchor: "newest", before: PAGE_ROWS, after: 0 };

/**
 * Pins a window that was opened at the newest message to its first row. From then on new messages only
 * add to its end; a window that hangs on the newest would lose a row at its start for each.
 */
export function pinned(window: TimelineWindow, timeline: Timeline): TimelineWindow {
  if (window.anchor !== "newest") return window;
  const first = timeline.items.find((item) => item.kind !== "entry");
  if (first === undefined) return window;
  const seq = first.kind === "gap" || first.kind === "withheld" ? first.from : first.seq;
  return { anchor: { seq }, before: 0, after: FOLLOW_ROWS };
}

/**
 * S6b: what is not on this device before the first row is not missing, only not asked for yet: it is
 * older history, and comes when one scrolls there. A gap with nothing below it stays.
 */
export function withOlderUnasked(timeline: Timeline): Timeline {
  const [first, ...items] = timeline.items;
  if (first?.kind !== "gap" || items.length === 0) return timeline;
  return { ...timeline, items, seqsBefore: first.to, cachedBefore: false };
}

/** Whether a seq is one that this device does not have. */
export function isInGap(timeline: Timeline, seq: number): boolean {
  return timeline.items.some((item) => item.kind === "gap" && item.from <= seq && seq <= item.to);
}

/** Lets go of rows far after the one looked at, before more are added above. */
export function trimmedAfter(
  window: TimelineWindow,
  rowsBefore: number,
  rowsAfter: number,
  seq: number,
): TimelineWindow {
  if (rowsBefore + rowsAfter <= MOST_ROWS || rowsAfter <= PAGE_ROWS * 3) return window;
  return { anchor: { seq }, before: rowsBefore, after: PAGE_ROWS * 2 };
}

/** Lets go of rows far before the one looked at, before more are added below. */
export function trimmedBefore(
  window: TimelineWindow,
  rowsBefore: number,
  rowsAfter: number,
  seq: number,
): TimelineWindow {
  if (rowsBefore + rowsAfter <= MOST_ROWS || rowsBefore <= PAGE_ROWS * 3) return window;
  return { anchor: { seq }, before: PAGE_ROWS * 2, after: Math.max(rowsAfter, PAGE_ROWS) };
}

/** Reaches further back. */
export function grownBefore(window: TimelineWindow): TimelineWindow {
  return { ...window, before: window.before + PAGE_ROWS };
}

/** Reaches further on. */
export function grownAfter(window: TimelineWindow): TimelineWindow {
  return { ...window, after: window.after + PAGE_ROWS };
}
