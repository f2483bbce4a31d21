import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

import { fromRoot, rootDir } from "./paths.ts";
import { isReadyMessage } from "./ready-message.ts";
import { signalExitCode } from "./run-command.ts";

interface ServerChildOptions {
  /** Options for Node, before the script. */
  nodeArgs?: readonly string[];
  args: readonly string[];
  onReady?: (url: string) => void;
}

/** A second Ctrl+C within this time is the same one, arriving by another way. */
const SAME_SIGNAL_MS = 1000;

/**
 * Runs the server as a child until it ends, and resolves to its exit code. The first signal asks it
 * to stop, which it does once it has finished what it was doing; a later one ends it at once.
 */
export function runServer({ nodeArgs = [], args, onReady }: ServerChildOptions): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      `--import=${exitWithParentUrl()}`,
      ...nodeArgs,
      fromRoot("apps/server/src/main.ts"),
      ...args,
    ],
    {
      cwd: rootDir,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      // Out of the terminal's reach: Ctrl+C goes to every process of the group, and reaches this
      // one again through npm. The server shall hear of it once.
      detached: process.platform !== "win32",
    },
  );
  child.on("message", (message) => {
    if (isReadyMessage(message)) onReady?.(message.url);
  });
  passOnSignals(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? signalExitCode(signal)));
  });
}

function passOnSignals(child: ChildProcess): void {
  let firstAt: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (firstAt === undefined) {
        firstAt = now;
        // On Windows the console has told the server already, and a kill would not be polite.
        if (process.platform !== "win32") child.kill("SIGINT");
      } else if (now - firstAt > SAME_SIGNAL_MS) {
        child.kill("SIGKILL");
      }
    });
  }
}

function exitWithParentUrl(): string {
  return new URL("exit-with-parent.ts", import.meta.url).href;
}
