import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { isReadyMessage } from "../../build/support/ready-message.ts";

const MAIN = fileURLToPath(new URL("../../apps/server/src/main.ts", import.meta.url));
const TESTING = {
  "held-server": fileURLToPath(
    new URL("../../apps/server/src/testing/held-server.ts", import.meta.url),
  ),
};
const WEB_ROOT = fileURLToPath(new URL("../../apps/web/dist", import.meta.url));
const LOG_DIR = fileURLToPath(new URL("../results/logs", import.meta.url));
/** Long: a machine with much to do starts nothing quickly, and a server that ends is noticed at once. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 30_000;

interface ServerOptions {
  /** An existing data folder, to start a server again where another one ended. */
  dataDir?: string;
  /** A port of the caller's choice instead of a free one. */
  port?: number;
  /** More command line arguments. */
  args?: readonly string[];
  /** Another program than the server's own: one of its testing folder. */
  program?: "held-server";
  /** More environment variables. */
  env?: Readonly<Record<string, string>>;
}

/** The real server, running as a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything it has written so far. */
  logs(): string;
  /** Says something to a program that listens to its parent; resolves once it has heard. */
  tell(word: "hold" | "release"): Promise<void>;
  /** Ends it and resolves to its exit code, or null if the signal ended it. */
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

const temporaryDirs = new Set<string>();
const running = new Set<ChildProcess>();

// Whatever a test forgot, or could not get to, does not outlive the test run.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const dir of temporaryDirs) rmSync(dir, { recursive: true, force: true });
});

/**
 * Starts the server on a free port with a data folder of its own, and waits until it is ready.
 * What it logged is printed if it cannot start or ends by itself.
 */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const dataDir = options.dataDir ?? temporaryDir();
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      options.program === undefined ? MAIN : TESTING[options.program],
      `--port=${options.port ?? 0}`,
      `--data-dir=${dataDir}`,
      `--web-root=${WEB_ROOT}`,
      ...(options.args ?? []),
    ],
    {
      env: { ...cleanEnvironment(), ...options.env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  running.add(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  }
  let isWanted = true;
  const ended = once(child, "close").then(([code, signal]: unknown[]) => {
    running.delete(child);
    keepLog(child.pid ?? 0, log);
    if (isWanted) console.error(`The server ended (${String(code ?? signal)}). Its log:\n${log}`);
    return typeof code === "number" ? code : null;
  });

  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    isWanted = false;
    child.kill(signal);
    const overdue = setTimeout(() => {
      console.error(`The server did not end within ${STOP_WITHIN_MS} ms. Its log:\n${log}`);
      child.kill("SIGKILL");
    }, STOP_WITHIN_MS);
    const code = await ended;
    clearTimeout(overdue);
    return code;
  };

  const url = await readyUrl(child, ended);
  if (url === undefined) {
    if (isRunning(child)) console.error(`The server is not ready. Its log so far:\n${log}`);
    await stop("SIGKILL");
    throw new Error(
      `the server was not ready within ${READY_WITHIN_MS} ms, or ended before it was`,
    );
  }
  return {
    url,
    port: Number(new URL(url).port),
    dataDir,
    pid: child.pid ?? -1,
    logs: () => log,
    tell: async (word) => {
      const heard = once(child, "message");
      child.send(word);
      await heard;
    },
    kill: (signal = "SIGTERM") => stop(signal),
    async [Symbol.asyncDispose]() {
      await stop("SIGTERM");
      if (temporaryDirs.delete(dataDir)) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Waits for the server's message; undefined if it ends or time runs out before. */
async function readyUrl(child: ChildProcess, ended: Promise<unknown>): Promise<string | undefined> {
  const ready = new Promise<string>((resolve) => {
    child.on("message", (message) => {
      if (isReadyMessage(message)) resolve(message.url);
    });
  });
  const giveUp = AbortSignal.timeout(READY_WITHIN_MS);
  const late = once(giveUp, "abort").then(() => undefined);
  return Promise.race([ready, late, ended.then(() => undefined)]);
}

function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "parley-server-"));
  temporaryDirs.add(dir);
  return dir;
}

/** Whoever looks into a failed test later finds the log beside the traces. */
function keepLog(pid: number, log: string): void {
  mkdirSync(LOG_DIR, { recursive: true });
  writeFileSync(join(LOG_DIR, `server-${pid}.log`), log);
}

/** The environment without settings that somebody made for a server of their own. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY_"));
  return { ...Object.fromEntries(entries), NODE_ENV: "test" };
}
