// The real server on a disk that a test can stop. Two things differ from main.ts: told "hold" by its parent
// no sync of the log ends until it is told "release", and no more than --queued-commands=N commands may
// wait for the disk, the next ones are refused as `busy` (V50).
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { resolveConfig } from "../config/config.ts";
import { createLogger, openLogTarget } from "../logging/logger.ts";
import { startServer } from "../server.ts";
import { QUEUE_LIMITS } from "../storage/commit-queue.ts";
import { openWalSync, type WalSync } from "../storage/sqlite/wal-sync.ts";

const { values } = parseArgs({
  options: {
    "data-dir": { type: "string", default: "" },
    "web-root": { type: "string" },
    "queued-commands": { type: "string", default: String(QUEUE_LIMITS.queuedCommands) },
    port: { type: "string", default: "0" },
  },
});
if (values["data-dir"] === "") throw new Error("--data-dir is missing");

/** Resolves at once but while the disk is held. */
let whenFree: Promise<void> = Promise.resolve();
let release = (): void => undefined;

process.on("message", (message) => {
  release();
  whenFree = Promise.resolve();
  if (message === "hold") {
    whenFree = new Promise((resolve) => {
      release = resolve;
    });
  }
  process.send?.(message);
});

function openHeldWalSync(path: string): WalSync {
  const real = openWalSync(path);
  return {
    async sync() {
      await whenFree;
      await real.sync();
    },
    close: () => real.close(),
  };
}

const defaults = {
  dataDir: values["data-dir"],
  webRoot: fileURLToPath(new URL("../../../web/dist", import.meta.url)),
};
const config = resolveConfig(
  { port: values.port, "web-root": values["web-root"], "log-level": "warn" },
  {},
  defaults,
);
const server = await startServer(config, {
  log: createLogger(config.logLevel, openLogTarget(config.logFile)),
  version: "test",
  openWalSync: openHeldWalSync,
  queueLimits: { ...QUEUE_LIMITS, queuedCommands: Number(values["queued-commands"]) },
});
process.once("SIGTERM", () => {
  release();
  void server.close().then(() => process.exit(0));
});
process.send?.({ type: "ready", url: server.url, port: server.port });
