import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { StartupError } from "../../config/startup-error.ts";

const LOCK_FILE = "parley.lock";

export type FolderLock = { readonly release: () => void };

/**
 * Takes the data folder for this process alone; a second server on it is refused.
 *
 * The lock is the operating system's own, held through an empty SQLite file: it ends with the
 * process however that dies, needs no clean-up after kill -9, cannot be mistaken about a process
 * id that was given away again, and works on Windows as on Linux and macOS.
 * Answers undefined when another process holds it. Throws a StartupError when it cannot be tried.
 */
export function tryLockFolder(dataDir: string): FolderLock | undefined {
  let file: DatabaseSync;
  try {
    file = new DatabaseSync(join(dataDir, LOCK_FILE), { timeout: 0 });
  } catch {
    throw new StartupError(
      `The data folder ${dataDir} is not writable: the lock file in it cannot be opened.`,
    );
  }
  try {
    file.exec("PRAGMA journal_mode = MEMORY");
    file.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    if (isBusy(error)) return undefined;
    throw new StartupError(
      `The data folder ${dataDir} is not writable: the lock file in it cannot be locked.`,
    );
  }
  return {
    release: () => {
      file.exec("ROLLBACK");
      file.close();
    },
  };
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
