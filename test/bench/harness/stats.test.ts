import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DurationHistogram, median, medianFigures, percentile } from "./stats.ts";

describe("median", () => {
  test("is the middle value of an odd list, whatever its order", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  test("is the mean of the two middle values of an even list", () => {
    expect(median([10, 1, 4, 2])).toBe(3);
  });

  test("of nothing is an error, not a number", () => {
    expect(() => median([])).toThrow("nothing");
  });
});

describe("percentile", () => {
  test("is by nearest rank", () => {
    const values = Array.from({ length: 100 }, (_, n) => n + 1);
    expect(percentile(values, 0.5)).toBe(50);
    expect(percentile(values, 0.99)).toBe(99);
    expect(percentile(values, 1)).toBe(100);
    expect(percentile([7], 0.01)).toBe(7);
  });

  test("leaves the list as it was", () => {
    const values = [3, 1, 2];
    percentile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("histogram of durations", () => {
  test("has no percentile but 0 while it is empty", () => {
    expect(new DurationHistogram().summary()).toEqual({ count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
  });

  test("agrees with the exact percentile to 1 %", () => {
    const durations = fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(durations, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const histogram = new DurationHistogram();
        for (const value of values) histogram.add(value);
        const exact = percentile(values, share);
        const counted = histogram.percentileMs(share);
        expect(counted).toBeGreaterThanOrEqual(exact * 0.999_999);
        expect(counted).toBeLessThanOrEqual(exact * 1.010_001);
      }),
    );
  });

  test("counts what is too short to tell as the shortest", () => {
    const histogram = new DurationHistogram();
    histogram.add(0);
    histogram.add(-1);
    expect(histogram.summary()).toMatchObject({ count: 2, p99Ms: 0 });
  });
});

describe("figures of several rounds", () => {
  test("are reduced to the median, one by one", () => {
    const rounds = [
      { cpu: 1, wall: 30 },
      { cpu: 3, wall: 10 },
      { cpu: 2, wall: 20 },
    ];
    expect(medianFigures(rounds)).toEqual({ cpu: 2, wall: 20 });
  });

  test("must be the same in each", () => {
    expect(() => medianFigures([{ cpu: 1, wall: 1 }, { cpu: 1 }])).toThrow("wall");
  });
});
