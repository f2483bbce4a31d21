import type { AlertSettings, QuietSpan } from "@parley/protocol/bridge/alerts.ts";

export type QuietHours = AlertSettings["quietHours"];

/** Ten in the evening until seven in the morning. */
const USUAL: QuietSpan = { fromMinute: 22 * 60, toMinute: 7 * 60 };
/** Days of the week, Sunday 0, in the order they are shown: Monday first. */
export const WEEK: readonly number[] = [1, 2, 3, 4, 5, 6, 0];

/** Minutes after midnight as a time field has them: `07:00`. */
export function clockOf(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** Minutes after midnight, or undefined while a time field is incomplete. */
export function minuteOf(clock: string): number | undefined {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)/.exec(clock);
  return parts === null ? undefined : Number(parts[1]) * 60 + Number(parts[2]);
}

/** Whether the span ends on the day after it began (V51). */
export function endsNextDay({ fromMinute, toMinute }: QuietSpan): boolean {
  return toMinute <= fromMinute;
}

/** Turned on or off; the first time every night is quiet. */
export function switched(quiet: QuietHours, enabled: boolean): QuietHours {
  const none = quiet.days.every((day) => day === null);
  return { enabled, days: enabled && none ? quiet.days.map(() => USUAL) : quiet.days };
}

/** A day gets quiet hours, those of another day if there are any, or loses them. */
export function withDay(quiet: QuietHours, weekday: number, on: boolean): QuietHours {
  const span = on ? (quiet.days.find((day) => day !== null) ?? USUAL) : null;
  return { ...quiet, days: quiet.days.map((day, index) => (index === weekday ? span : day)) };
}

/** A day's quiet hours with another beginning or end. */
export function withSpan(quiet: QuietHours, weekday: number, part: Partial<QuietSpan>): QuietHours {
  return {
    ...quiet,
    days: quiet.days.map((day, index) =>
      index === weekday && day !== null ? { ...day, ...part } : day,
    ),
  };
}

/** The name of a day of the week, Sunday 0. */
export function weekdayName(weekday: number, locale: string | undefined): string {
  // 4 January 1970 was a Sunday.
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(
    (3 + weekday) * 86_400_000,
  );
}
