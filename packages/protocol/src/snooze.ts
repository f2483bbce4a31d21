import type { AlertSettings } from "./bridge/alerts.ts";

/** V51: how long alerts can be paused for; tray and settings offer the same. */
export type SnoozeLength = "hour" | "eightHours" | "tomorrow";

const HOUR_MS = 3_600_000;
/** People who want quiet until tomorrow mean the morning. */
const MORNING_HOUR = 8;
/** Who is up until then has not slept yet: tomorrow is what comes after the night. */
const NIGHT_ENDS_HOUR = 5;

/**
 * When a pause that begins now ends, ms since 1970. Tomorrow is by this machine's time zone; in the night
 * it begins with the morning that comes next.
 */
export function snoozeEndMs(length: SnoozeLength, nowMs: number): number {
  if (length === "hour") return nowMs + HOUR_MS;
  if (length === "eightHours") return nowMs + 8 * HOUR_MS;
  const morning = new Date(nowMs);
  if (morning.getHours() >= NIGHT_ENDS_HOUR) morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING_HOUR, 0, 0, 0);
  return morning.getTime();
}

/** When the pause that holds now ends, ms since 1970; null: there is none, or it is over. */
export function snoozedUntilMs(
  settings: Pick<AlertSettings, "snoozedUntilMs">,
  nowMs: number,
): number | null {
  const untilMs = settings.snoozedUntilMs;
  return untilMs !== null && untilMs > nowMs ? untilMs : null;
}
