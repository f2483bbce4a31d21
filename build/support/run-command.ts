import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { stripVTControlCharacters } from "node:util";

import { rootDir } from "./paths.ts";

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** "inherit" shows the output as it comes; "capture" collects it for the caller. */
  output: "inherit" | "capture";
}

export interface CommandResult {
  exitCode: number;
  /** What was written to stdout and stderr, in the order it came; empty unless captured. */
  output: string;
}

const running = new Set<ChildProcess>();

/** The exit code a shell would show for a process that a signal ended. */
export function signalExitCode(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Runs a Node script under the Node that runs this one, and resolves when it has ended. */
export function runNodeScript(
  script: string,
  args: readonly string[],
  options: RunOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const piped = options.output === "capture" ? "pipe" : "inherit";
    const child = spawn(process.execPath, [script, ...args], {
      cwd: options.cwd ?? rootDir,
      env: options.env ?? process.env,
      stdio: ["ignore", piped, piped],
    });
    running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    }
    child.once("error", reject);
    child.once("close", (code, signal) => {
      running.delete(child);
      // Some tools colour their output although it does not go to a terminal.
      const plain = stripVTControlCharacters(output);
      resolve({ exitCode: code ?? signalExitCode(signal), output: plain });
    });
  });
}

/** Ctrl+C, a polite kill, a closed terminal. */
export const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type EndingSignal = (typeof ENDING_SIGNALS)[number];

/** Makes Ctrl+C and a polite kill end this task together with every command it has running. */
export function endWithCommandsOnSignal(): void {
  for (const signal of ENDING_SIGNALS) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(signalExitCode(signal));
    });
  }
}

/** One press of Ctrl+C may come twice: from the terminal, and passed on by who started this. */
const SAME_PRESS_MS = 1_000;
/** How long commands have to end by themselves. */
const END_WITHIN_MS = 10_000;

/**
 * Makes Ctrl+C and a polite kill end every command that runs, while this task goes on to tell what they
 * did: `onSignal` is called once, before. Commands that take too long are killed; a second press ends all.
 */
export function endCommandsOnSignal(onSignal: (signal: EndingSignal) => void): void {
  let pressedAtMs: number | undefined;
  const end = (signal: EndingSignal): void => {
    if (pressedAtMs !== undefined && performance.now() - pressedAtMs < SAME_PRESS_MS) return;
    const isSecond = pressedAtMs !== undefined;
    pressedAtMs ??= performance.now();
    if (isSecond) {
      for (const child of running) child.kill("SIGKILL");
      process.exit(signalExitCode(signal));
    }
    onSignal(signal);
    for (const child of running) child.kill(signal);
    setTimeout(() => {
      for (const child of running) child.kill("SIGKILL");
    }, END_WITHIN_MS).unref();
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, end);
}
