const HOUR_MS = 3_600_000;
/** When a pause until the morning ends, by the clock of this device. */
const MORNING_HOUR = 8;

export type SnoozeChoice = "none" | "current" | "hour" | "hours" | "morning";

/** When a chosen pause ends, ms since 1970; null: there is none. */
export function snoozeUntil(
  choice: Exclude<SnoozeChoice, "current">,
  nowMs: number,
): number | null {
  switch (choice) {
    case "none":
      return null;
    case "hour":
      return nowMs + HOUR_MS;
    case "hours":
      return nowMs + 8 * HOUR_MS;
    case "morning": {
      const morning = new Date(nowMs);
      morning.setDate(morning.getDate() + 1);
      morning.setHours(MORNING_HOUR, 0, 0, 0);
      return morning.getTime();
    }
  }
}

/** The later of pauses that are not over; null: there is none. */
export function pausedUntil(ends: readonly (number | null)[], nowMs: number): number | null {
  const open = ends.filter((end) => end !== null && end > nowMs);
  return open.length === 0 ? null : Math.max(...open.map((end) => end ?? 0));
}
