import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import { Caller, type Functions } from "./calls.ts";
import type { ProbeFunctions, Usage } from "./probe.ts";

const PROBE = new URL("./probe.ts", import.meta.url).href;
/** Long: a machine with much to do starts nothing quickly. */
const START_TIMEOUT_MS = 120_000;
/** A graceful end may have to drain; after this the process is killed. */
const STOP_TIMEOUT_MS = 30_000;

export type Ready = { type: "ready"; url: string; port: number };

function isReady(message: unknown): message is Ready {
  return (
    typeof message === "object" && message !== null && "type" in message && message.type === "ready"
  );
}

/** The environment without what somebody set for a server of their own. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY_"));
  return { ...Object.fromEntries(entries), NODE_ENV: "production" };
}

/** A process of the bench with the probe in it. It ends with the bench at the latest. */
export class MeasuredProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #caller: Caller;
  readonly #ended: Promise<void>;

  /** Starts `script`, a path from this folder, under the Node that runs the bench. */
  constructor(script: string, args: readonly string[] = []) {
    this.#child = fork(fileURLToPath(new URL(script, import.meta.url)), [...args], {
      execArgv: ["--expose-gc", "--import", PROBE],
      // What a server says of itself would stand between the tables; faults go to stderr.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: cleanEnvironment(),
    });
    this.#caller = new Caller(this.#child);
    this.#ended = new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
    });
  }

  /** Waits until the process says over IPC that it listens. */
  async ready(): Promise<Ready> {
    const { promise, resolve, reject } = Promise.withResolvers<Ready>();
    this.#child.on("message", (message) => {
      if (isReady(message)) resolve(message);
    });
    this.#child.once("error", reject);
    this.#child.once("exit", (code) =>
      reject(new Error(`the process ended with ${code ?? "a signal"} before it was ready`)),
    );
    const late = setTimeout(() => reject(new Error("the process is not ready")), START_TIMEOUT_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(late);
    }
  }

  /** Calls a function that the process handed to `answerCalls`. */
  call<F extends Functions, Name extends keyof F & string>(
    name: Name,
    ...body: Parameters<F[Name]>
  ): Promise<Awaited<ReturnType<F[Name]>>> {
    return this.#caller.call<F, Name>(name, ...body);
  }

  probe<Name extends keyof ProbeFunctions>(
    name: Name,
    ...body: Parameters<ProbeFunctions[Name]>
  ): Promise<Awaited<ReturnType<ProbeFunctions[Name]>>> {
    return this.#caller.call<ProbeFunctions, Name>(name, ...body);
  }

  /** Runs `work` and says how much CPU time the process took meanwhile, in milliseconds. */
  async cpuDuring<T>(work: () => Promise<T>): Promise<{ value: T; cpuMs: number }> {
    const before = await this.probe("probe:usage");
    const value = await work();
    const after = await this.probe("probe:usage");
    return { value, cpuMs: after.cpuMs - before.cpuMs };
  }

  /** What the process holds once garbage has been collected. */
  settledUsage(): Promise<Usage> {
    return this.probe("probe:settled-usage");
  }

  /** Asks the process to end and waits for it; kills it when it does not. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(late);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
