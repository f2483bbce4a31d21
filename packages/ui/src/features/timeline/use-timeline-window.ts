import type { ChatId } from "@parley/protocol/ids.ts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { AccountSession } from "../../cache/account-session.ts";
import { useTimeline } from "../../cache/hooks.ts";
import type { GapItem, Timeline, TimelineWindow } from "../../cache/read-models.ts";
import type { Reach } from "./TimelineView.tsx";
import {
  grownAfter,
  grownBefore,
  isInGap,
  NEWEST_WINDOW,
  pinned,
  trimmedAfter,
  trimmedBefore,
  windowAround,
  withOlderUnasked,
} from "./window-rules.ts";

export type TimelineReading = {
  /** The last result, kept while another window is read. */
  timeline: Timeline | undefined;
  older: Reach;
  newer: Reach;
  gaps: ReadonlyMap<string, "loading" | "failed">;
  loadOlder: (visibleSeq: number | null) => void;
  loadNewer: (visibleSeq: number | null) => void;
  fillGap: (gap: GapItem, end: "newer" | "older") => void;
  /** Reads the end of the chat; true if it was read already. */
  toNewest: () => boolean;
  /** Reads around a message, from the server if need be. False if it cannot be had. */
  toSeq: (seq: number) => Promise<boolean>;
};

function firstSeq(timeline: Timeline): number | null {
  const first = timeline.items.find((item) => item.kind !== "entry");
  if (first === undefined) return null;
  return first.kind === "gap" || first.kind === "withheld" ? first.from : first.seq;
}

/** Items before and after a seq. */
function around(timeline: Timeline, seq: number): [before: number, after: number] {
  const at = timeline.items.findIndex((item) => {
    if (item.kind === "entry") return true;
    return (item.kind === "gap" || item.kind === "withheld" ? item.to : item.seq) >= seq;
  });
  const before = at < 0 ? timeline.items.length : at;
  return [before, timeline.items.length - before];
}

/** What was fetched is on the screen's way from the cache; if it is not there by then, it does not come. */
const START_WAIT_MS = 2_000;

/** Asks the server for the messages around the start, if they are not here. True once that is over. */
function useStartPage(session: AccountSession, chatId: ChatId, startSeq: number | null): boolean {
  const [done, setDone] = useState(startSeq === null);
  useEffect(() => {
    if (startSeq === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current = true;
    void session.loadAround(chatId, startSeq).then((result) => {
      if (!current) return;
      if (result.ok) timer = setTimeout(() => setDone(true), START_WAIT_MS);
      // What is here is shown.
      else setDone(true);
    });
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [session, chatId, startSeq]);
  return done;
}

/**
 * Reads a chat through a window that grows where one scrolls, lets go of what is far away, and asks the
 * server for what is not on this device. Starts at a seq, or at the newest message for null.
 */
export function useTimelineWindow(
  session: AccountSession,
  chatId: ChatId,
  startSeq: number | null,
): TimelineReading {
  const [window, setWindow] = useState<TimelineWindow>(() =>
    startSeq === null ? NEWEST_WINDOW : windowAround(startSeq),
  );
  const whole = useTimeline(session, chatId, window);
  const atStart = useStartPage(session, chatId, startSeq);
  const held = whole !== undefined && !atStart && startSeq !== null && isInGap(whole, startSeq);
  const read = useMemo(
    () => (whole === undefined || held ? undefined : withOlderUnasked(whole)),
    [whole, held],
  );
  const [timeline, setTimeline] = useState<Timeline | undefined>(read);
  if (read !== undefined && read !== timeline) setTimeline(read);
  const settled = read !== undefined;

  const [fetching, setFetching] = useState<"idle" | "loading" | "failed">("idle");
  const [gaps, setGaps] = useState<ReadonlyMap<string, "loading" | "failed">>(new Map());
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  useEffect(() => {
    if (read !== undefined) setWindow((before) => pinned(before, read));
  }, [read]);

  const loadOlder = useCallback(
    (visibleSeq: number | null) => {
      if (timeline === undefined || !settled || fetching === "loading") return;
      if (visibleSeq !== null) {
        const [before, after] = around(timeline, visibleSeq);
        const trimmed = trimmedAfter(window, before, after, visibleSeq);
        if (trimmed !== window) {
          setWindow(trimmed);
          return;
        }
      }
      if (timeline.cachedBefore) {
        setFetching("idle");
        setWindow(grownBefore);
        return;
      }
      const from = firstSeq(timeline);
      if (timeline.seqsBefore === 0 || from === null) return;
      setFetching("loading");
      void session.loadOlder(chatId, from).then((result) => {
        if (!alive.current) return;
        setFetching(result.ok ? "idle" : "failed");
        if (result.ok) setWindow(grownBefore);
      });
    },
    [timeline, settled, fetching, window, session, chatId],
  );

  const loadNewer = useCallback(
    (visibleSeq: number | null) => {
      // What is not on this device arrives by itself: the open chat is caught up first (S6a).
      if (timeline === undefined || !settled || !timeline.cachedAfter) return;
      if (visibleSeq !== null) {
        const [before, after] = around(timeline, visibleSeq);
        const trimmed = trimmedBefore(window, before, after, visibleSeq);
        if (trimmed !== window) {
          setWindow(trimmed);
          return;
        }
      }
      setWindow(grownAfter);
    },
    [timeline, settled, window],
  );

  const fillGap = useCallback(
    (gap: GapItem, end: "newer" | "older") => {
      const mark = (state: "loading" | "failed" | null): void =>
        setGaps((before) => {
          const next = new Map(before);
          if (state === null) next.delete(gap.key);
          else next.set(gap.key, state);
          return next;
        });
      mark("loading");
      void session.fillGap(chatId, gap, end).then((result) => {
        if (alive.current) mark(result.ok ? null : "failed");
      });
    },
    [session, chatId],
  );

  const toNewest = useCallback(() => {
    if (timeline?.seqsAfter === 0) return true;
    setWindow(NEWEST_WINDOW);
    return false;
  }, [timeline]);

  const toSeq = useCallback(
    async (seq: number) => {
      const result = await session.loadAround(chatId, seq);
      if (!result.ok || !alive.current) return false;
      setWindow(windowAround(seq));
      return true;
    },
    [session, chatId],
  );

  return {
    timeline,
    older: olderReach(timeline, fetching),
    newer: newerReach(timeline),
    gaps,
    loadOlder,
    loadNewer,
    fillGap,
    toNewest,
    toSeq,
  };
}

function olderReach(
  timeline: Timeline | undefined,
  fetching: "idle" | "loading" | "failed",
): Reach {
  if (timeline === undefined || timeline.seqsBefore === 0) return "none";
  return fetching === "idle" ? "more" : fetching;
}

function newerReach(timeline: Timeline | undefined): Reach {
  if (timeline === undefined || timeline.seqsAfter === 0) return "none";
  return timeline.cachedAfter ? "more" : "loading";
}
