import { availableParallelism } from "node:os";

/** One thing a task does and reports with one line. */
export interface Step {
  name: string;
  run: () => Promise<StepOutcome>;
}

export interface StepOutcome {
  passed: boolean;
  /** Shown below the line when the step failed. */
  output: string;
}

export interface StepResult extends StepOutcome {
  name: string;
}

const STILL_RUNNING_EVERY_MS = 10_000;

/** Runs steps side by side, prints a line as each ends, and resolves to all results. */
export async function runSteps(
  steps: readonly Step[],
  concurrency = availableParallelism(),
): Promise<StepResult[]> {
  const waiting = [...steps];
  const active = new Set<string>();
  const results: StepResult[] = [];
  const heartbeat = setInterval(() => {
    console.log(`...   still running: ${[...active].join(", ")}`);
  }, STILL_RUNNING_EVERY_MS);

  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      active.add(step.name);
      const startedAt = performance.now();
      const outcome = await step.run();
      active.delete(step.name);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${outcome.passed ? "ok   " : "FAIL "} ${step.name.padEnd(28)} ${seconds} s`);
      if (!outcome.passed && outcome.output.trim() !== "") console.log(indent(outcome.output));
      results.push({ name: step.name, ...outcome });
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    clearInterval(heartbeat);
  }
  return results;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n");
}
