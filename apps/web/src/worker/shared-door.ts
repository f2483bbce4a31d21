import { type Endpoint, readLineFrame } from "./line.ts";

/** A worker that runs says so within this time; then it is asked for again, less and less often. */
const FIRST_WORD_MS = 5_000;
const LONGEST_MS = 40_000;

/** A page's end of a connection to a shared worker. */
export type Connection = Endpoint & { close(): void };

export type DoorDeps = {
  /** Connects to the one worker of this origin, which the browser starts if none runs. */
  connect(): Connection;
  /** Resolves once nobody holds the lock of that name. */
  freed(lock: string): Promise<void>;
  setTimer(run: () => void, afterMs: number): () => void;
};

/**
 * Leads a page to the shared worker that runs, and to the next one when it ends (V49). A shared worker
 * lives in the process of some tab and dies when that one crashes, which nobody is told; but then its
 * lock is free. One that says nothing at first, for it died before it could or is slow to start, is asked
 * for once more: of a worker that runs after all that is only one more connection, and the first that
 * speaks is taken.
 * @param found what to do with each worker that runs
 * @returns asks for no further one
 */
export function openDoor(deps: DoorDeps, found: (connection: Connection) => void): () => void {
  const asked = new Set<Connection>();
  let cancel: (() => void) | undefined;
  let isEnded = false;

  function ask(patienceMs: number): void {
    if (isEnded) return;
    const connection = deps.connect();
    asked.add(connection);
    connection.onmessage = ({ data }: MessageEvent<unknown>) => {
      const frame = readLineFrame(data);
      if (frame?.line === "here") take(connection, frame.lock);
    };
    cancel = deps.setTimer(() => ask(Math.min(LONGEST_MS, patienceMs * 2)), patienceMs);
  }

  function take(connection: Connection, lock: string): void {
    cancel?.();
    asked.delete(connection);
    for (const other of asked) {
      other.onmessage = null;
      other.close();
    }
    asked.clear();
    found(connection);
    void deps.freed(lock).then(() => ask(FIRST_WORD_MS));
  }

  ask(FIRST_WORD_MS);
  return () => {
    isEnded = true;
    cancel?.();
  };
}
