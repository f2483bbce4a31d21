import { AccountId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { dataFolderAt } from "@parley/server/src/config/data-folder.ts";
import { loadSessionKeys } from "@parley/server/src/config/keys.ts";
import {
  accountCommands,
  type SignUpCommand,
} from "@parley/server/src/features/accounts/accounts.commands.ts";
import { createPasswordHasher } from "@parley/server/src/features/accounts/password.ts";
import { Tokens } from "@parley/server/src/features/sessions/tokens.ts";
import { commandRegistry } from "@parley/server/src/storage/command.ts";
import { openSqliteStorage } from "@parley/server/src/storage/sqlite/sqlite-storage.ts";

import type { Seat } from "./world.ts";

/** Password of every account of a bench. */
export const BENCH_PASSWORD = "tide table thursday";
/** Longer than any bench runs: no connection has to renew its token. */
const TOKEN_LIFE_MS = 6 * 3_600_000;
const AT_ONCE = 200;

/** The handle of an account by its number in the plan; its name is `Person <number>`. */
export function handleOf(account: number): string {
  return `person${account}`;
}

/**
 * Writes `count` accounts into a data folder on which no server runs, through the server's own
 * storage, and signs each in once. Over HTTP a thousand sign-ups would take the server minutes of
 * hashing passwords; here all accounts share one password, hashed once.
 */
export async function seedAccounts(dataDir: string, count: number): Promise<Seat[]> {
  const folder = dataFolderAt(dataDir);
  const passwordHash = await createPasswordHasher().hash(BENCH_PASSWORD);
  if (passwordHash === undefined) throw new Error("the password could not be hashed");
  const storage = openSqliteStorage({
    path: folder.databaseFile,
    registry: commandRegistry(accountCommands),
    report: (fault) => {
      throw new Error("seeding failed", { cause: fault });
    },
  });
  const commands = Array.from({ length: count }, (_, account) => signUp(account, passwordHash));
  for (let first = 0; first < count; first += AT_ONCE) {
    const results = await storage.transact(commands.slice(first, first + AT_ONCE));
    const refused = results.find((result) => !result.ok);
    if (refused !== undefined)
      throw new Error(`an account was refused: ${JSON.stringify(refused)}`);
  }
  await storage.close();

  const tokens = new Tokens(loadSessionKeys(folder.keysDir));
  const expiresAtMs = Date.now() + TOKEN_LIFE_MS;
  return commands.map((command) => ({
    accountId: command.accountId,
    accessToken: tokens.issueAccess(command, expiresAtMs),
    chatIds: [],
  }));
}

function signUp(account: number, passwordHash: string): SignUpCommand {
  return {
    kind: "account.sign-up",
    accountId: newId(AccountId),
    deviceId: newId(DeviceId),
    handle: handleOf(account),
    handleKey: handleOf(account),
    name: `Person ${account}`,
    passwordHash,
    device: { name: "Bench", platform: "other" },
    inviteHash: null,
    policy: "open",
    fromLoopback: true,
  };
}
