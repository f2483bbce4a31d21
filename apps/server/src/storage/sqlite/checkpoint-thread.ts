import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** What the thread answers. */
export type FoldReply = { ok: true } | { ok: false; message: string; errorCode: number | null };

/** SQLite could not fold the log; `errorCode` is its own (extended) code. */
export class FoldError extends Error {
  override readonly name = "FoldError";
  readonly errorCode: number | null;
  constructor(message: string, errorCode: number | null) {
    super(message);
    this.errorCode = errorCode;
  }
}

/** Copies the log into the database file off the event loop. */
export interface FoldThread {
  /** One pass as far as no reader is in the way. Rejects with FoldError, or when the thread is gone. */
  fold(): Promise<void>;
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
  let waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;
  let gone: Error | undefined;
  const end = (error: Error): void => {
    gone ??= error;
    waiting?.reject(gone);
    waiting = undefined;
  };
  worker.on("message", (reply: FoldReply) => {
    const asked = waiting;
    waiting = undefined;
    worker.unref();
    if (reply.ok) asked?.resolve();
    else asked?.reject(new FoldError(reply.message, reply.errorCode));
  });
  worker.on("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => end(new Error("The thread that folds the log has ended.")));
  return {
    fold: () =>
      new Promise((resolve, reject) => {
        if (gone) return reject(gone);
        waiting = { resolve, reject };
        worker.ref();
        worker.postMessage("fold");
      }),
    async close() {
      if (gone) return;
      const ended = once(worker, "exit");
      worker.ref();
      worker.postMessage("close");
      await ended;
    },
  };
}
