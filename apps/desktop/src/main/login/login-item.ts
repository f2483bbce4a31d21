import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { app } from "electron";
import type { Log } from "@parley/client/connection/ports.ts";
import { writeAtomically } from "../session/atomic-file.ts";
import { texts } from "../texts.ts";
import { autostartEntry, type StartCommand, startCommand } from "./autostart.ts";

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
  const entry = autostartEntry(texts.appName, ownCommand());
  if (isWanted && entry !== undefined) await writeAtomically(file, entry);
  else await rm(file, { force: true });
}

/** Has the system start the app at login, hidden, or not any more. */
export async function setStartAtLogin(
  isWanted: boolean,
  platform: NodeJS.Platform,
  log: Log,
): Promise<void> {
  try {
    if (platform === "linux") await setOnLinux(isWanted);
    else {
      // Windows joins them to one line.
      const args = ownCommand().args.map((argument) => `"${argument}"`);
      app.setLoginItemSettings({ openAtLogin: isWanted, args });
    }
  } catch (error) {
    log.warn("Starting at login could not be changed.", { error: String(error) });
  }
}
