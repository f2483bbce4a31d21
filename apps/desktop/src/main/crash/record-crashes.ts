import { app, crashReporter } from "electron";
import type { RotatingLog } from "../logs/rotating-log.ts";
import type { CrashReports } from "./crash-reports.ts";

/** A main process that crashes again at once is not started again. */
const SURELY_STARTED_S = 60;

type Parts = { log: RotatingLog; crashReports: CrashReports };

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * Keeps what crashes, on this device: the main process, helpers of the system, and native dumps. Nothing is
 * sent. A main process that is in no known state any more ends and starts anew.
 */
export function recordCrashes({ log, crashReports }: Parts): void {
  crashReporter.start({ uploadToServer: false });
  // The terminal from which the app was started may be closed: what it would have read is in the log.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  process.on("uncaughtException", (error) => {
    crashReports.add("main", textOf(error));
    log.warn("The main process failed and ends.", { error: textOf(error) });
    if (process.uptime() > SURELY_STARTED_S) app.relaunch();
    void log.settled().finally(() => app.exit(1));
  });
  process.on("unhandledRejection", (error) => {
    crashReports.add("main rejection", textOf(error));
    log.warn("Work in the main process failed unseen.", { error: textOf(error) });
  });
  app.on("child-process-gone", (_event, { type, reason, exitCode, name = "" }) => {
    if (reason === "clean-exit") return;
    log.warn("A helper process is gone.", { type, reason });
    crashReports.add(`helper ${type}`, `${name}\nreason: ${reason}\nexit code: ${exitCode}`);
  });
}
