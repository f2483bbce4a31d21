import { DataEpoch, ServerId } from "@parley/protocol/ids.ts";
import type { CommandRegistry } from "../command.ts";
import type { FaultReport } from "../commit-group.ts";
import { CommitQueue, QUEUE_LIMITS, type QueueLimits } from "../commit-queue.ts";
import { Durability, type DurabilityError } from "../durability.ts";
import type { ErasedLog } from "../erased-log.ts";
import type { Storage } from "../port.ts";
import { accountReads } from "./account-reads.ts";
import { chatReads } from "./chat-reads.ts";
import { FoldError, type FoldThread, startFoldThread } from "./checkpoint-thread.ts";
import { Checkpointer, type FoldLimits } from "./checkpointer.ts";
import { durableReads } from "./durable-reads.ts";
import { LogEraser } from "./log-eraser.ts";
import { BUSY_TIMEOUT_MS, openDatabase } from "./open-database.ts";
import { sqliteEngine } from "./sqlite-engine.ts";
import { int, Statements, text } from "./statements.ts";
import { openWalSync, type WalSync } from "./wal-sync.ts";
import { valueReads } from "./value-reads.ts";

export type SqliteOptions = {
  /** File of the database; made with its folder where missing. */
  path: string;
  registry: CommandRegistry;
  report: FaultReport;
  erasedLog?: ErasedLog;
  nowMs?: () => number;
  limits?: QueueLimits;
  foldLimits?: FoldLimits;
  /** S13: how long erased texts may stay in the log's file. */
  eraseLogAfterMs?: number;
  /** Puts the log on the disk; tests and measurements bring their own. */
  openWalSync?: (path: string) => WalSync;
  startFoldThread?: (path: string) => FoldThread;
  /**
   * Called once when the disk failed to confirm a write. From then on everything is refused, and
   * nothing that was not confirmed is ever acked: the server has to stop, without closing this.
   */
  onDiskFault?: (fault: DurabilityError) => void;
};

/** Moves deleted at a time, so that pruning never holds up a commit for long. */
const PRUNE_SLICE = 2_000;

/**
 * Opens the embedded storage. Throws StorageOpenError and touches nothing when the file is damaged,
 * of a newer version, or not writable. Only one server may use a data folder: its lock sees to that.
 *
 * S4 with the event loop free: SQLite runs with synchronous=NORMAL, so a commit only writes the log.
 * WalSync then syncs the log in Node's thread pool, and only after that are results, publications and
 * reads handed out. That is as safe as synchronous=FULL, which does the same sync inside COMMIT:
 * frames carry running checksums, so that a recovered log ends at a whole commit; both rely on the disk
 * not harming older bytes of a sector it writes anew (powersafe overwrite); and NORMAL too syncs the
 * log before it is folded into the database, the database after, and the header when the log begins
 * anew (that one sync stays on the event loop; it comes once in 24 MiB or after a quiet second).
 */
export function openSqliteStorage(options: SqliteOptions): Storage {
  const { path, report, registry, erasedLog } = options;
  const db = openDatabase(path);
  const sql = new Statements(db);
  const meta = sql.get("SELECT server_id, data_epoch FROM meta");
  if (!meta) throw new Error("The database has no meta row.");
  const walSync = (options.openWalSync ?? openWalSync)(path);
  const durability = new Durability(
    () => walSync.sync(),
    (fault) => {
      report({ what: "the disk is not to be trusted", error: fault });
      options.onDiskFault?.(fault);
    },
  );
  const onCommit = (): void => {
    durability.written();
    checkpointer.committed();
  };
  const engine = sqliteEngine(sql, {
    durability,
    onCommit,
    onErased: () => logEraser.erased(),
  });
  const nowMs = options.nowMs ?? Date.now;
  const queue = new CommitQueue(
    { engine, registry, nowMs, report, erasedLog },
    options.limits ?? QUEUE_LIMITS,
  );
  const checkpointer = new Checkpointer(
    {
      logState: () => logState(sql),
      startThread: () => (options.startFoldThread ?? startFoldThread)(path),
      foldHere: () => foldHere(sql),
      cutHere: () => cutHere(sql),
      between: (task) => queue.between(task),
      onDiskFault: (error) => durability.fail(error),
      report,
    },
    options.foldLimits,
  );
  const logEraser = new LogEraser(
    { cutLog: () => checkpointer.cut(), report },
    options.eraseLogAfterMs,
  );
  checkpointer.makeRoom();
  // An earlier process may have ended before it was its time.
  logEraser.erased();
  // What an earlier process left in the log may never have been synced.
  durability.written();
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
          onCommit();
        });
        deleted += slice;
        if (slice < PRUNE_SLICE) return deleted;
      }
    },
    async close() {
      await logEraser.stop();
      await queue.close();
      if (!db.isOpen) return;
      await checkpointer.close();
      // Closing would fold pages that the disk may never have got: the next start recovers the log.
      if (durability.fault) return;
      await durability.synced();
      walSync.close();
      // Folds the log back into the file: the sign of a clean end.
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      db.close();
    },
  };
}

/** Asks without folding anything. */
function logState(sql: Statements): { pages: number; foldedPages: number } | undefined {
  if (sql.inTransaction) return undefined;
  const row = sql.get("PRAGMA wal_checkpoint(NOOP)");
  return row && { pages: int(row, "log"), foldedPages: int(row, "checkpointed") };
}

/** Folds all of the log and empties its file. False if somebody is reading from it. */
function cutHere(sql: Statements): boolean {
  try {
    // The event loop waits for nobody.
    sql.get("PRAGMA busy_timeout = 0");
    const row = asFoldError(() => sql.get("PRAGMA wal_checkpoint(TRUNCATE)"));
    return row !== undefined && int(row, "busy") === 0;
  } finally {
    sql.get(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}

function foldHere(sql: Statements): void {
  asFoldError(() => sql.get("PRAGMA wal_checkpoint(PASSIVE)"));
}

function asFoldError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code: unknown = error instanceof Error && "errcode" in error ? error.errcode : null;
    throw new FoldError(String(error), typeof code === "number" ? code : null);
  }
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
