import { failure, type Result } from "@parley/protocol/errors.ts";
import type { Command } from "./command.ts";
import { type GroupDeps, type Outcome, runGroup } from "./commit-group.ts";
import type { CommittedCommand } from "./port.ts";

export type QueueLimits = {
  /** Commands that may wait. */
  queuedCommands: number;
  /** Bytes that may wait, by the commands' own estimate. */
  queuedBytes: number;
  /** Commands of one commit; a larger call still goes into one. */
  groupCommands: number;
  groupBytes: number;
};

/** Sized so that a full queue is worked off in about a second on a small machine. */
export const QUEUE_LIMITS: QueueLimits = {
  queuedCommands: 8_192,
  queuedBytes: 64 * 1_048_576,
  groupCommands: 512,
  groupBytes: 8 * 1_048_576,
};

const DEFAULT_COMMAND_BYTES = 512;
/** Long enough for the queue to get shorter, short enough to go unnoticed. */
const RETRY_AFTER_MS = 500;

type Entry = {
  commands: readonly Command[];
  sizeBytes: number;
  settle(results: Result<unknown>[]): void;
};

/**
 * The one bounded queue in front of a database. What arrives while a commit runs, or within the same
 * turn of the event loop, becomes one commit. Nothing is acknowledged before its commit (S4).
 *
 *   transact -> waiting entries -> group -> runGroup -> publications, then results, in order
 */
export class CommitQueue {
  readonly #deps: GroupDeps;
  readonly #limits: QueueLimits;
  readonly #listeners = new Set<(committed: CommittedCommand) => void>();
  readonly #tasks: (() => Promise<void>)[] = [];
  #waiting: Entry[] = [];
  #waitingCommands = 0;
  #waitingBytes = 0;
  #running = false;
  #closed = false;
  #onIdle: (() => void)[] = [];

  constructor(deps: GroupDeps, limits: QueueLimits = QUEUE_LIMITS) {
    this.#deps = deps;
    this.#limits = limits;
  }

  onCommitted(listener: (committed: CommittedCommand) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** See `Storage.transact`. */
  transact<R>(
    commands: readonly Command<R>[],
    onSettled?: (results: Result<R>[]) => void,
  ): Promise<Result<R>[]> {
    return new Promise((resolve) => {
      const settle = (results: Result<R>[]): void => {
        try {
          onSettled?.(results);
        } catch (error) {
          this.#deps.report({ what: "onSettled failed", error });
        }
        resolve(results);
      };
      const refused = this.#refusal(commands);
      if (refused) settle(commands.map(() => refused));
      else this.#enqueue(commands, settle);
    });
  }

  /** Runs a task between two commits. */
  between(task: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      // A rejection belongs to whoever asked for the task; the queue goes on.
      this.#tasks.push(async () => {
        try {
          task();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error("A task failed.", { cause: error }));
        }
      });
      this.#start();
    });
  }

  /** Refuses what comes from now on; resolves when everything accepted is done. */
  async close(): Promise<void> {
    this.#closed = true;
    if (!this.#running) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #refusal(
    commands: readonly Command[],
  ): { ok: false; error: ReturnType<typeof failure>["error"] } | undefined {
    if (this.#closed) return failure("shutting_down", "The server is shutting down.");
    const { queuedCommands, queuedBytes } = this.#limits;
    const full =
      this.#waitingCommands > 0 &&
      (this.#waitingCommands + commands.length > queuedCommands ||
        this.#waitingBytes > queuedBytes);
    if (!full) return undefined;
    return failure("busy", "The server is busy.", { retryAfterMs: RETRY_AFTER_MS });
  }

  #enqueue<R>(commands: readonly Command<R>[], settle: (results: Result<R>[]) => void): void {
    let sizeBytes = 0;
    for (const command of commands) {
      sizeBytes +=
        this.#deps.registry.specOf(command).sizeBytes?.(command) ?? DEFAULT_COMMAND_BYTES;
    }
    // The registry pairs each command with the spec of its kind, whose result is what `R` says.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    const settleAny = (results: Result<unknown>[]): void => settle(results as Result<R>[]);
    this.#waiting.push({ commands, sizeBytes, settle: settleAny });
    this.#waitingCommands += commands.length;
    this.#waitingBytes += sizeBytes;
    this.#start();
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    // One turn of the event loop gathers what arrived with the first.
    setImmediate(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    for (;;) {
      for (const task of this.#tasks.splice(0)) await task();
      const entries = this.#takeGroup();
      if (entries.length > 0) await this.#runEntries(entries);
      if (this.#waiting.length === 0 && this.#tasks.length === 0) break;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#running = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #takeGroup(): Entry[] {
    let commands = 0;
    let bytes = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      const fits =
        commands + entry.commands.length <= this.#limits.groupCommands &&
        bytes + entry.sizeBytes <= this.#limits.groupBytes;
      if (count > 0 && !fits) break;
      commands += entry.commands.length;
      bytes += entry.sizeBytes;
      count += 1;
    }
    const group = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    this.#waitingCommands -= commands;
    this.#waitingBytes -= bytes;
    return group;
  }

  async #runEntries(entries: readonly Entry[]): Promise<void> {
    const outcomes = await runGroup(
      entries.flatMap((entry) => entry.commands),
      this.#deps,
    );
    let next = 0;
    for (const entry of entries) {
      const own = outcomes.slice(next, next + entry.commands.length);
      next += entry.commands.length;
      for (const outcome of own) this.#publish(outcome);
      entry.settle(own.map((outcome) => outcome.result));
    }
  }

  #publish({ publications, change }: Outcome): void {
    if (publications.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener({ publications, change });
      } catch (error) {
        this.#deps.report({ what: "publication failed", error });
      }
    }
  }
}
