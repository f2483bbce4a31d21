import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A session bus that does not answer by then counts as one without a tray. */
const TIMEOUT_MS = 2_000;
const NAME = "org.kde.StatusNotifierWatcher";

/** Runs a program and answers what it wrote; throws where it fails or takes too long. */
export type RunProgram = (file: string, args: readonly string[]) => Promise<string>;

const run = promisify(execFile);

export const runProgram: RunProgram = async (file, args) => {
  const { stdout } = await run(file, [...args], { timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
  return stdout;
};

/** Each asks the session bus whether somebody has the watcher's name; whichever is installed answers. */
const QUESTIONS: readonly [file: string, args: readonly string[]][] = [
  [
    "gdbus",
    [
      "call",
      "--session",
      "--dest=org.freedesktop.DBus",
      "--object-path=/org/freedesktop/DBus",
      "--method=org.freedesktop.DBus.NameHasOwner",
      NAME,
    ],
  ],
  [
    "busctl",
    [
      "--user",
      "call",
      "org.freedesktop.DBus",
      "/org/freedesktop/DBus",
      "org.freedesktop.DBus",
      "NameHasOwner",
      "s",
      NAME,
    ],
  ],
  [
    "dbus-send",
    [
      "--session",
      "--print-reply",
      "--dest=org.freedesktop.DBus",
      "/org/freedesktop/DBus",
      "org.freedesktop.DBus.NameHasOwner",
      `string:${NAME}`,
    ],
  ],
];

/**
 * Whether this desktop shows tray icons. Windows and macOS always do; elsewhere somebody has to watch for
 * them on the session bus, and a window closed to a tray that is not there would be lost.
 */
export async function hasTrayHost(
  platform: NodeJS.Platform,
  ask: RunProgram = runProgram,
): Promise<boolean> {
  if (platform === "win32" || platform === "darwin") return true;
  for (const [file, args] of QUESTIONS) {
    try {
      return /\btrue\b/.test(await ask(file, args));
    } catch {
      // Not installed, no bus, or no answer: the next one may know.
    }
  }
  return false;
}
