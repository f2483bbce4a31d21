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
    }),
  );
});

test("full jitter: clients that fell together spread over the whole bound", () => {
  const waits = Array.from({ length: 1_000 }, (_, i) =>
    backoffMs({ attempt: 4, attentive: false, random: i / 1_000 }),
  );
  const perSecond = Map.groupBy(waits, (waitMs) => Math.floor(waitMs / 1_000));
  expect(perSecond.size).toBe(16);
  for (const group of perSecond.values()) expect(group.length).toBeLessThan(80);
});
