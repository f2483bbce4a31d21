import type { FaultReport } from "../commit-group.ts";

/** S13: an erased text may stand in the log's file this long: deleting many costs no more than one. */
export const ERASE_LOG_AFTER_MS = 60_000;

export type LogEraserDeps = {
  /** Folds the log and empties its file; false if that must wait. */
  cutLog: () => Promise<boolean>;
  report: FaultReport;
};

/**
 * S13: takes erased texts out of the log's file. In the database file they are overwritten when the log
 * is folded; the log itself only begins anew, and what it said before stays in its file until something
 * is written over it.
 */
export class LogEraser {
  readonly #deps: LogEraserDeps;
  readonly #afterMs: number;
  #timer: NodeJS.Timeout | undefined;
  #run: Promise<void> | undefined;
  #isStopped = false;

  constructor(deps: LogEraserDeps, afterMs: number = ERASE_LOG_AFTER_MS) {
    this.#deps = deps;
    this.#afterMs = afterMs;
  }

  /** Something was erased: its text goes from the log in a while. */
  erased(): void {
    if (this.#isStopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#run = this.#erase();
    }, this.#afterMs).unref();
  }

  /** Begins no further run; resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#run;
  }

  /** Never rejects. What could not be done now is tried again. */
  async #erase(): Promise<void> {
    try {
      if (!(await this.#deps.cutLog())) this.erased();
    } catch (error) {
      this.#deps.report({ what: "the log was not emptied", error });
      this.erased();
    }
  }
}
