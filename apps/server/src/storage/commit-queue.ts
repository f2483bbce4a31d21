import { failure, type Result } from "@parley/protocol/errors.ts";
import type { Command } from "./command.ts";
import { type GroupDeps, type Outcome, runGroup } from "./commit-group.ts";
import type { CommittedCommand } from "./port.ts";

export type QueueLimits = {
  /** Commands that may be under way: waiting, or committed and not yet synced. */
  queuedCommands: number;
  /** Their bytes, by the commands' own estimate. */
  queuedBytes: number;
  /** Commands of one commit; a larger call still goes into one. */
  groupCommands: number;
  groupBytes: number;
  /** While a sync runs, this many waiting commands are committed at once; fewer wait for its end. */
  gatherCommands: number;
};

/** Sized so that a full queue is worked off in about a second on a small machine. */
export const QUEUE_LIMITS: QueueLimits = {
  queuedCommands: 8_192,
  queuedBytes: 64 * 1_048_576,
  groupCommands: 512,
  groupBytes: 8 * 1_048_576,
  gatherCommands: 64,
};

const DEFAULT_COMMAND_BYTES = 512;
/** Long enough for the queue to get shorter, short enough to go unnoticed. */
const RETRY_AFTER_MS = 500;

type Entry = {
  commands: readonly Command[];
  sizeBytes: number;
  settle(results: Result<unknown>[]): void;
};

const SHUTTING_DOWN = "The server is shutting down.";

/**
 * The one bounded queue in front of a database. What arrives within the same turn of the event loop, or
 * while the commit before is synced, becomes one commit. Nothing is acknowledged before its commit is
 * synced (S4), a refusal or a repeat neither: what was decided from must be as durable as the answer.
 *
 *   transact -> waiting entries -> group -> runGroup -> commit written
 *                                              next group may start | sync
 *                                                                   v
 *                                        publications, then results, in the order of the commits
 */
export class CommitQueue {
  readonly #deps: GroupDeps;
  readonly #limits: QueueLimits;
  readonly #listeners = new Set<(committed: CommittedCommand) => void>();
  readonly #tasks: (() => Promise<void>)[] = [];
  #waiting: Entry[] = [];
  #waitingCommands = 0;
  /** Waiting or not yet synced. */
  #openCommands = 0;
  #openBytes = 0;
  /** Groups committed and not yet synced. */
  #unsynced = 0;
  /** Ends the wait for more commands. */
  #gathered: (() => void) | undefined;
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

  /** Runs a task between two commits: none begins before it has ended. */
  between(task: () => void | Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      // A rejection belongs to whoever asked for the task; the queue goes on.
      this.#tasks.push(async () => {
        try {
          await task();
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
    if (!this.#running && this.#unsynced === 0) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #refusal(
    commands: readonly Command[],
  ): { ok: false; error: ReturnType<typeof failure>["error"] } | undefined {
    if (this.#closed) return failure("shutting_down", SHUTTING_DOWN);
    const { queuedCommands, queuedBytes } = this.#limits;
    const full =
      this.#openCommands > 0 &&
      (this.#openCommands + commands.length > queuedCommands || this.#openBytes > queuedBytes);
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
    this.#openCommands += commands.length;
    this.#openBytes += sizeBytes;
    this.#start();
  }

  #start(): void {
    if (this.#running) {
      if (this.#isGathered()) this.#gathered?.();
      return;
    }
    this.#running = true;
    // One turn of the event loop gathers what arrived with the first.
    setImmediate(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    for (;;) {
      if (!this.#isGathered()) await this.#gathering();
      for (const task of this.#tasks.splice(0)) await task();
      const entries = this.#takeGroup();
      if (entries.length > 0) await this.#runEntries(entries);
      if (this.#waiting.length === 0 && this.#tasks.length === 0) break;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#running = false;
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#running || this.#unsynced > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Whether the next group may start: one commit for many costs less than one for each. */
  #isGathered(): boolean {
    return (
      this.#unsynced === 0 ||
      this.#tasks.length > 0 ||
      this.#waitingCommands >= this.#limits.gatherCommands
    );
  }

  #gathering(): Promise<void> {
    return new Promise((resolve) => {
      this.#gathered = () => {
        this.#gathered = undefined;
        resolve();
      };
    });
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
    return group;
  }

  async #runEntries(entries: readonly Entry[]): Promise<void> {
    const outcomes = await runGroup(
      entries.flatMap((entry) => entry.commands),
      this.#deps,
    );
    const { engine } = this.#deps;
    if (!engine.whenSynced) return this.#settle(entries, outcomes);
    this.#unsynced += 1;
    engine.whenSynced((fault) => {
      this.#unsynced -= 1;
      this.#settle(entries, fault ? unsynced(outcomes) : outcomes);
      // After a fault of the disk nothing is decided any more.
      if (fault) this.#closed = true;
      this.#gathered?.();
      this.#tellIdle();
    });
  }

  #settle(entries: readonly Entry[], outcomes: readonly Outcome[]): void {
    let next = 0;
    for (const entry of entries) {
      const own = outcomes.slice(next, next + entry.commands.length);
      next += entry.commands.length;
      this.#openCommands -= entry.commands.length;
      this.#openBytes -= entry.sizeBytes;
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

/** Nobody knows whether these will be there: whoever sent them sends them again (S3). */
function unsynced(outcomes: readonly Outcome[]): Outcome[] {
  const result = failure("shutting_down", SHUTTING_DOWN);
  return outcomes.map(({ change }) => ({ result, publications: [], change }));
}
