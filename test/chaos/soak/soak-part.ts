import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { ENDING_SIGNALS, signalExitCode } from "../../../build/support/run-command.ts";

/** What `npm run soak` can be told; each part takes what concerns it. */
export type SoakOptions = {
  seed: number;
  messages: number | undefined;
  clients: number | undefined;
  kills: number | undefined;
  programs: number | undefined;
  /** How long one part may take. */
  minutes: number;
};

const DEFAULT_MINUTES = 30;
const NAMES = ["seed", "messages", "clients", "kills", "programs", "minutes"] as const;

class WrongOption extends Error {}

function readOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(NAMES.map((name) => [name, { type: "string" as const }])),
  });
  const numberOf = (name: (typeof NAMES)[number]): number | undefined => {
    const value = values[name];
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!Number.isFinite(number) || number < 0) throw new WrongOption(`--${name} takes a number`);
    return number;
  };
  return {
    seed: numberOf("seed") ?? Math.floor(Math.random() * 1_000_000),
    messages: numberOf("messages"),
    clients: numberOf("clients"),
    kills: numberOf("kills"),
    programs: numberOf("programs"),
    minutes: numberOf("minutes") ?? DEFAULT_MINUTES,
  };
}

/** What a part tells the command that runs it. */
export type SoakReport = { passed: number; failures: string[] };

export type SoakPart = {
  /** Says what happens now. */
  say: (line: string) => void;
  options: SoakOptions;
  /** What held and what did not, so far: a part that is ended early, or by an error, has told that much. */
  report: SoakReport;
};

/**
 * Runs one part of the soak: prints what it did, and hands its counts to the command in the file named
 * by PARLEY_SOAK_REPORT. `run` adds to its report what held, and a failure for each thing that did not,
 * with its seed. Ctrl+C or a polite kill ends it with the report so far.
 */
export async function soakPart(
  name: string,
  run: (part: SoakPart) => Promise<void>,
): Promise<void> {
  const report: SoakReport = { passed: 0, failures: [] };
  const say = (line: string): void => console.log(`  ${line}`);
  const end = (exitCode: number): never => {
    for (const failed of report.failures) console.error(`  FAILED ${failed}`);
    const file = process.env["PARLEY_SOAK_REPORT"];
    if (file !== undefined) writeFileSync(file, JSON.stringify(report));
    process.exit(exitCode);
  };
  for (const signal of ENDING_SIGNALS) {
    process.once(signal, () => {
      say(`${name}: ended early`);
      end(signalExitCode(signal));
    });
  }
  try {
    const options = readOptions(process.argv.slice(2));
    say(`${name}, seed ${options.seed}, at most ${options.minutes} minutes`);
    await run({ say, options, report });
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    report.failures.push(`${name}: ${reason}`);
  }
  end(report.failures.length === 0 ? 0 : 1);
}
