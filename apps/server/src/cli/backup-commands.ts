import { existsSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { pino } from "pino";
import { writeBackup } from "../backup/backup.ts";
import { readErasedLog } from "../backup/erased-log-file.ts";
import { replaceDatabase } from "../backup/replace-database.ts";
import { reportText } from "../backup/verify.ts";
import { type DataFolder, dataFolderAt, prepareFolder } from "../config/data-folder.ts";
import { StartupError, systemCode } from "../config/startup-error.ts";
import type { ReplayErasures } from "../features/messages/replay-erasures.commands.ts";
import { transactOne } from "../storage/port.ts";
import { tryLockFolder } from "../storage/sqlite/folder-lock.ts";
import { beginEpoch, foldLog } from "../storage/sqlite/restored-database.ts";
import { writeSnapshot } from "../storage/sqlite/write-backup.ts";
import type { ErasureRow } from "../storage/rows.ts";
import { lockFolder } from "./lock-folder.ts";
import { openStorage, requireDatabase } from "./open-core.ts";
import { requireFile, verifyFile } from "./verify-file.ts";

const SUFFIXES = ["", "-wal", "-shm"];
const MIB = 1_048_576;

/**
 * `parley-server backup FILE`: copies the database, whether a server runs on it or not. Answers what to
 * print; throws a StartupError with one line.
 */
export function backupCommand(
  dataDir: string,
  { file, overwrite }: { file: string; overwrite: boolean },
): string {
  const folder = dataFolderAt(dataDir);
  requireDatabase(folder);
  const target = resolve(file);
  refuseOwnFile(folder, target);
  // Held meanwhile where no server runs, so that none starts on a file that is read without locks.
  const lock = tryLockFolder(folder.dataDir);
  try {
    const isInUse = lock === undefined;
    const sizeBytes = writeBackup({
      target,
      overwrite,
      writeSnapshot: (path) => writeSnapshot(folder.databaseFile, path, isInUse),
    });
    return [
      `Backup written: ${target} (${(sizeBytes / MIB).toFixed(1)} MiB).`,
      `Check it with: parley-server verify ${target}`,
      `Not in it, and to be kept safe elsewhere: ${folder.keysDir} and ${folder.erasedLogFile}`,
    ].join("\n");
  } finally {
    lock?.release();
  }
}

/** A backup must never be written over what it is made from, whatever is to be overwritten. */
function refuseOwnFile(folder: DataFolder, target: string): void {
  const parent = dirname(target);
  if (!existsSync(parent) || realpathSync(parent) !== realpathSync(folder.dataDir)) return;
  const own = [folder.databaseFile, folder.erasedLogFile, folder.controlFile, folder.keysDir];
  const name = basename(target);
  if (name !== "parley.lock" && !own.some((path) => name.startsWith(basename(path)))) return;
  throw new StartupError(
    `${target} is a file of the server's own: write the backup somewhere else.`,
  );
}

/** `parley-server verify FILE`: answers that all is whole; throws a StartupError that says what is not. */
export async function verifyCommand(file: string): Promise<string> {
  const path = resolve(file);
  const report = await verifyFile(path);
  const text = reportText(path, report);
  if (report.faultCount > 0) throw new StartupError(text);
  return text;
}

/**
 * `parley-server restore FILE`: checks the backup, makes a new data epoch of a copy of it (S6c), erases
 * again what was erased after it (S13), and only then puts it in the place of the database, which is
 * kept aside. Answers what to print; throws a StartupError and has changed nothing.
 */
export async function restoreCommand(dataDir: string, file: string): Promise<string> {
  const folder = dataFolderAt(dataDir);
  const backup = resolve(file);
  requireFile(backup);
  prepareFolder(folder);
  const lock = lockFolder(folder);
  const next = `${folder.databaseFile}.restoring`;
  const removeNext = (): void => {
    for (const suffix of SUFFIXES) rmSync(next + suffix, { force: true });
  };
  try {
    const report = await verifyFile(backup);
    if (report.faultCount > 0) {
      throw new StartupError(`Nothing was changed. ${reportText(backup, report)}`);
    }
    const erased = await readErasedLog(folder.erasedLogFile);
    removeNext();
    const count = await prepareNext(folder, backup, next, erased);
    // What the log of the former one holds belongs into it; a damaged one is kept as it is.
    if (existsSync(folder.databaseFile)) foldLog(folder.databaseFile);
    const aside = replaceDatabase(folder.databaseFile, next, Date.now());
    return restoredText(folder, backup, aside, count);
  } finally {
    removeNext();
    lock.release();
  }
}

/** Makes the database that is to be; answers how many messages it erased again. */
async function prepareNext(
  folder: DataFolder,
  backup: string,
  next: string,
  erased: readonly ErasureRow[],
): Promise<number> {
  try {
    writeSnapshot(backup, next, false);
    return await eraseAgain({ ...folder, databaseFile: next }, beginEpoch(next, erased));
  } catch (error) {
    if (error instanceof StartupError || systemCode(error) === undefined) throw error;
    throw new StartupError(
      `Nothing was changed: the data folder ${folder.dataDir} cannot take the copy. Is there room, and may you write there?`,
    );
  }
}

/** Answers how many messages it erased. */
async function eraseAgain(folder: DataFolder, rows: readonly ErasureRow[]): Promise<number> {
  const log = pino({ level: "silent" });
  // They stand in the log already.
  const erasedLog = { append: async () => {} };
  const storage = openStorage({ folder, log, nowMs: Date.now, erasedLog });
  try {
    let count = 0;
    for (const row of rows) {
      const command: ReplayErasures = { kind: "message.replay-erasure", row };
      const result = await transactOne(storage, command);
      if (!result.ok) throw new Error(`A deletion could not be repeated: ${result.error.message}`);
      if (result.value.erased) count += 1;
    }
    return count;
  } finally {
    await storage.close();
  }
}

function restoredText(
  folder: DataFolder,
  backup: string,
  aside: string | undefined,
  erasedCount: number,
): string {
  const messages = erasedCount === 1 ? "1 message" : `${erasedCount} messages`;
  return [
    `Restored: ${backup} is now the data of ${folder.dataDir}.`,
    ...(aside === undefined ? [] : [`What it replaced is kept as ${aside}`]),
    ...(erasedCount === 0 ? [] : [`${messages} deleted for everyone since then: deleted again.`]),
    "Start the server: devices that know more offer their owners' messages again.",
  ].join("\n");
}
