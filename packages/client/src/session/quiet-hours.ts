import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";

/** What a wall clock shows: weekday, Sunday first, and minutes after midnight. */
export type LocalTime = { weekday: number; minute: number };

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** The wall clock at a time, ms since 1970, in a time zone; in this device's own if none is named. */
export function localTimeOf(atMs: number, timeZone?: string): LocalTime {
  // Made anew each time: devices travel.
  const format = new Intl.DateTimeFormat("en-US", {
    weekday: "short",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
    ...(timeZone !== undefined && { timeZone }),
  });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    weekday: WEEKDAYS.indexOf(parts.get("weekday") ?? "Sun"),
    minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
  };
}

/**
 * V51: whether quiet hours hold at a time of the wall clock. A span that ends at or before its beginning
 * lasts until the next day; clocks that are put forward or back make it shorter or longer.
 */
export function isQuiet(
  { enabled, days }: AlertSettings["quietHours"],
  { weekday, minute }: LocalTime,
): boolean {
  if (!enabled) return false;
  const today = days[weekday] ?? null;
  const yesterday = days[(weekday + 6) % 7] ?? null;
  if (today && minute >= today.fromMinute) {
    if (today.toMinute <= today.fromMinute || minute < today.toMinute) return true;
  }
  return (
    yesterday !== null && yesterday.toMinute <= yesterday.fromMinute && minute < yesterday.toMinute
  );
}
