import { expect, test } from "vitest";
import { snoozedUntilMs, snoozeEndMs } from "./snooze.ts";

test("V51: a pause ends after its hours, or tomorrow at eight by this machine's clock, also as clocks change", () => {
  const nowMs = new Date(2026, 4, 3, 23, 30).getTime();
  expect(snoozeEndMs("hour", nowMs)).toBe(nowMs + 3_600_000);
  expect(snoozeEndMs("eightHours", nowMs)).toBe(nowMs + 8 * 3_600_000);
  expect(snoozeEndMs("tomorrow", nowMs)).toBe(new Date(2026, 4, 4, 8).getTime());
  const beforeTheChange = new Date(2026, 2, 28, 12).getTime();
  expect(new Date(snoozeEndMs("tomorrow", beforeTheChange))).toEqual(new Date(2026, 2, 29, 8));
});

test("V51: chosen in the night, until tomorrow morning means the morning that comes next", () => {
  const endOf = (hour: number, minute: number): Date =>
    new Date(snoozeEndMs("tomorrow", new Date(2026, 4, 3, hour, minute).getTime()));
  expect(endOf(0, 0)).toEqual(new Date(2026, 4, 3, 8));
  expect(endOf(2, 0)).toEqual(new Date(2026, 4, 3, 8));
  expect(endOf(4, 59)).toEqual(new Date(2026, 4, 3, 8));
  expect(endOf(5, 0)).toEqual(new Date(2026, 4, 4, 8));
  expect(endOf(7, 59)).toEqual(new Date(2026, 4, 4, 8));
  // The clock is put forward in this night: two o'clock does not exist.
  const changing = new Date(2026, 2, 29, 1, 30).getTime();
  expect(new Date(snoozeEndMs("tomorrow", changing))).toEqual(new Date(2026, 2, 29, 8));
});

test("V51: a pause that is over is none", () => {
  expect(snoozedUntilMs({ snoozedUntilMs: 9 }, 6)).toBe(9);
  expect(snoozedUntilMs({ snoozedUntilMs: 6 }, 6)).toBeNull();
  expect(snoozedUntilMs({ snoozedUntilMs: null }, 6)).toBeNull();
});
