import { existsSync, mkdirSync, openSync, readSync, closeSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { uuidv7 } from "@parley/protocol/ids.ts";
import { StorageOpenError } from "../port.ts";
import { MIGRATIONS } from "./migrations.ts";

/** "Prly": marks the file as a database of this program. */
const APPLICATION_ID = 0x50726c79;
/** How long a command waits for another process that is writing, e.g. the command line. */
export const BUSY_TIMEOUT_MS = 5_000;
/** Page cache, in KiB; negative is SQLite's way of saying so. */
const CACHE_KIB = -32_768;
/** What a burst made of the log's file is given back down to this: 32 MiB. */
export const LOG_SIZE_BYTES = 32 * 1_048_576;
/** Up to this size every open checks the file whole; above only after an unclean end. */
const ALWAYS_CHECKED_BYTES = 32 * 1_048_576;

const SQLITE_FILE_HEADER = "SQLite format 3\0";

/** Codes of SQLite that mean: this file is not, or no longer, a sound database. */
const DAMAGED = new Set<unknown>([11, 26]);
const NOT_WRITABLE = new Set<unknown>([3, 8, 10, 14, 23]);

/**
 * Opens the database, made and migrated where needed. Looks before it touches: a newer version, a
 * damaged file or one of another program is refused with StorageOpenError and stays as it is.
 *
 * What is committed on it is in the log, not yet on the disk, and the log only grows: whoever writes
 * has to sync and to fold it (WalSync, Checkpointer).
 */
export function openDatabase(path: string, steps: readonly string[] = MIGRATIONS): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (existsSync(path) && statSync(path).size > 0) inspect(path, steps.length);
    return prepare(path, steps);
  } catch (error) {
    throw asOpenError(path, error);
  }
}

/** Says in the port's terms why a file could not be opened or read. */
export function asOpenError(path: string, error: unknown): StorageOpenError {
  if (error instanceof StorageOpenError) return error;
  const code: unknown = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  // Extended codes carry the primary one in their low byte.
  const primary = typeof code === "number" ? code & 0xff : undefined;
  if (DAMAGED.has(primary)) return damaged(path, error);
  if (primary === undefined || NOT_WRITABLE.has(primary)) {
    return new StorageOpenError("not-writable", `The database ${path} cannot be written.`, {
      cause: error,
    });
  }
  return damaged(path, error);
}

function damaged(path: string, cause?: unknown): StorageOpenError {
  return new StorageOpenError("damaged", `The database ${path} is damaged.`, { cause });
}

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

function inspect(path: string, versions: number): void {
  if (!hasSqliteHeader(path)) throw damaged(path);
  const uncleanEnd = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  // With a log to recover SQLite has to write beside the file even to read it. Without one it is told
  // that nobody else writes, which the folder's lock sees to: else it leaves an empty log behind.
  const db = uncleanEnd
    ? new DatabaseSync(path)
    : new DatabaseSync(unchangingUrl(path), { readOnly: true });
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    requireOurs(db, path, versions);
    if (uncleanEnd || statSync(path).size <= ALWAYS_CHECKED_BYTES) {
      if (pragma(db, "quick_check(1)") !== "ok") throw damaged(path);
    }
  } finally {
    db.close();
  }
}

/**
 * Answers the format of an open database, from 0 for an empty one. Throws StorageOpenError if it is of
 * another program, or of a newer version than this one knows.
 */
export function requireOurs(db: DatabaseSync, path: string, versions = MIGRATIONS.length): number {
  const version = Number(pragma(db, "user_version"));
  if (version > versions) {
    throw new StorageOpenError(
      "newer-version",
      `The database ${path} was made by a newer version of the server (format ${version}; this one knows ${versions}).`,
    );
  }
  const foreign = pragma(db, "application_id") !== APPLICATION_ID;
  const hasTables = db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined;
  if (foreign && hasTables) throw damaged(path);
  return version;
}

/** Opens a file of which nobody writes a byte: without locks, and without leaving a log beside it. */
export function unchangingUrl(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return url;
}

function hasSqliteHeader(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(16);
    readSync(file, header, 0, 16, 0);
    return header.toString("latin1") === SQLITE_FILE_HEADER;
  } finally {
    closeSync(file);
  }
}

function prepare(path: string, steps: readonly string[]): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("PRAGMA synchronous = FULL");
    db.exec("PRAGMA wal_autocheckpoint = 0");
    db.exec(`PRAGMA journal_size_limit = ${LOG_SIZE_BYTES}`);
    db.exec("PRAGMA foreign_keys = ON");
    db.exec("PRAGMA trusted_schema = OFF");
    // S13: what is erased is overwritten in the file, and not left in its free space.
    db.exec("PRAGMA secure_delete = ON");
    db.exec(`PRAGMA cache_size = ${CACHE_KIB}`);
    migrate(db, steps);
    // Commits leave the sync to WalSync. SQLite still syncs the log before it folds it and the database
    // after, and the log's header when the log begins anew: a power loss cannot damage the file.
    db.exec("PRAGMA synchronous = NORMAL");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** All missing steps and the number that says they were taken, in one transaction. */
function migrate(db: DatabaseSync, steps: readonly string[]): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = Number(pragma(db, "user_version"));
    for (const step of steps.slice(version)) db.exec(step);
    if (version === 0) {
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.prepare("INSERT INTO meta (id, server_id, data_epoch, change) VALUES (1, ?, ?, 0)").run(
        uuidv7(),
        uuidv7(),
      );
    }
    if (version < steps.length) db.exec(`PRAGMA user_version = ${steps.length}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
