import { useEffect, useState, useSyncExternalStore } from "react";
import type { Attention } from "../state/attention.ts";
import { useScope } from "./context.ts";

/** The time, renewed every minute: labels of days and "last seen" follow it. */
export function useMinute(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

/** Longest wait that a timer takes, in ms. */
const TIMER_MAX_MS = 2_147_483_647;

/** The time, renewed when `atMs`, at most 24 days ahead, is reached; null: nothing is waited for. */
export function useNowAt(atMs: number | null): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const now = Date.now();
    setNowMs(now);
    if (atMs === null || atMs <= now) return;
    const timer = setTimeout(() => setNowMs(Date.now()), Math.min(atMs - now, TIMER_MAX_MS));
    return () => clearTimeout(timer);
  }, [atMs]);
  return nowMs;
}

/** Whether the window is in view and has the user's attention. */
export function useAttention(): Attention {
  const { attention } = useScope();
  return useSyncExternalStore(attention.subscribe, attention.get);
}

/** Width of an element, followed. */
export function useWidth(element: HTMLElement | null): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
