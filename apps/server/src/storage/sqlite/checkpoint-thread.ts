import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** What the thread is asked to do. */
export type LogJob = { kind: "fold" } | { kind: "cut" } | { kind: "extend"; sizeBytes: number };
/** What it answers. */
export type LogReply =
  | { ok: true; isDone: boolean }
  | { ok: false; message: string; errorCode: number | null };

/** SQLite could not fold the log; `errorCode` is its own (extended) code. */
export class FoldError extends Error {
  override readonly name = "FoldError";
  readonly errorCode: number | null;
  constructor(message: string, errorCode: number | null) {
    super(message);
    this.errorCode = errorCode;
  }
}

/**
 * Works on the log off the event loop, one job at a time. A job rejects with FoldError, or when the
 * thread is gone.
 */
export interface FoldThread {
  /** Copies the log into the database file, as far as no reader is in the way. */
  fold(): Promise<void>;
  /**
   * Copies all of it and empties the log's file; false if a reader was in the way. Only while nothing is
   * committed.
   */
  cut(): Promise<boolean>;
  /** Makes the log's file at least so long. Only while nothing is committed. */
  extend(sizeBytes: number): Promise<void>;
  close(): Promise<void>;
}

/** It runs one statement; what Node would reserve for a thread by default is far more. */
const RESOURCES = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

/** Starts the thread on the database at `path`, which has to be open and in WAL mode. */
export function startFoldThread(path: string): FoldThread {
  const worker = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), {
    workerData: path,
    resourceLimits: RESOURCES,
    execArgv: [],
  });
  // A pass and the end of the thread keep the process alive, the idle thread does not.
  worker.unref();
  let waiting: { resolve: (isDone: boolean) => void; reject: (error: Error) => void } | undefined;
  let gone: Error | undefined;
  const end = (error: Error): void => {
    gone ??= error;
    waiting?.reject(gone);
    waiting = undefined;
  };
  worker.on("message", (reply: LogReply) => {
    const asked = waiting;
    waiting = undefined;
    worker.unref();
    if (reply.ok) asked?.resolve(reply.isDone);
    else asked?.reject(new FoldError(reply.message, reply.errorCode));
  });
  worker.on("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => end(new Error("The thread that folds the log has ended.")));
  const run = (job: LogJob): Promise<boolean> =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone);
      if (waiting) return reject(new Error("The thread that folds the log is at work."));
      waiting = { resolve, reject };
      worker.ref();
      worker.postMessage(job);
    });
  return {
    async fold() {
      await run({ kind: "fold" });
    },
    cut: () => run({ kind: "cut" }),
    async extend(sizeBytes) {
      await run({ kind: "extend", sizeBytes });
    },
    async close() {
      if (gone) return;
      const ended = once(worker, "exit");
      worker.ref();
      worker.postMessage("close");
      await ended;
    },
  };
}
