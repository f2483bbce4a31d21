import { statSync } from "node:fs";
import { verifyCopy, type VerifyReport } from "../backup/verify.ts";
import { StartupError } from "../config/startup-error.ts";
import { StorageOpenError } from "../storage/port.ts";
import { openStoredCopy } from "../storage/sqlite/stored-copy.ts";

/**
 * Checks a database file whole and changes nothing: a backup, or that of a data folder, whether a
 * server runs on it or was killed on it. Throws a StartupError with one line when it cannot be looked
 * at: not there, of another program, of a newer version.
 */
export async function verifyFile(file: string): Promise<VerifyReport> {
  requireFile(file);
  try {
    const copy = openStoredCopy(file);
    try {
      return await verifyCopy(copy);
    } finally {
      copy.close();
    }
  } catch (error) {
    if (!(error instanceof StorageOpenError)) throw error;
    if (error.fault !== "damaged") throw new StartupError(error.message);
    const totals = { accounts: 0, chats: 0, events: 0 };
    return {
      totals,
      faults: ["it is no database of a Parley server, or a damaged one"],
      faultCount: 1,
    };
  }
}

/** Refuses what is no file. */
export function requireFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new StartupError(`There is no file ${file}.`);
  }
}
