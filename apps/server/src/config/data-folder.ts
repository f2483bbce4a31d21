import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { StartupError } from "./startup-error.ts";

/** What stands where in a data folder. */
export type DataFolder = {
  dataDir: string;
  databaseFile: string;
  keysDir: string;
  /** How commands reach the server that runs on this folder. */
  controlFile: string;
};

export function dataFolderAt(dataDir: string): DataFolder {
  return {
    dataDir,
    databaseFile: join(dataDir, "parley.db"),
    keysDir: join(dataDir, "keys"),
    controlFile: join(dataDir, "control.json"),
  };
}

/**
 * Makes sure that the folder is there and writable, readable by this user alone where it is new.
 * Throws a StartupError with one line.
 */
export function prepareFolder(folder: DataFolder): void {
  const { dataDir } = folder;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new StartupError(
      `The data folder ${dataDir} is not writable: choose another with --data-dir or change its permissions.`,
    );
  }
}

/** Whether a server has ever stored anything here. */
export function hasDatabase(folder: DataFolder): boolean {
  return existsSync(folder.databaseFile);
}
