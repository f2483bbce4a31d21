import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { asOpenError, requireOurs, unchangingUrl } from "./open-database.ts";

/**
 * Writes what the database holds at this moment into a new file, while a server may go on writing: one
 * read transaction over a connection of its own, which holds up no commit. Pages that hold nothing any
 * more, and what was deleted in them, are left out. `isInUse`: whether a server runs on it.
 * Throws StorageOpenError where the database is at fault, and as it comes where `target` is.
 */
export function writeSnapshot(source: string, target: string, isInUse: boolean): void {
  const hasLog = existsSync(`${source}-wal`);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(isInUse || hasLog ? source : unchangingUrl(source), { readOnly: true });
    requireOurs(db, source);
  } catch (error) {
    db?.close();
    throw asOpenError(source, error);
  }
  try {
    db.prepare("VACUUM INTO ?").run(target);
  } catch (error) {
    throw isDamage(error) ? asOpenError(source, error) : error;
  } finally {
    db.close();
  }
}

/** SQLite's codes for a database that cannot be read; whatever else happens here is about the target. */
const DAMAGED = new Set([11, 26]);

function isDamage(error: unknown): boolean {
  const code: unknown = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" && DAMAGED.has(code & 0xff);
}
