import type { Result } from "@parley/protocol/errors.ts";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Arrivals, type Place } from "./arrivals.ts";

const LIMITS = { arrivalsAtOnce: 4, arrivalWaitMs: 1_000, arrivalHoldMs: 2_000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const stays = (): void => undefined;

/** Takes a place that must be free. */
async function inside(arrivals: Arrivals): Promise<Place> {
  const entered = await arrivals.enter(stays);
  if (!entered.ok) throw new Error(entered.error.code);
  return entered.value;
}

test("V38: so many are greeted at a time, the others in the order in which they came", async () => {
  const arrivals = new Arrivals(LIMITS, Date.now);
  const first = await Promise.all(Array.from({ length: 4 }, () => inside(arrivals)));
  const order: number[] = [];
  const places: Place[] = [];
  for (let i = 0; i < 3; i++) {
    void inside(arrivals).then((place) => {
      order.push(i);
      places.push(place);
    });
  }
  await vi.advanceTimersByTimeAsync(10);
  expect([order, arrivals.waiting]).toEqual([[], 3]);
  first[0]?.leave();
  first[0]?.leave();
  await vi.advanceTimersByTimeAsync(0);
  expect(order).toEqual([0]);
  first[1]?.leave();
  first[2]?.leave();
  await vi.advanceTimersByTimeAsync(0);
  expect(order).toEqual([0, 1, 2]);
  expect(arrivals.waiting).toBe(0);
});

test("V38: one that says no hello holds its place for a while only", async () => {
  const arrivals = new Arrivals(LIMITS, Date.now);
  await Promise.all(Array.from({ length: 4 }, () => inside(arrivals)));
  const entered = vi.fn<() => void>();
  void inside(arrivals).then(entered);
  await vi.advanceTimersByTimeAsync(LIMITS.arrivalHoldMs - 1);
  expect(entered).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(entered).toHaveBeenCalledOnce();
});

test("V38: who goes before its turn takes nobody's place", async () => {
  const arrivals = new Arrivals({ ...LIMITS, arrivalsAtOnce: 1 }, Date.now);
  const first = await inside(arrivals);
  let goes: () => void = stays;
  void arrivals.enter((leave) => (goes = leave));
  const second = inside(arrivals);
  goes();
  first.leave();
  await second;
  expect(arrivals.waiting).toBe(0);
});

test("V38: who would wait too long is told a time of its own, at the pace of greeting", async () => {
  const arrivals = new Arrivals(LIMITS, Date.now);
  const answers: Promise<Result<Place>>[] = [];
  for (let i = 0; i < 400; i++) answers.push(arrivals.enter(stays));
  const waiting = arrivals.waiting;
  expect(waiting).toBeGreaterThan(50);
  expect(waiting).toBeLessThan(200);
  const sentAway = await Promise.all(answers.slice(4 + waiting));
  const times = sentAway.map((answer) => (answer.ok ? -1 : (answer.error.retryAfterMs ?? -1)));
  expect(times.length).toBe(400 - 4 - waiting);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(LIMITS.arrivalWaitMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBe(times.length);
});

test("V38: any crowd gets in, never more at once than there are places", async () => {
  const crowd = fc.record({
    size: fc.integer({ min: 1, max: 600 }),
    greetMs: fc.integer({ min: 1, max: 60 }),
    withinMs: fc.integer({ min: 1, max: 2_000 }),
  });
  await fc.assert(
    fc.asyncProperty(crowd, async ({ size, greetMs, withinMs }) => {
      const arrivals = new Arrivals(LIMITS, Date.now);
      let greeted = 0;
      let here = 0;
      let most = 0;
      const come = async (): Promise<void> => {
        const entered = await arrivals.enter(stays);
        if (!entered.ok) {
          setTimeout(() => void come(), entered.error.retryAfterMs ?? 0);
          return;
        }
        here += 1;
        most = Math.max(most, here);
        setTimeout(() => {
          here -= 1;
          greeted += 1;
          entered.value.leave();
        }, greetMs);
      };
      for (let i = 0; i < size; i++) setTimeout(() => void come(), (i / size) * withinMs);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(greeted).toBe(size);
      expect(most).toBeLessThanOrEqual(LIMITS.arrivalsAtOnce);
    }),
    { numRuns: 40 },
  );
});
