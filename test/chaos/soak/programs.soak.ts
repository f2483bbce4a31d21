import { ModelWorld } from "@parley/client/sync/testing/model-world.ts";
import { play, programs } from "@parley/client/sync/testing/programs.ts";
import fc from "fast-check";

import { soakPart } from "./soak-part.ts";

const PROGRAMS = 100_000;
/** Programs of one run of fast-check, which has one seed. */
const RUN = 500;
const MINUTE_MS = 60_000;

class Diverged extends Error {}

// Random programs of several accounts and devices on the model, which are the tests' with a larger count.
await soakPart("model-based programs", async ({ say, options, report }) => {
  const wanted = options.programs ?? PROGRAMS;
  const endAtMs = performance.now() + options.minutes * MINUTE_MS;
  let played = 0;
  for (let run = 0; played < wanted && performance.now() < endAtMs; run++) {
    const seed = options.seed + run;
    const outcome = await fc.check(
      fc.asyncProperty(fc.nat(), programs(5, 40), async (worldSeed, steps) => {
        const faults = await play(new ModelWorld(worldSeed, 3, 2), steps);
        if (faults.length > 0) throw new Diverged(faults.join("\n"));
      }),
      {
        seed,
        numRuns: Math.min(RUN, wanted - played),
        interruptAfterTimeLimit: Math.max(1, endAtMs - performance.now()),
      },
    );
    played += outcome.numRuns;
    report.passed += outcome.numRuns - (outcome.failed ? 1 : 0);
    if (outcome.failed) {
      const failure =
        `programs: seed ${seed}, path ${outcome.counterexamplePath}: ` +
        `${JSON.stringify(outcome.counterexample)}\n${String(outcome.errorInstance)}`;
      report.failures.push(failure);
      say(failure);
    }
    if (run % 10 === 9) say(`${played} programs played`);
  }
  say(`${played} programs of ${wanted} played`);
  if (played < wanted && report.failures.length === 0) {
    say("the time was up before all were played");
  }
});
