import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataEpoch, ServerId } from "@parley/protocol/ids.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { StoredCopy } from "../../backup/stored-copy.ts";
import { StorageOpenError } from "../port.ts";
import { chatReads } from "./chat-reads.ts";
import { MIGRATIONS } from "./migrations.ts";
import { asOpenError, openDatabase, requireOurs, unchangingUrl } from "./open-database.ts";
import { chatOf, membershipOf } from "./row-mapping.ts";
import { int, Statements, text, textAs } from "./statements.ts";

/** Rows whose owner is missing; what they are called, and a query for one word that names each. */
const STRAYS: readonly [string, string][] = [
  [
    "an account without its notes to self",
    "SELECT account_id FROM accounts WHERE self_chat_id NOT IN (SELECT chat_id FROM chats)",
  ],
  [
    "a device of no account",
    "SELECT device_id FROM devices WHERE account_id NOT IN (SELECT account_id FROM accounts)",
  ],
  [
    "a member that is no account",
    "SELECT account_id FROM memberships WHERE account_id NOT IN (SELECT account_id FROM accounts)",
  ],
  [
    "members of no chat",
    "SELECT DISTINCT chat_id FROM memberships WHERE chat_id NOT IN (SELECT chat_id FROM chats)",
  ],
  [
    "values of no account",
    "SELECT DISTINCT account_id FROM account_values WHERE account_id NOT IN (SELECT account_id FROM accounts)",
  ],
  [
    "events of no chat",
    "SELECT DISTINCT chat_id FROM events WHERE chat_id NOT IN (SELECT chat_id FROM chats)",
  ],
  [
    "mentions in no chat",
    "SELECT DISTINCT chat_id FROM mentions WHERE chat_id NOT IN (SELECT chat_id FROM chats)",
  ],
  [
    "receipts in no chat",
    "SELECT DISTINCT chat_id FROM receipt_moves WHERE chat_id NOT IN (SELECT chat_id FROM chats)",
  ],
  [
    "a message that was deleted before a restore",
    "SELECT client_id FROM events WHERE client_id IN (SELECT client_id FROM erased_elsewhere)",
  ],
  [
    "a chat whose head at the restore is not in its stream",
    "SELECT r.chat_id FROM restored_heads r WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.chat_id = r.chat_id AND e.seq = r.head_seq AND e.hash = r.head_hash)",
  ],
  [
    "an event that is marked as a message and is none, or the other way round",
    "SELECT client_id FROM events WHERE is_message <> (system IS NULL AND (rel_kind IS NULL OR rel_kind = 'reply'))",
  ],
  [
    "a row of a commit that is still to come",
    "SELECT client_id FROM events WHERE change > (SELECT change FROM meta) UNION ALL SELECT account_id FROM memberships WHERE change > (SELECT change FROM meta) UNION ALL SELECT account_id FROM accounts WHERE change > (SELECT change FROM meta)",
  ],
];

/**
 * Opens a database to be looked at, and only that: a file that no server uses, or that of a running
 * one, whose commits after this moment do not show. One of an older version is looked at as what the
 * next start would make of it, in a copy. Throws StorageOpenError.
 */
export function openStoredCopy(path: string): StoredCopy {
  let db: DatabaseSync | undefined;
  try {
    db = openToRead(path);
    const version = requireOurs(db, path);
    if (version === 0) throw new StorageOpenError("damaged", `The database ${path} is empty.`);
    if (version < MIGRATIONS.length) return migratedCopy(db);
    db.exec("BEGIN");
    return storedCopy(db);
  } catch (error) {
    if (db?.isOpen === true) db.close();
    throw asOpenError(path, error);
  }
}

function migratedCopy(original: DatabaseSync): StoredCopy {
  const folder = mkdtempSync(join(tmpdir(), "parley-verify-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, "copy.db");
    original.prepare("VACUUM INTO ?").run(path);
    original.close();
    const db = openDatabase(path);
    return storedCopy(db, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

function openToRead(path: string): DatabaseSync {
  // With a log beside it, if only an empty one, somebody may write: then locks are needed. Else none
  // are, and SQLite would leave a log of its own behind.
  const hasLog = existsSync(`${path}-wal`);
  return new DatabaseSync(hasLog ? path : unchangingUrl(path), { readOnly: true });
}

function storedCopy(db: DatabaseSync, onClosed = (): void => {}): StoredCopy {
  const sql = new Statements(db);
  const meta = sql.get("SELECT server_id, data_epoch, change FROM meta");
  if (!meta) throw new Error("The database has no meta row.");
  const number = (query: string): number => int(sql.get(query) ?? {}, "n");
  return {
    reads: chatReads(sql),
    identity: {
      serverId: ServerId.parse(text(meta, "server_id")),
      dataEpoch: DataEpoch.parse(text(meta, "data_epoch")),
    },
    change: int(meta, "change"),
    totals: () => ({
      accounts: number("SELECT count(*) AS n FROM accounts"),
      chats: number("SELECT count(*) AS n FROM chats"),
      events: number("SELECT count(*) AS n FROM events"),
    }),
    integrity(limit) {
      const found = sql
        .all(`PRAGMA integrity_check(${limit})`)
        .map((row) => text(row, "integrity_check"));
      return found.filter((line) => line !== "ok");
    },
    strays(limit) {
      return STRAYS.flatMap(([what, query]) =>
        sql
          .all(`${query} LIMIT ${limit}`)
          .map((row) => `database: ${what}: ${String(Object.values(row)[0])}`),
      ).slice(0, limit);
    },
    *chats() {
      for (const row of sql.all("SELECT * FROM chats ORDER BY chat_id")) yield chatOf(row);
    },
    periods: (chatId) =>
      sql
        .all("SELECT * FROM memberships WHERE chat_id = ? ORDER BY joined_seq", chatId)
        .map(membershipOf),
    mentions: (chatId) =>
      sql.all("SELECT account_id, seq FROM mentions WHERE chat_id = ?", chatId).map((row) => ({
        accountId: textAs<AccountId>(row, "account_id"),
        seq: int(row, "seq"),
      })),
    newestMoves: (chatId) =>
      sql
        .all(
          "SELECT account_id, kind, max(seq) AS seq FROM receipt_moves WHERE chat_id = ? GROUP BY account_id, kind",
          chatId,
        )
        .map((row) => ({
          accountId: textAs<AccountId>(row, "account_id"),
          kind: textAs<"delivered" | "read">(row, "kind"),
          seq: int(row, "seq"),
        })),
    seqOf(chatId, clientId) {
      const row = sql.get(
        "SELECT seq FROM events WHERE client_id = ? AND chat_id = ?",
        clientId,
        chatId,
      );
      return row && int(row, "seq");
    },
    close() {
      db.close();
      onClosed();
    },
  };
}
