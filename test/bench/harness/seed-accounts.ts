import { AccountId, ChatId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { dataFolderAt } from "@parley/server/src/config/data-folder.ts";
import { loadSessionKeys } from "@parley/server/src/config/keys.ts";
import {
  accountCommands,
  type SignUpCommand,
} from "@parley/server/src/features/accounts/accounts.commands.ts";
import type {
  CreateDirect,
  CreateGroup,
} from "@parley/server/src/features/chats/create-chat.commands.ts";
import { createChatCommands } from "@parley/server/src/features/chats/create-chat.commands.ts";
import { createPasswordHasher } from "@parley/server/src/features/accounts/password.ts";
import { Tokens } from "@parley/server/src/features/sessions/tokens.ts";
import { type Command, commandRegistry } from "@parley/server/src/storage/command.ts";
import type { Storage } from "@parley/server/src/storage/port.ts";
import { openSqliteStorage } from "@parley/server/src/storage/sqlite/sqlite-storage.ts";

import type { Plan, World } from "./world.ts";

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
 * Writes the plan's accounts and chats into a data folder on which no server runs, through the server's
 * own storage, and signs each account in once. Over the wire thousands of accounts would take the
 * server minutes; here all share one password, hashed once. Each chat is made by its first member.
 */
export async function seedWorld(dataDir: string, plan: Plan): Promise<World> {
  const folder = dataFolderAt(dataDir);
  const passwordHash = await createPasswordHasher().hash(BENCH_PASSWORD);
  if (passwordHash === undefined) throw new Error("the password could not be hashed");
  const storage = openSqliteStorage({
    path: folder.databaseFile,
    registry: commandRegistry(accountCommands, createChatCommands),
    report: (fault) => {
      throw new Error("seeding failed", { cause: fault });
    },
  });
  const accounts = Array.from({ length: plan.accounts }, (_, n) => signUp(n, passwordHash));
  await store(storage, accounts);
  const chatIds = plan.chats.map(() => newId(ChatId));
  await store(
    storage,
    plan.chats.map((chat, n) => creationOf(chat, chatIds[n], accounts)),
  );
  await storage.close();

  const tokens = new Tokens(loadSessionKeys(folder.keysDir));
  const expiresAtMs = Date.now() + TOKEN_LIFE_MS;
  const seats = accounts.map((account) => ({
    accountId: account.accountId,
    accessToken: tokens.issueAccess(account, expiresAtMs),
    chatIds: [] as ChatId[],
  }));
  for (const [n, { members }] of plan.chats.entries()) {
    const chatId = chatIds[n];
    for (const member of members) if (chatId !== undefined) seats[member]?.chatIds.push(chatId);
  }
  return { seats, chatIds };
}

async function store(storage: Storage, commands: readonly Command[]): Promise<void> {
  for (let first = 0; first < commands.length; first += AT_ONCE) {
    const results = await storage.transact(commands.slice(first, first + AT_ONCE));
    const refused = results.find((result) => !result.ok);
    if (refused !== undefined) throw new Error(`refused: ${JSON.stringify(refused)}`);
  }
}

function creationOf(
  chat: Plan["chats"][number],
  chatId: ChatId | undefined,
  accounts: readonly SignUpCommand[],
): CreateDirect | CreateGroup {
  const [by, ...others] = chat.members.map((member) => accounts[member]);
  const accountIds = others.map((other) => other?.accountId);
  const [accountId] = accountIds;
  if (by === undefined || chatId === undefined || !accountIds.every((id) => id !== undefined)) {
    throw new Error("the plan names an account that it does not count");
  }
  if (chat.kind === "direct" && accountId !== undefined) {
    return { kind: "chat.create-direct", chatId, accountId, by };
  }
  return {
    kind: "chat.create-group",
    chatId,
    title: "Group",
    accountIds,
    history: "joined",
    by,
  };
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
