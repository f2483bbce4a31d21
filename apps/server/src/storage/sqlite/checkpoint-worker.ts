// Runs in a thread of its own: copies the log into the database file and syncs both, so that neither
// holds up the event loop. It has a connection of its own and never writes anything else.
import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import type { LogJob, LogReply } from "./checkpoint-thread.ts";

/** How long a job waits for somebody who reads from the log. */
const BUSY_TIMEOUT_MS = 100;
const ZEROS = Buffer.alloc(1_048_576);

function errorCodeOf(error: unknown): number | null {
  const code: unknown = error instanceof Error && "errcode" in error ? error.errcode : null;
  return typeof code === "number" ? code : null;
}

const path: unknown = workerData;
if (!parentPort || typeof path !== "string")
  throw new Error("This runs in a thread of the server.");
const port = parentPort;
const db = new DatabaseSync(path);
db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
// A connection that has read nothing yet does not know that there is a log.
db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get();
const passive = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
const truncate = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)");

/**
 * Lengthens the log's file with zeros, which SQLite takes for what an earlier log left there: what is
 * written into room that a file already has is on the disk sooner than what makes it longer. Nobody
 * else may write to the log meanwhile, so the write lock is held.
 */
function extend(log: string, sizeBytes: number): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const file = openSync(log, "r+");
    try {
      let { size } = fstatSync(file);
      while (size < sizeBytes) {
        size += writeSync(file, ZEROS, 0, Math.min(ZEROS.length, sizeBytes - size), size);
      }
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
  } finally {
    db.exec("ROLLBACK");
  }
}

function run(job: LogJob): boolean {
  switch (job.kind) {
    case "fold":
      passive.get();
      return true;
    case "cut":
      return truncate.get()?.["busy"] === 0;
    case "extend":
      extend(`${String(path)}-wal`, job.sizeBytes);
      return true;
  }
}

port.on("message", (job: LogJob | "close") => {
  if (job === "close") {
    db.close();
    port.close();
    return;
  }
  let reply: LogReply;
  try {
    reply = { ok: true, isDone: run(job) };
  } catch (error) {
    reply = { ok: false, message: String(error), errorCode: errorCodeOf(error) };
  }
  port.postMessage(reply);
});
