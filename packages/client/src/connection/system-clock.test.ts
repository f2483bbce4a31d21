import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "./system-clock.ts";

afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;

test("a timer of many days waits as long as it was set for, and can be cancelled", () => {
  vi.useFakeTimers();
  const ran: string[] = [];
  systemClock.setTimer(() => void ran.push("long"), 60 * DAY_MS);
  const cancel = systemClock.setTimer(() => void ran.push("cancelled"), 60 * DAY_MS);
  systemClock.setTimer(() => void ran.push("short"), 5);
  vi.advanceTimersByTime(30 * DAY_MS);
  expect(ran).toEqual(["short"]);
  cancel();
  vi.advanceTimersByTime(30 * DAY_MS);
  expect(ran).toEqual(["short", "long"]);
  expect(vi.getTimerCount()).toBe(0);
});
