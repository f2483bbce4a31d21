import { existsSync } from "node:fs";
import type { SignUpPolicy } from "@parley/protocol/http/accounts.ts";
import type { FastifyBaseLogger } from "fastify";
import { ErasedLogFile } from "../backup/erased-log-file.ts";
import type { DataFolder } from "../config/data-folder.ts";
import { loadSessionKeys } from "../config/keys.ts";
import { StartupError } from "../config/startup-error.ts";
import { accountCommands } from "../features/accounts/accounts.commands.ts";
import { AccountService } from "../features/accounts/accounts.service.ts";
import { createPasswordHasher, type PasswordHasher } from "../features/accounts/password.ts";
import { SignInThrottle } from "../features/accounts/sign-in-throttle.ts";
import { OperatorService } from "../features/accounts/operator.service.ts";
import { createChatCommands } from "../features/chats/create-chat.commands.ts";
import { groupCommands } from "../features/chats/group.commands.ts";
import { replayCommands } from "../features/messages/replay-erasures.commands.ts";
import { messageCommands } from "../features/messages/send.commands.ts";
import { presenceCommands } from "../features/presence/presence.commands.ts";
import { receiptCommands } from "../features/receipts/receipts.commands.ts";
import { valueCommands } from "../features/values/values.commands.ts";
import { sessionCommands } from "../features/sessions/sessions.commands.ts";
import { SessionService } from "../features/sessions/sessions.service.ts";
import { Tokens } from "../features/sessions/tokens.ts";
import { commandRegistry } from "../storage/command.ts";
import type { ErasedLog } from "../storage/erased-log.ts";
import { type Storage, StorageOpenError } from "../storage/port.ts";
import { openSqliteStorage, type SqliteOptions } from "../storage/sqlite/sqlite-storage.ts";

/** Every command that can be committed. */
const REGISTRY = commandRegistry(
  accountCommands,
  sessionCommands,
  createChatCommands,
  groupCommands,
  messageCommands,
  replayCommands,
  receiptCommands,
  valueCommands,
  presenceCommands,
);

/** What stands on a data folder without any network: storage and the services over it. */
export type Core = {
  storage: Storage;
  hasher: PasswordHasher;
  sessions: SessionService;
  accounts: AccountService;
  operator: OperatorService;
};

/** What the outside has to do with the disk under the database. */
export type DiskOptions = Pick<SqliteOptions, "onDiskFault" | "openWalSync" | "foldLimits"> & {
  queueLimits?: SqliteOptions["limits"];
};

export type CoreOptions = DiskOptions & {
  folder: DataFolder;
  log: FastifyBaseLogger;
  version: string;
  policy: SignUpPolicy;
  nowMs: () => number;
};

/**
 * Opens the database of a folder, whose lock the caller holds. Throws a StartupError with one line.
 * `erasedLog`: the folder's own unless another is given.
 */
export function openStorage(
  options: Pick<CoreOptions, "folder" | "log" | "nowMs"> & DiskOptions & { erasedLog?: ErasedLog },
): Storage {
  const { folder, log, nowMs, onDiskFault, openWalSync, foldLimits, queueLimits } = options;
  try {
    return openSqliteStorage({
      path: folder.databaseFile,
      registry: REGISTRY,
      report: ({ what, command, error }) => log.error({ err: error, command }, what),
      nowMs,
      erasedLog: options.erasedLog ?? new ErasedLogFile(folder.erasedLogFile),
      ...(onDiskFault && { onDiskFault }),
      ...(openWalSync && { openWalSync }),
      ...(foldLimits && { foldLimits }),
      ...(queueLimits && { limits: queueLimits }),
    });
  } catch (error) {
    if (!(error instanceof StorageOpenError)) throw error;
    throw new StartupError(adviceOn(error, folder));
  }
}

function adviceOn(error: StorageOpenError, folder: DataFolder): string {
  switch (error.fault) {
    case "newer-version":
      return `${error.message} Update Parley, or choose another folder with --data-dir.`;
    case "damaged":
      return `${error.message} Nothing was changed. Restore a backup, or choose another folder with --data-dir.`;
    case "not-writable":
      return `${error.message} Change the permissions of ${folder.dataDir}, or choose another folder with --data-dir.`;
  }
}

/** Opens storage and builds the services. Throws a StartupError with one line. */
export function openCore(options: CoreOptions): Core {
  const { folder, nowMs, version, policy } = options;
  const storage = openStorage(options);
  const hasher = createPasswordHasher();
  const tokens = new Tokens(loadSessionKeys(folder.keysDir));
  const sessions = new SessionService({ storage, tokens, nowMs });
  const throttle = new SignInThrottle(nowMs);
  const accounts = new AccountService({
    storage,
    sessions,
    hasher,
    throttle,
    policy,
    version,
    nowMs,
  });
  return {
    storage,
    hasher,
    sessions,
    accounts,
    operator: new OperatorService({ storage, hasher }),
  };
}

/** For commands that need data to be there already. */
export function requireDatabase(folder: DataFolder): void {
  if (!existsSync(folder.databaseFile)) {
    throw new StartupError(
      `There is no Parley data in ${folder.dataDir}: start the server once, or name its folder with --data-dir.`,
    );
  }
}
