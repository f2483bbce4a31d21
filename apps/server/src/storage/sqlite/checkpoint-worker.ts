// Runs in a thread of its own: copies the log into the database file and syncs both, so that neither
// holds up the event loop. It has a connection of its own and never writes anything else.
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import type { FoldReply } from "./checkpoint-thread.ts";

function errorCodeOf(error: unknown): number | null {
  const code: unknown = error instanceof Error && "errcode" in error ? error.errcode : null;
  return typeof code === "number" ? code : null;
}

const path: unknown = workerData;
if (!parentPort || typeof path !== "string")
  throw new Error("This runs in a thread of the server.");
const port = parentPort;
const db = new DatabaseSync(path);
// A connection that has read nothing yet does not know that there is a log.
db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get();
const passive = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");

port.on("message", (message: unknown) => {
  if (message === "close") {
    db.close();
    port.close();
    return;
  }
  let reply: FoldReply;
  try {
    passive.get();
    reply = { ok: true };
  } catch (error) {
    reply = { ok: false, message: String(error), errorCode: errorCodeOf(error) };
  }
  port.postMessage(reply);
});
