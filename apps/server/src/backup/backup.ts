import { chmodSync, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StartupError, systemCode } from "../config/startup-error.ts";
import { syncFile, syncFolder } from "./durable-files.ts";

export type BackupOptions = {
  /** Where the copy goes. */
  target: string;
  /** Whether a file that is there already may be replaced. */
  overwrite: boolean;
  /** Writes the whole copy into a file that does not exist yet. */
  writeSnapshot: (path: string) => void;
};

/**
 * Writes a backup beside its place, brings it to the disk and renames it there: a file under the name
 * that was asked for is whole. Answers its size in bytes. Throws a StartupError with one line when the
 * target is taken or cannot be written; what else `writeSnapshot` throws goes on.
 */
export function writeBackup({ target, overwrite, writeSnapshot }: BackupOptions): number {
  if (existsSync(target)) {
    if (!overwrite) {
      throw new StartupError(
        `${target} exists already: choose another name, or add --overwrite to replace it.`,
      );
    }
    if (!statSync(target).isFile()) throw new StartupError(`${target} is no file.`);
  }
  const folder = dirname(target);
  if (!existsSync(folder)) throw new StartupError(`There is no folder ${folder}.`);
  const part = `${target}.part`;
  try {
    // What an interrupted backup left behind.
    rmSync(part, { force: true });
    writeSnapshot(part);
    // It holds password hashes and every message.
    chmodSync(part, 0o600);
    syncFile(part);
    renameSync(part, target);
    syncFolder(folder);
  } catch (error) {
    rmSync(part, { force: true });
    if (systemCode(error) === undefined) throw error;
    throw new StartupError(
      `The backup ${target} cannot be written: is there room, and may you write there?`,
    );
  }
  return statSync(target).size;
}
