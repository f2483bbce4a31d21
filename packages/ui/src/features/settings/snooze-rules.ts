import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";

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

/** V51: when the pause of alerts ends, ms since 1970; null: there is none, or it is over. */
export function pausedUntil(
  { snoozedUntilMs }: Pick<AlertSettings, "snoozedUntilMs">,
  nowMs: number,
): number | null {
  return snoozedUntilMs !== null && snoozedUntilMs > nowMs ? snoozedUntilMs : null;
}
