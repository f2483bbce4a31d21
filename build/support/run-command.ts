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

/** Makes Ctrl+C and a polite kill end this task together with every command it has running. */
export function endWithCommandsOnSignal(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(signalExitCode(signal));
    });
  }
}
