import { DatabaseSync } from "node:sqlite";
import { uuidv7 } from "@parley/protocol/ids.ts";
import type { ErasureRow } from "../rows.ts";
import { openDatabase } from "./open-database.ts";
import { Statements } from "./statements.ts";

/**
 * S6c: makes a copied backup the beginning of a new data epoch, brought to the present format, with
 * each chat's head recorded. Names of erased messages that it does not hold are kept as taken (S13).
 * Answers the erasures whose messages it does hold. Throws StorageOpenError; all or nothing.
 */
export function beginEpoch(path: string, erased: readonly ErasureRow[]): ErasureRow[] {
  const db = openDatabase(path);
  try {
    const sql = new Statements(db);
    const dataEpoch = uuidv7();
    db.exec("BEGIN IMMEDIATE");
    sql.run("UPDATE meta SET data_epoch = ?", dataEpoch);
    sql.run(
      "INSERT INTO restored_heads (data_epoch, chat_id, head_seq, head_hash) " +
        "SELECT ?, chat_id, head_seq, head_hash FROM chats",
      dataEpoch,
    );
    const held: ErasureRow[] = [];
    for (const row of erased) {
      if (sql.get("SELECT 1 FROM events WHERE client_id = ?", row.clientId)) held.push(row);
      else sql.run("INSERT OR IGNORE INTO erased_elsewhere (client_id) VALUES (?)", row.clientId);
    }
    db.exec("COMMIT");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return held;
  } finally {
    db.close();
  }
}

/** Brings what stands in the log of a closed database into its file. One that is damaged stays as it is. */
export function foldLog(path: string): void {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // It is about to be put aside because of this, or for some other reason: there is nothing to tell.
  } finally {
    if (db?.isOpen === true) db.close();
  }
}
