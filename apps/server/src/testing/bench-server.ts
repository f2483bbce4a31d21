// The real server as the bench starts it. Two things differ from main.ts: the pace that
// each connection is held to is out of the way, and with --sync-ms=N every sync of the log takes so much
// longer, as on a slow disk.
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { resolveConfig } from "../config/config.ts";
import { createLogger, openLogTarget } from "../logging/logger.ts";
import { startServer } from "../server.ts";
import { SOCKET_LIMITS } from "../socket/socket-limits.ts";
import { openWalSync, type WalSync } from "../storage/sqlite/wal-sync.ts";

const { values } = parseArgs({
  options: {
    "data-dir": { type: "string", default: "" },
    "sync-ms": { type: "string", default: "0" },
  },
});
const syncMs = Number(values["sync-ms"]);
/** More than any load generator here sends. */
const UNLIMITED = 1_000_000;
if (values["data-dir"] === "") throw new Error("--data-dir is missing");

function openSlowWalSync(path: string): WalSync {
  const real = openWalSync(path);
  return {
    async sync() {
      await real.sync();
      await sleep(syncMs);
    },
    close: () => real.close(),
  };
}

const defaults = {
  dataDir: values["data-dir"],
  webRoot: fileURLToPath(new URL("../../../web/dist", import.meta.url)),
};
const config = resolveConfig({ port: "0", "log-level": "warn" }, {}, defaults);
const server = await startServer(config, {
  log: createLogger(config.logLevel, openLogTarget(config.logFile)),
  version: "bench",
  socketLimits: {
    ...SOCKET_LIMITS,
    eventsPerSecond: UNLIMITED,
    eventsBurst: UNLIMITED,
    accountEventsPerSecond: UNLIMITED,
    accountEventsBurst: UNLIMITED,
  },
  ...(syncMs > 0 && { openWalSync: openSlowWalSync }),
});
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
process.send?.({ type: "ready", url: server.url, port: server.port });
