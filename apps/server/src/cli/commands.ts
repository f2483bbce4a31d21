import { pino } from "pino";
import { type DataFolder, dataFolderAt } from "../config/data-folder.ts";
import { StartupError } from "../config/startup-error.ts";
import { type ControlAnswer, type ControlRequest, runControl } from "../features/admin/control.ts";
import { tryLockFolder } from "../storage/sqlite/folder-lock.ts";
import { askRunningServer } from "./control-client.ts";
import { openCore, requireDatabase } from "./open-core.ts";

/**
 * Does an operator's command on a data folder: through the server that runs on it, else by itself.
 * Throws a StartupError with one line.
 */
async function runCommand(folder: DataFolder, request: ControlRequest): Promise<ControlAnswer> {
  requireDatabase(folder);
  const lock = tryLockFolder(folder.dataDir);
  if (lock === undefined) return askRunningServer(folder, request);
  try {
    const core = openCore({
      folder,
      log: pino({ level: "silent" }),
      version: "",
      policy: "closed",
      nowMs: Date.now,
    });
    try {
      const result = await runControl(core.operator, request);
      if (!result.ok) throw new StartupError(result.error.message);
      return result.value;
    } finally {
      await core.storage.close();
    }
  } finally {
    lock.release();
  }
}

/** `parley-server invite`: answers the line to print. */
export async function inviteCommand(
  dataDir: string,
  terms: { uses: number; hours: number },
): Promise<string> {
  const answer = await runCommand(dataFolderAt(dataDir), { command: "invite", ...terms });
  if (!("code" in answer)) throw new Error("An invite has no code.");
  const people = terms.uses === 1 ? "one person" : `${terms.uses} people`;
  return `${answer.code}\nThis invite lets in ${people} within ${terms.hours} hours.`;
}

/** `parley-server reset-password HANDLE`: answers the line to print. */
export async function resetPasswordCommand(dataDir: string, handle: string): Promise<string> {
  const request: ControlRequest = { command: "reset-password", handle };
  const answer = await runCommand(dataFolderAt(dataDir), request);
  if (!("password" in answer)) throw new Error("A reset password is missing.");
  return `New password of ${answer.handle}: ${answer.password}\nIt is shown only now. All devices of the account are signed out.`;
}
