import { DataEpoch, ServerId } from "@parley/protocol/ids.ts";
import type { CommandRegistry } from "../command.ts";
import type { FaultReport } from "../commit-group.ts";
import { CommitQueue, QUEUE_LIMITS, type QueueLimits } from "../commit-queue.ts";
import type { ErasedLog } from "../erased-log.ts";
import type { Storage } from "../port.ts";
import { accountReads } from "./account-reads.ts";
import { chatReads } from "./chat-reads.ts";
import { openDatabase } from "./open-database.ts";
import { sqliteEngine } from "./sqlite-engine.ts";
import { int, Statements, text } from "./statements.ts";

export type SqliteOptions = {
  /** File of the database; made with its folder where missing. */
  path: string;
import { openWalSync, type WalSync } from "./wal-sync.ts";
import { valueReads } from "./value-reads.ts";
  registry: CommandRegistry;
  report: FaultReport;
  erasedLog?: ErasedLog;
  nowMs?: () => number;
  limits?: QueueLimits;
};

/** Moves deleted at a time, so that pruning never holds up a commit for long. */
const PRUNE_SLICE = 2_000;

/**
 * Opens the embedded storage. Throws StorageOpenError and touches nothing when the file is damaged,
 * of a newer version, or not writable. Only one server may use a data folder: its lock sees to that.
 */
export function openSqliteStorage(options: SqliteOptions): Storage {
  const db = openDatabase(options.path);
  const sql = new Statements(db);
  const meta = sql.get("SELECT server_id, data_epoch FROM meta");
  if (!meta) throw new Error("The database has no meta row.");
  const deps = {
    engine: sqliteEngine(sql),
    registry: options.registry,
    nowMs: options.nowMs ?? Date.now,
    report: options.report,
    erasedLog: options.erasedLog,
  };
  const queue = new CommitQueue(deps, options.limits ?? QUEUE_LIMITS);
  return {
    identity: {
      serverId: ServerId.parse(text(meta, "server_id")),
      dataEpoch: DataEpoch.parse(text(meta, "data_epoch")),
    },
    ...durableReads({ ...accountReads(sql), ...chatReads(sql), ...valueReads(sql) }, durability),
    transact: (commands, onSettled) => queue.transact(commands, onSettled),
    onCommitted: (listener) => queue.onCommitted(listener),
    async pruneReceiptMoves(beforeMs) {
      let deleted = 0;
      for (;;) {
        let slice = 0;
        await queue.between(() => {
          slice = pruneSlice(sql, beforeMs);
        });
        deleted += slice;
        if (slice < PRUNE_SLICE) return deleted;
      }
    },
    async close() {
      await queue.close();
      if (!db.isOpen) return;
      // Folds the log back into the file: the sign of a clean end.
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      db.close();
    },
  };
}

function pruneSlice(sql: Statements, beforeMs: number): number {
  const oldest = sql.all(
    "SELECT move_no, at FROM receipt_moves ORDER BY move_no LIMIT ?",
    PRUNE_SLICE,
  );
  const last = oldest.findLast((row) => int(row, "at") < beforeMs);
  if (!last) return 0;
  return sql.run(
    "DELETE FROM receipt_moves WHERE move_no <= ? AND at < ?",
    int(last, "move_no"),
    beforeMs,
  );
}
