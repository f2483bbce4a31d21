import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { seqOfRow, type TimelineRow } from "./build-rows.ts";
import { isAtEnd, listChange, type Place } from "./keep-place.ts";

/** Height of the part above the first row; the virtualizer must know it. */
export const START_PX = 48;

export type PlaceKeeping = {
  /** Told to the virtualizer: rows were added or taken away above. */
  shift: boolean;
  atEnd: boolean;
  /** Index of the first row in view. */
  firstVisible: number;
  lastVisible: number;
  onScroll: () => void;
  onScrollEnd: () => void;
  /** Rows were measured. */
  onResize: () => void;
  toEnd: () => void;
  toRow: (key: string) => boolean;
};

/** A place that was gone to is held until rows have stopped changing their size for so long. */
const SETTLE_MS = 500;

/** A row, and how far its top is above the top of the view, in CSS pixels. */
type Anchor = { key: string; offsetPx: number | "center" };

/** What is in view, by the virtualizer's own measures. */
function viewOf(
  list: VirtualizerHandle,
  { scrollTop, clientHeight, scrollHeight }: HTMLElement,
): { first: number; last: number; atEnd: boolean } {
  // The virtualizer counts from the top of the element, margin included.
  return {
    first: list.findItemIndex(Math.max(START_PX, scrollTop)),
    last: list.findItemIndex(Math.max(START_PX, scrollTop + clientHeight - 8)),
    atEnd: isAtEnd(scrollTop, clientHeight, scrollHeight),
  };
}

/** The row that keeps its place: the one before if it is still in view, else the first message. */
function anchorIndex(
  rows: readonly TimelineRow[],
  { first, last }: { first: number; last: number },
  before: Anchor | null,
): number {
  // A message rather than a gap or a day: those come and go with what is around them.
  const seen = rows.slice(first, last + 1);
  const same = before === null ? -1 : seen.findIndex((row) => row.key === before.key);
  const message = seen.findIndex((row) => row.kind === "message");
  return first + (same >= 0 ? same : Math.max(0, message));
}

/** The row to open at, or else the next one after it. */
function startRow(
  rows: readonly TimelineRow[],
  { key, seq }: { key: string; seq: number | null },
): TimelineRow | undefined {
  return (
    rows.find((row) => row.key === key) ??
    rows.find((row) => seq !== null && (seqOfRow(row) ?? 0) >= seq)
  );
}

/**
 * Keeps the row that is looked at in its place through everything that changes around it, follows the
 * end when the view is there, opens at `start`, and reports where the view is.
 *
 * Scrolls the element itself. The virtualizer's own scrolling goes on while rows are measured, even
 * against the user; here a place that was gone to is held only until the user moves.
 */
