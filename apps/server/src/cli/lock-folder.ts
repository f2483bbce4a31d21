import type { DataFolder } from "../config/data-folder.ts";
import { StartupError } from "../config/startup-error.ts";
import { type FolderLock, tryLockFolder } from "../storage/sqlite/folder-lock.ts";

/** Takes the data folder, or throws the one line that another server runs on it. */
export function lockFolder(folder: DataFolder): FolderLock {
  const lock = tryLockFolder(folder.dataDir);
  if (lock === undefined) {
    throw new StartupError(
      `Another Parley server is running on the data folder ${folder.dataDir}: stop it first, or choose another folder with --data-dir.`,
    );
  }
  return lock;
}
