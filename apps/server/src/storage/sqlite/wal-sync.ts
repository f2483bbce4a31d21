import { closeSync, fdatasync, openSync } from "node:fs";

/** Puts the write-ahead log on the disk. A port, so that tests can count, delay and fail it. */
export interface WalSync {
  /** Resolves when all that was written to the log before the call survives a power loss. */
  sync(): Promise<void>;
  /** Called once, when no sync is under way. */
  close(): void;
}

/**
 * Syncs the log of the database at `path` from Node's thread pool. The log must exist, and a
 * connection must stay open for as long as this is used: it keeps the file in its place (SQLite
 * writes it anew from its beginning, and deletes it only with the last connection).
 *
 * The handle is one of its own. That is safe for the log alone: closing any handle of the database
 * file or of its `-shm` would drop the locks that SQLite holds there (POSIX locks belong to the process).
 */
export function openWalSync(path: string): WalSync {
  // Windows flushes only what is open for writing.
  const file = openSync(`${path}-wal`, "r+");
  return {
    sync: () =>
      new Promise((resolve, reject) => {
        fdatasync(file, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => closeSync(file),
  };
}
