import { parseArgs } from "node:util";

/** How long and how often to measure. */
export type BenchOptions = {
  /** Rounds of each measurement; figures are the median over them. */
  rounds: number;
  /** Length of one round of load, in seconds. */
  seconds: number;
  /** Length of the warm-up before the first round, in seconds. */
  warmUpSeconds: number;
  /** Length of the idle measurement, in seconds. */
  idleSeconds: number;
  /** Whether to write a CPU profile of each server beside the results. */
  profile: boolean;
};

const FULL = { rounds: 5, seconds: 6, warmUpSeconds: 3, idleSeconds: 60 };
/** Enough to see that a measurement works; its figures mean little. */
const SHORT = { rounds: 1, seconds: 1, warmUpSeconds: 0.5, idleSeconds: 3 };

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not "${text}"`);
  return value;
}

/**
 * Reads the arguments of a bench: `--short`, `--rounds N`, `--seconds N`, `--idle-seconds N`,
 * `--profile`. Throws for anything else.
 */
export function benchOptions(args: readonly string[] = process.argv.slice(2)): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean", default: false },
      rounds: { type: "string" },
      seconds: { type: "string" },
      "idle-seconds": { type: "string" },
      profile: { type: "boolean", default: false },
    },
  });
  const base = values.short ? SHORT : FULL;
  return {
    rounds: Math.round(positive("rounds", values.rounds, base.rounds)),
    seconds: positive("seconds", values.seconds, base.seconds),
    warmUpSeconds: base.warmUpSeconds,
    idleSeconds: positive("idle-seconds", values["idle-seconds"], base.idleSeconds),
    profile: values.profile,
  };
}
