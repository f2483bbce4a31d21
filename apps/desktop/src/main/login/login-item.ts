import { readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { app } from "electron";
import type { Log } from "@parley/client/connection/ports.ts";
import { writeAtomically } from "../session/atomic-file.ts";
import { texts } from "../texts.ts";
import { autostartEntry, isSwitchedOff, type StartCommand, startCommand } from "./autostart.ts";

function autostartFile(): string {
  const config = process.env["XDG_CONFIG_HOME"] ?? "";
  return join(config === "" ? join(homedir(), ".config") : config, "autostart/parley.desktop");
}

/** This app as it runs now; started out of a checkout, the runtime has to be told where it lies. */
function ownCommand(): StartCommand {
  const appPath = app.isPackaged ? undefined : app.getAppPath();
  return startCommand({ execPath: process.execPath, appPath, env: process.env });
}

async function setOnLinux(isWanted: boolean): Promise<void> {
  const file = autostartFile();
  if (!isWanted) return rm(file, { force: true });
  const entry = autostartEntry(texts.appName, ownCommand());
  if (entry === undefined) throw new Error("No such file can name the place of this program.");
  await writeAtomically(file, entry);
}

/** Windows joins them to one line. */
function ownArgs(): string[] {
  return ownCommand().args.map((argument) => `"${argument}"`);
}

/** Has the system start the app at login, hidden, or not any more. False if it did not take that. */
export async function setStartAtLogin(
  isWanted: boolean,
  platform: NodeJS.Platform,
  log: Log,
): Promise<boolean> {
  try {
    if (platform === "linux") await setOnLinux(isWanted);
    else app.setLoginItemSettings({ openAtLogin: isWanted, args: ownArgs() });
    return true;
  } catch (error) {
    log.warn("Starting at login could not be changed.", { error: String(error) });
    return false;
  }
}

/** Whether the system starts the app at login: the user may have changed that in the system's own settings. */
export async function startsAtLogin(platform: NodeJS.Platform): Promise<boolean> {
  if (platform !== "linux") return app.getLoginItemSettings({ args: ownArgs() }).openAtLogin;
  const entry = await readFile(autostartFile(), "utf8").catch(() => undefined);
  return entry !== undefined && !isSwitchedOff(entry);
}
