import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { StartupError } from "./startup-error.ts";

/** What stands where in a data folder. */
export type DataFolder = {
  dataDir: string;
  databaseFile: string;
  keysDir: string;
  /** How commands reach the server that runs on this folder. */
  controlFile: string;
  /** S13: names of messages that were deleted for everyone; `restore` reads it. */
  erasedLogFile: string;
};

export function dataFolderAt(dataDir: string): DataFolder {
  return {
    dataDir,
    databaseFile: join(dataDir, "parley.db"),
    keysDir: join(dataDir, "keys"),
    controlFile: join(dataDir, "control.json"),
    erasedLogFile: join(dataDir, "erased.log"),
  };
}

/**
 * Makes sure that the folder is there and writable, readable by this user alone where it is new.
 * Throws a StartupError with one line.
 */
export function prepareFolder(folder: DataFolder): void {
  const { dataDir } = folder;
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new StartupError(
      `The data folder ${dataDir} is not writable: choose another with --data-dir or change its permissions.`,
    );
  }
}

/**
 * Makes a folder and those above it. Not by mkdir's own option for that: where the system takes no
 * folder and says that there is none, as under /proc, it never comes back.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path, { mode: 0o700 });
}

/** Whether a server has ever stored anything here. */
export function hasDatabase(folder: DataFolder): boolean {
  return existsSync(folder.databaseFile);
}
