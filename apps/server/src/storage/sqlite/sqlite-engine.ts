import type { Write } from "../command.ts";
import type { Durability } from "../durability.ts";
import {
  ConflictError,
  type Engine,
  type EngineTransaction,
  type LoadedRows,
  noRows,
} from "../engine.ts";
import type { Key } from "../keys.ts";
import { accountOf, chatOf, deviceOf, inviteOf, membershipOf, valueOf } from "./row-mapping.ts";
import { int, type SqlRow, type Statements } from "./statements.ts";
import { storedEvent } from "./stored-events.ts";
import { write } from "./writer.ts";

/** SQLite's own codes for a violated UNIQUE or PRIMARY KEY constraint. */
const UNIQUE_VIOLATIONS = new Set<unknown>([2067, 1555]);

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && UNIQUE_VIOLATIONS.has(error.errcode);
}

/**
 * SQLite's codes for a sync that failed. It syncs by itself when the log begins anew; after that
 * nothing more is known of the disk (see Durability).
 */
const SYNC_FAULTS = new Set<unknown>([1034, 1290]);

function isSyncFault(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && SYNC_FAULTS.has(error.errcode);
}

export type SqliteEngineDeps = {
  durability: Durability;
  /** Called after each commit, with no transaction open. */
  onCommit: () => void;
  /** S13: called after a commit that erased something. */
  onErased: () => void;
};

/** The write side of the embedded database. One transaction at a time: the queue sees to that. */
export function sqliteEngine(sql: Statements, deps: SqliteEngineDeps): Engine {
  const { durability } = deps;
  return {
    async begin(): Promise<EngineTransaction> {
      if (durability.fault) throw durability.fault;
      // Takes the write lock before anything is read, so that no other process can come between.
      sql.run("BEGIN IMMEDIATE");
      return transaction(sql, changeOf(sql) + 1, deps);
    },
    whenSynced: (done) => durability.whenSynced(done),
  };
}

export function changeOf(sql: Statements): number {
  const row = sql.get("SELECT change FROM meta");
  if (!row) throw new Error("The database has no meta row.");
  return int(row, "change");
}

function transaction(
  sql: Statements,
  change: number,
  { durability, onCommit, onErased }: SqliteEngineDeps,
): EngineTransaction {
  let open = true;
  const rollback = (): void => {
    if (!open) return;
    open = false;
    // A full disk makes SQLite roll back by itself.
    if (sql.inTransaction) sql.run("ROLLBACK");
  };
  return {
    change,
    async load(keys) {
      return load(sql, keys);
    },
    async commit(writes: readonly Write[]) {
      try {
        for (const one of writes) write(sql, one);
        sql.run("UPDATE meta SET change = ?", change);
        sql.run("COMMIT");
        open = false;
      } catch (error) {
        rollback();
        if (isSyncFault(error)) durability.fail(error);
        if (isUniqueViolation(error)) throw new ConflictError("unique violation", { cause: error });
        throw error;
      }
      onCommit();
      if (writes.some(isErasure)) onErased();
    },
    async rollback() {
      rollback();
    },
  };
}

/** Something that was stored loses its payload: a message with what relates to it, or a reaction. */
function isErasure(one: Write): boolean {
  return one.put === "erasure" || (one.put === "fold" && one.row.event.payload === null);
}

const LIVE_REACTION = `
  SELECT * FROM events WHERE rel_target = ? AND sender_id = ? AND rel_key = ?
    AND rel_kind = 'reaction' AND payload IS NOT NULL`;

function load(sql: Statements, keys: readonly Key[]): LoadedRows {
  const rows = noRows();
  for (const key of keys) loadKey(sql, key, rows);
  return rows;
}

function into<Row>(list: Row[], row: SqlRow | undefined, map: (row: SqlRow) => Row): void {
  if (row) list.push(map(row));
}

function loadKey(sql: Statements, key: Key, rows: LoadedRows): void {
  switch (key.table) {
    case "account":
      return into(
        rows.accounts,
        sql.get("SELECT * FROM accounts WHERE account_id = ?", key.accountId),
        accountOf,
      );
    case "handle":
      return into(
        rows.accounts,
        sql.get("SELECT * FROM accounts WHERE handle_key = ?", key.handleKey),
        accountOf,
      );
    case "any-account":
      rows.hasAccounts = sql.get("SELECT 1 FROM accounts LIMIT 1") !== undefined;
      return;
    case "device":
      return into(
        rows.devices,
        sql.get("SELECT * FROM devices WHERE device_id = ?", key.deviceId),
        deviceOf,
      );
    case "devices":
      rows.devices.push(
        ...sql.all("SELECT * FROM devices WHERE account_id = ?", key.accountId).map(deviceOf),
      );
      return;
    case "invite":
      return into(
        rows.invites,
        sql.get("SELECT * FROM invites WHERE code_hash = ?", key.codeHash),
        inviteOf,
      );
    case "chat":
      return into(rows.chats, sql.get("SELECT * FROM chats WHERE chat_id = ?", key.chatId), chatOf);
    case "direct-chat":
      return into(
        rows.chats,
        sql.get("SELECT * FROM chats WHERE pair_key = ?", key.pairKey),
        chatOf,
      );
    case "membership":
      rows.memberships.push(
        ...sql
          .all(
            "SELECT * FROM memberships WHERE chat_id = ? AND account_id = ?",
            key.chatId,
            key.accountId,
          )
          .map(membershipOf),
      );
      return;
    case "members":
      rows.memberships.push(
        ...sql
          .all("SELECT * FROM memberships WHERE chat_id = ? AND left_seq IS NULL", key.chatId)
          .map(membershipOf),
      );
      return;
    case "client-id": {
      const row = sql.get("SELECT * FROM events WHERE client_id = ?", key.clientId);
      if (!row && sql.get("SELECT 1 FROM erased_elsewhere WHERE client_id = ?", key.clientId)) {
        rows.erasedElsewhere.push(key.clientId);
      }
      return into(rows.events, row, (found) => storedEvent(sql, found));
    }
    case "event":
      return into(
        rows.events,
        sql.get("SELECT * FROM events WHERE chat_id = ? AND seq = ?", key.chatId, key.seq),
        (row) => storedEvent(sql, row),
      );
    case "reaction":
      return into(rows.events, sql.get(LIVE_REACTION, key.target, key.accountId, key.key), (row) =>
        storedEvent(sql, row),
      );
    case "value":
      return into(
        rows.values,
        sql.get(
          "SELECT * FROM account_values WHERE account_id = ? AND key = ?",
          key.accountId,
          key.key,
        ),
        valueOf,
      );
    case "value-count": {
      const row = sql.get(
        "SELECT count(*) AS n FROM account_values WHERE account_id = ?",
        key.accountId,
      );
      rows.valueCounts.push({ accountId: key.accountId, count: int(row ?? {}, "n") });
      return;
    }
  }
}
