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
  toEnd: () => void;
  toRow: (key: string) => boolean;
};

type Anchor = { key: string; offsetPx: number } | null;

/** What is in view, by the virtualizer's own measures. */
function viewOf(list: VirtualizerHandle): { first: number; last: number; atEnd: boolean } {
  const from = list.scrollOffset - START_PX;
  return {
    first: list.findItemIndex(Math.max(0, from)),
    last: list.findItemIndex(Math.max(0, from + list.viewportSize - 8)),
    atEnd: isAtEnd(list.scrollOffset, list.viewportSize, list.scrollSize),
  };
}

/**
 * Keeps the row that is looked at in its place through everything that changes around it, follows the
 * end when the view is there, opens at `start`, and reports where the view is.
 */
export function useKeepPlace(
  rows: readonly TimelineRow[],
  start: Place,
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  onPlace: (place: Place) => void,
): PlaceKeeping {
  const drawn = useRef<readonly TimelineRow[]>([]);
  const anchor = useRef<Anchor>(null);
  const following = useRef(start.kind === "end");
  /** How far down the view was when it last moved, in CSS pixels. */
  const lastOffset = useRef(0);
  const placed = useRef(false);
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

  const toEnd = useCallback(() => {
    following.current = true;
    lastOffset.current = 0;
    const element = scroller.current;
    list.current?.scrollToIndex(Math.max(0, drawn.current.length - 1), { align: "end" });
    if (element) element.scrollTop = element.scrollHeight;
  }, [list, scroller]);

  const toRow = useCallback(
    (key: string) => {
      const index = drawn.current.findIndex((row) => row.key === key);
      if (index < 0) return false;
      following.current = false;
      list.current?.scrollToIndex(index, { align: "center" });
      return true;
    },
    [list],
  );

  const onScroll = useCallback(() => {
    const handle = list.current;
    if (!handle || !placed.current) return;
    const next = viewOf(handle);
    // Only a move up leaves the end. Where the rows or the view changed their size, the end moved away
    // by itself and is followed.
    const movedUp = handle.scrollOffset < lastOffset.current - 1;
    following.current = next.atEnd || (following.current && !movedUp);
    lastOffset.current = handle.scrollOffset;
    const element = scroller.current;
    if (following.current && !next.atEnd && element) {
      element.scrollTop = element.scrollHeight;
      next.atEnd = true;
    }
    const row = drawn.current[next.first];
    if (row) {
      const offsetPx = handle.scrollOffset - START_PX - handle.getItemOffset(next.first);
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

  useLayoutEffect(() => {
    const handle = list.current;
    drawn.current = rows;
    if (!handle || rows.length === 0) return;
    if (!placed.current) {
      placed.current = true;
      const at = start.kind === "row" ? rows.findIndex((row) => row.key === start.key) : -1;
      if (start.kind === "row" && at >= 0) {
        following.current = false;
        anchor.current = { key: start.key, offsetPx: start.offsetPx };
        handle.scrollToIndex(at, { align: "start", offset: start.offsetPx });
      } else {
        toEnd();
      }
      return;
    }
    if (following.current) {
      toEnd();
    } else if (change === "around" && anchor.current) {
      const { key, offsetPx } = anchor.current;
      const at = rows.findIndex((row) => row.key === key);
      if (at >= 0) handle.scrollToIndex(at, { align: "start", offset: offsetPx });
    }
  }, [rows, change, start, list, toEnd]);

  // Taken down and up again (as development does on purpose), the list starts anew.
  useLayoutEffect(
    () => () => {
      placed.current = false;
    },
    [],
  );

  // The view shrinks when the composer grows, and rows grow when they are measured. The element is
  // there with the first rows, not before.
  const empty = rows.length === 0;
  useEffect(() => {
    const element = scroller.current;
    if (!element || empty) return;
    const observer = new ResizeObserver(() => {
      if (following.current && placed.current) element.scrollTop = element.scrollHeight;
      onScroll();
    });
    observer.observe(element);
    const content = element.querySelector(".timeline-items");
    if (content) observer.observe(content);
    return () => observer.disconnect();
  }, [scroller, onScroll, empty]);

  return {
    shift: change === "above",
    atEnd: view.atEnd,
    firstVisible: view.first,
    lastVisible: view.last,
    onScroll,
    toEnd,
    toRow,
  };
}