export function useKeepPlace(
  rows: readonly TimelineRow[],
  start: Place,
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  onPlace: (place: Place) => void,
): PlaceKeeping {
  const drawn = useRef<readonly TimelineRow[]>([]);
  const anchor = useRef<Anchor | null>(null);
  const following = useRef(start.kind === "end");
  /** From the first move of the view until it has come to rest. */
  const moving = useRef(false);
  /** How far down the view was when it last moved, in CSS pixels. */
  const lastOffset = useRef(0);
  const placed = useRef(false);
  /** The place that was gone to, until its rows are measured or the user moves. */
  const holding = useRef<Anchor | null>(null);
  const holdTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const report = useRef(onPlace);
  const [view, setView] = useState({ first: 0, last: 0, atEnd: start.kind === "end" });
  useEffect(() => {
    report.current = onPlace;
  });

  const change = listChange(
    drawn.current,
    rows,
    following.current ? null : (anchor.current?.key ?? null),
  );

  const release = useCallback(() => {
    clearTimeout(holdTimer.current);
    holding.current = null;
  }, []);

  const toEnd = useCallback(() => {
    following.current = true;
    release();
    const element = scroller.current;
    if (!element) return;
    // Rows that turn out higher or lower are followed like any other change of size.
    element.scrollTop = element.scrollHeight;
    lastOffset.current = element.scrollTop;
  }, [scroller, release]);

  /** Scrolls a row to where it is wanted. False if it is not drawn. */
  const put = useCallback(
    ({ key, offsetPx }: Anchor): boolean => {
      const handle = list.current;
      const element = scroller.current;
      const index = drawn.current.findIndex((row) => row.key === key);
      if (!handle || !element || index < 0) return false;
      const offset =
        offsetPx === "center" ? (handle.getItemSize(index) - element.clientHeight) / 2 : offsetPx;
      // By how far, not to where: a wheel that is still turning is not stopped.
      const byPx = START_PX + handle.getItemOffset(index) + offset - element.scrollTop;
      if (Math.abs(byPx) > 0.5) element.scrollBy({ top: byPx, behavior: "instant" });
      lastOffset.current = element.scrollTop;
      return true;
    },
    [list, scroller],
  );

  const hold = useCallback(
    (wanted: Anchor): boolean => {
      following.current = false;
      release();
      if (!put(wanted)) return false;
      holding.current = wanted;
      holdTimer.current = setTimeout(release, SETTLE_MS);
      return true;
    },
    [put, release],
  );

  // Asked before the end is followed: a move up may not have been told yet.
  const isFollowing = useCallback((): boolean => {
    const element = scroller.current;
    if (!element || !following.current) return false;
    const { scrollTop, clientHeight, scrollHeight } = element;
    return scrollTop >= lastOffset.current - 1 || isAtEnd(scrollTop, clientHeight, scrollHeight);
  }, [scroller]);

  const toRow = useCallback((key: string) => hold({ key, offsetPx: "center" }), [hold]);

  const onScroll = useCallback(() => {
    const handle = list.current;
    const element = scroller.current;
    if (!handle || !element || !placed.current) return;
    const next = viewOf(handle, element);
    // Only a move up leaves the end. Where the rows or the view changed their size, the end moved away
    // by itself and is followed.
    const movedUp = element.scrollTop < lastOffset.current - 1;
    following.current = next.atEnd || (following.current && !movedUp);
    if (following.current && !next.atEnd) {
      element.scrollTop = element.scrollHeight;
      next.atEnd = true;
    }
    lastOffset.current = element.scrollTop;
    // While one scrolls up, rows come into view that are measured only then: what was in view before
    // keeps its place, for that is what is looked at.
    const index = anchorIndex(drawn.current, next, moving.current ? anchor.current : null);
    const row = drawn.current[index];
    if (row) {
      const offsetPx = element.scrollTop - START_PX - handle.getItemOffset(index);
      anchor.current = { key: row.key, offsetPx };
      report.current(
        next.atEnd ? { kind: "end" } : { kind: "row", key: row.key, seq: seqOfRow(row), offsetPx },
      );
    }
    setView((before) =>
      before.first === next.first && before.last === next.last && before.atEnd === next.atEnd
        ? before
        : next,
    );
  }, [list, scroller]);

  const onMove = useCallback(() => {
    moving.current = true;
    onScroll();
  }, [onScroll]);

  useLayoutEffect(() => {
    drawn.current = rows;
    if (!list.current || rows.length === 0) return;
    if (!placed.current) {
      placed.current = true;
      const first = start.kind === "row" ? startRow(rows, start) : undefined;
      if (start.kind === "row" && first !== undefined) {
        hold({ key: first.key, offsetPx: start.offsetPx });
      } else {
        toEnd();
      }
      return;
    }
    if (isFollowing()) toEnd();
    else if (holding.current !== null) put(holding.current);
    else if (change === "around" && anchor.current) put(anchor.current);
  }, [rows, change, start, list, toEnd, isFollowing, hold, put]);

  const onScrollEnd = useCallback(() => {
    moving.current = false;
    onScroll();
  }, [onScroll]);

  const onResize = useCallback(() => {
    // The virtualizer draws with the new sizes first, and keeps the place in its own way.
    queueMicrotask(() => {
      if (holding.current !== null) hold(holding.current);
      else if (placed.current && anchor.current && !isFollowing()) put(anchor.current);
      onScroll();
    });
  }, [hold, put, isFollowing, onScroll]);

  const empty = rows.length === 0;
  useEffect(() => {
    const element = scroller.current;
    if (!element || empty) return;
    const moves = ["wheel", "touchmove", "pointerdown", "keydown"] as const;
    for (const kind of moves) element.addEventListener(kind, release, { passive: true });
    return () => {
      for (const kind of moves) element.removeEventListener(kind, release);
    };
  }, [scroller, empty, release]);

  // Taken down and up again (as development does on purpose), the list starts anew.
  useLayoutEffect(
    () => () => {
      placed.current = false;
      release();
    },
    [release],
  );

  // The view shrinks when the composer grows, and rows grow when they are measured. The element is
  // there with the first rows, not before.
  useEffect(() => {
    const element = scroller.current;
    if (!element || empty) return;
    const observer = new ResizeObserver(() => {
      if (placed.current && isFollowing()) element.scrollTop = element.scrollHeight;
      onScroll();
    });
    observer.observe(element);
    const content = element.querySelector(".timeline-items");
    if (content) observer.observe(content);
    return () => observer.disconnect();
  }, [scroller, onScroll, empty, isFollowing]);

  return {
    shift: change === "above",
    atEnd: view.atEnd,
    firstVisible: view.first,
    lastVisible: view.last,
    onScroll: onMove,
    onScrollEnd,
    onResize,
    toEnd,
    toRow,
  };
}
