import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelWorld } from "./testing/model-world.ts";
import { play, programs } from "./testing/programs.ts";

/**
 * S6, S6a, S6b, S7, S8, S9, S11, S12, S20: whatever happens in between, all devices end with what the
 * server has, once, in order, with the same numbers.
 */
describe("sync: convergence", () => {
  it("S6, S11: any program of devices ends with the server's state, exactly once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), programs(5, 40), async (seed, steps) => {
        const world = new ModelWorld(seed, 3, 2);
        expect(await play(world, steps)).toEqual([]);
      }),
      { numRuns: Number(process.env["PARLEY_PROGRAMS"] ?? 300), interruptAfterTimeLimit: 100_000 },
    );
  }, 120_000);
});
