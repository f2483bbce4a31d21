import type { FaultReport } from "../commit-group.ts";
import { FoldError, type FoldThread } from "./checkpoint-thread.ts";
import { LOG_SIZE_BYTES } from "./open-database.ts";

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
  /** Length that the log's file is given before it is written, in bytes. */
  roomBytes: number;
};

export const FOLD_LIMITS: FoldLimits = {
  passPages: 6_144,
  quietPages: 256,
  quietMs: 1_000,
  heldPages: 7_168,
  roomBytes: 0,
};

/**
 * For a server, which writes for long: a file that need not grow is synced sooner, and does not wait
 * for what other programs write. Longer than `heldPages`, a page taking 24 bytes more in the log.
 */
export const SERVER_FOLD_LIMITS: FoldLimits = { ...FOLD_LIMITS, roomBytes: LOG_SIZE_BYTES };

export type CheckpointerDeps = {
  /** Undefined while a transaction is open. */
  logState: () => LogState | undefined;
  /** Called once, when the first pass is due. */
  startThread: () => FoldThread;
  /** One pass on the connection that writes: only where there is no thread. Throws FoldError. */
  foldHere: () => void;
  /** As the thread's `cut`, only where there is no thread. Throws FoldError. */
  cutHere: () => boolean;
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
 *   24 MiB not yet folded  a pass beside the loop, commits go on: little is left for what follows
 *   28 MiB long            the same, and then one pass for the rest while commits wait in the queue
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

  /** Gives the log's file its length, if it has none by then. To be called once, before the first commit. */
  makeRoom(): void {
    if (this.#limits.roomBytes === 0) return;
    void this.#begin(this.#makeRoom());
  }

  /** Folds all of the log and empties its file; false if that has to be tried again. Never rejects. */
  async cut(): Promise<boolean> {
    // Most of it while commits go on.
    if (!(await this.#inTurn(() => this.#fold(0)))) return false;
    let isCut = false;
    await this.#inTurn(async () => {
      isCut = await this.#cut();
    });
    return isCut;
  }

  /** Runs a job when no other is under way; false if this was closed before. */
  async #inTurn(job: () => Promise<void>): Promise<boolean> {
    while (this.#pass) await this.#pass;
    if (this.#closed) return false;
    await this.#begin(job());
    return true;
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
    // A pass under way leaves what was committed since it began.
    if (this.#committed || this.#pass) {
      this.#committed = false;
      this.#timer = setTimeout(() => this.#onQuiet(), this.#limits.quietMs).unref();
      return;
    }
    const log = this.#deps.logState();
    if (!log) return;
    const { pages, foldedPages } = log;
    if (pages > foldedPages && pages >= this.#limits.quietPages) this.#start(pages);
  }

  #start(pages: number): void {
    void this.#begin(this.#fold(pages));
  }

  #begin(job: Promise<void>): Promise<void> {
    this.#pass = job.finally(() => {
      this.#pass = undefined;
    });
    return this.#pass;
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
      // A pass syncs the database if nothing was committed while it copied. A short one manages that
      // mostly, so that commits do not wait for what the long one copied.
      await thread.fold();
      await between(() => {
        const log = logState();
        return log && log.foldedPages < log.pages ? thread.fold() : undefined;
      });
    } catch (error) {
      this.#failed(error, pages);
    }
  }

  /** Never rejects. */
  async #cut(): Promise<boolean> {
    const { between, cutHere } = this.#deps;
    let isCut = false;
    try {
      await between(async () => {
        const thread = this.#thread;
        isCut = thread === undefined || thread === "none" ? cutHere() : await thread.cut();
      });
    } catch (error) {
      this.#failed(error, 0);
    }
    if (isCut) await this.#makeRoom();
    return isCut;
  }

  /** Never rejects: without it syncs take longer, that is all. */
  async #makeRoom(): Promise<void> {
    const { roomBytes } = this.#limits;
    if (roomBytes === 0) return;
    try {
      this.#thread ??= this.#startThread();
      const thread = this.#thread;
      if (thread !== "none") await this.#deps.between(() => thread.extend(roomBytes));
    } catch (error) {
      this.#deps.report({ what: "no room for the log in advance", error });
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
