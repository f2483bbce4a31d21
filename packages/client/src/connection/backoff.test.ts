import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

const input = fc.record({
  attempt: fc.nat({ max: 10_000 }),
  retryAfterMs: fc.option(fc.nat({ max: 600_000 }), { nil: undefined }),
  attentive: fc.boolean(),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

test("E1: never before what the server asked for, never a busy loop, never past the cap", () => {
  fc.assert(
    fc.property(input, (given) => {
      const jitterMs = backoffMs(given) - (given.retryAfterMs ?? 0);
      expect(jitterMs).toBeGreaterThanOrEqual(100);
      expect(jitterMs).toBeLessThanOrEqual(given.attentive ? 4_000 : 30_000);
      // V38: near the place that the server keeps.
      if (given.retryAfterMs !== undefined) expect(jitterMs).toBeLessThanOrEqual(1_000);
    }),
  );
});

/** The largest share of a crowd that comes in any one of `slots` equal parts of the bound. */
function largestShare(waitsMs: readonly number[], boundMs: number, slots: number): number {
  const slotMs = boundMs / slots;
  const groups = Map.groupBy(waitsMs, (waitMs) => Math.floor(waitMs / slotMs));
  return Math.max(...[...groups.values()].map((group) => group.length)) / waitsMs.length;
}

test("V38: clients that fell together spread over the whole bound, whatever their number of tries", () => {
  const crowd = fc.record({
    attempt: fc.integer({ min: 0, max: 12 }),
    attentive: fc.boolean(),
  });
  fc.assert(
    fc.property(crowd, ({ attempt, attentive }) => {
      const boundMs = Math.min(attentive ? 4_000 : 30_000, 1_000 * 2 ** attempt);
      const even = Array.from({ length: 1_000 }, (_, i) =>
        backoffMs({ attempt, attentive, random: i / 1_000 }),
      );
      // The floor gathers the first tenth of the shortest bound; elsewhere no part has more than its share.
      expect(largestShare(even, boundMs, 5)).toBeLessThanOrEqual(0.21);
      expect(Math.max(...even)).toBeGreaterThan(boundMs * 0.99);
    }),
    { numRuns: 50 },
  );
});
