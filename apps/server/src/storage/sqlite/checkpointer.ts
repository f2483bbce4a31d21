import type { FaultReport } from "../commit-group.ts";
import { FoldError, type FoldThread } from "./checkpoint-thread.ts";

/** Length of the log in pages of 4 KiB. */
export type LogState = { pages: number; foldedPages: number };

export type FoldLimits = {
  /** So many pages not yet folded begin a pass. */
  passPages: number;
  /** As `passPages`, when nothing was committed for `quietMs`. */
  quietPages: number;
  quietMs: number;
  /** From this length on a pass holds commits back until the log can begin anew. */
  heldPages: number;
};

export const FOLD_LIMITS: FoldLimits = {
  passPages: 4_096,
  quietPages: 256,
  quietMs: 1_000,
  heldPages: 16_384,
};

export type CheckpointerDeps = {
  /** Undefined while a transaction is open. */
  logState: () => LogState | undefined;
  /** Called once, when the first pass is due. */
  startThread: () => FoldThread;
  /** One pass on the connection that writes: only where there is no thread. Throws FoldError. */
  foldHere: () => void;
  /** Runs a task while nothing is committed. */
  between: (task: () => void | Promise<void>) => Promise<void>;
  /** The disk is not to be trusted any more. */
  onDiskFault: (error: Error) => void;
  report: FaultReport;
};

/** Input/output error: SQLite's primary code. */
const SQLITE_IOERR = 10;

/**
 * Keeps the log short. A log begins anew only when all of it is in the database file at the moment
 * of a commit, which steady commits never allow, so there are three ways:
 *
 *   quiet for a second     a pass beside the loop; the next commit begins the log anew
 *   16 MiB not yet folded  a pass beside the loop, commits go on: little is left for what follows
 *   64 MiB long            the same, and then one pass for the rest while commits wait in the queue
 *
 * All passes run in a thread. Where that cannot be started or dies, they run here, between commits.
 */
export class Checkpointer {
  readonly #deps: CheckpointerDeps;
  readonly #limits: FoldLimits;
  #thread: FoldThread | "none" | undefined;
  #pass: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #committed = false;
  /** After a pass that failed the next is tried when the log is this long. */
  #notBeforePages = 0;
  #closed = false;

  constructor(deps: CheckpointerDeps, limits: FoldLimits = FOLD_LIMITS) {
    this.#deps = deps;
    this.#limits = limits;
  }

  /** To be called after each commit. */
  committed(): void {
    if (this.#closed) return;
    this.#committed = true;
    this.#timer ??= setTimeout(() => this.#onQuiet(), this.#limits.quietMs).unref();
    const log = this.#pass ? undefined : this.#deps.logState();
    if (!log || log.pages < this.#notBeforePages) return;
    const { passPages, heldPages } = this.#limits;
    if (log.pages - log.foldedPages >= passPages || log.pages >= heldPages) this.#start(log.pages);
  }

  /** Runs a pass after the one under way, however short the log is. */
  async fold(): Promise<void> {
    await this.#pass;
    if (this.#closed) return;
    this.#start(0);
    await this.#pass;
  }

  /** Waits for the pass under way and ends the thread. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#pass;
    if (this.#thread !== undefined && this.#thread !== "none") await this.#thread.close();
  }

  #onQuiet(): void {
    this.#timer = undefined;
    if (this.#committed) {
      this.#committed = false;
      this.#timer = setTimeout(() => this.#onQuiet(), this.#limits.quietMs).unref();
      return;
    }
    const log = this.#pass ? undefined : this.#deps.logState();
    if (!log) return;
    const { pages, foldedPages } = log;
    if (pages > foldedPages && pages >= this.#limits.quietPages) this.#start(pages);
  }

  #start(pages: number): void {
    this.#pass = this.#fold(pages).finally(() => {
      this.#pass = undefined;
    });
  }

  /** Never rejects. */
  async #fold(pages: number): Promise<void> {
    const { between, foldHere, logState } = this.#deps;
    try {
      this.#notBeforePages = 0;
      this.#thread ??= this.#startThread();
      const thread = this.#thread;
      if (thread === "none") return await between(foldHere);
      await thread.fold();
      if (pages < this.#limits.heldPages) return;
      await between(() => {
        const log = logState();
        return log && log.foldedPages < log.pages ? thread.fold() : undefined;
      });
    } catch (error) {
      this.#failed(error, pages);
    }
  }

  #startThread(): FoldThread | "none" {
    try {
      return this.#deps.startThread();
    } catch (error) {
      this.#deps.report({ what: "no thread to fold the log", error });
      return "none";
    }
  }

  #failed(error: unknown, pages: number): void {
    this.#deps.report({ what: "the log was not folded", error });
    if (!(error instanceof FoldError)) {
      this.#thread = "none";
      return;
    }
    const primary = error.errorCode === null ? null : error.errorCode & 0xff;
    // A sync that failed cannot be made good by another: see Durability.
    if (primary === SQLITE_IOERR) this.#deps.onDiskFault(error);
    this.#notBeforePages = pages + this.#limits.passPages;
  }
}
