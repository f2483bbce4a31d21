import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryData, ModelWorld } from "./model-world.ts";
import { PINNED } from "./pinned-programs.ts";
import { play, programs } from "./programs.ts";

export type ConvergenceOptions = {
  /** How many programs all shards play together. */
  programs: number;
  shard: number;
  shards: number;
  /** Accounts and devices of each in a world. */
  accounts: number;
  devicesEach: number;
  /** Most steps of a program. */
  steps: number;
  makeData?: typeof memoryData;
};

/**
 * S6, S6a, S6b, S7, S8, S9, S11, S12, S13, S20: whatever happens in between, all devices end with what
 * the server has, once, in order, with the same folds, numbers and chains. Programs that once failed
 * are played first.
 */
export function convergenceSuite(name: string, options: ConvergenceOptions): void {
  const { shard, shards, accounts, devicesEach, makeData = memoryData } = options;
  const numRuns = Math.ceil(options.programs / shards);
  const { seed: commonSeed } = fc.readConfigureGlobal();
  // Each shard plays programs of its own.
  const ofShard = commonSeed === undefined ? {} : { seed: commonSeed + shard };
  describe(`convergence: ${name}, part ${shard} of ${shards}`, () => {
    it(`S6, S11, S12, S20: programs of devices end with the server's state, exactly once, in order`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), programs(5, options.steps), async (seed, steps) => {
          const world = new ModelWorld(seed, accounts, devicesEach, makeData);
          expect(await play(world, steps)).toEqual([]);
        }),
        { ...ofShard, numRuns, examples: PINNED.filter((_, i) => i % shards === shard - 1) },
      );
    }, 3_600_000);
  });
}
