import { failure, success } from "@parley/protocol/errors.ts";
import { AccountId, ChatId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { foldHandle } from "@parley/protocol/text.ts";
import type { VerifyAccess } from "../socket/session-port.ts";
import { accept, type Command, type CommandSpec, defineCommand } from "../storage/command.ts";
import { type Storage, transactOne } from "../storage/port.ts";
import type { AccountRow, DeviceRow } from "../storage/rows.ts";
import { selfChatWrites } from "../stream/self-chat.ts";

/** Accounts made straight in storage, for tests that are not about signing up. */
export type TestAccount = { accountId: AccountId; deviceId: DeviceId; selfChatId: ChatId };

interface MakeAccount extends Command<TestAccount> {
  readonly kind: "test.make-account";
  readonly name: string;
  readonly handle: string;
  readonly ids: TestAccount;
}

const makeAccountSpec: CommandSpec<MakeAccount, TestAccount> = {
  kind: "test.make-account",
  reads: ({ handle }) => [{ table: "handle", handleKey: foldHandle(handle) }],
  decide(state, { name, handle, ids }, context) {
    const handleKey = foldHandle(handle);
    if (state.accountByHandle(handleKey)) return failure("handle_taken", "taken");
    const { accountId, deviceId, selfChatId } = ids;
    const account: AccountRow = {
      accountId,
      handle,
      handleKey,
      name,
      passwordHash: "none",
      role: "user",
      createdAt: context.now,
      disabledAt: null,
      lastSeenAt: null,
      selfChatId,
      change: context.change,
    };
    const device = deviceRow(ids, context.now);
    const self = selfChatWrites({ chatId: selfChatId, accountId, deviceId }, context);
    return accept(
      ids,
      [{ put: "account", row: account }, { put: "device", row: device }, ...self.writes],
      self.publish,
    );
  },
};

function deviceRow(ids: Pick<TestAccount, "accountId" | "deviceId">, now: number): DeviceRow {
  return {
    ...ids,
    name: "Test",
    platform: "other",
    createdAt: now,
    lastSeenAt: now,
    generation: 1,
    revokedAt: null,
    revokedBy: null,
  };
}

interface PutRow extends Command<null> {
  readonly kind: "test.put-device";
  readonly row: DeviceRow;
}

const putDeviceSpec: CommandSpec<PutRow, null> = {
  kind: "test.put-device",
  reads: () => [],
  decide: (_state, { row }) => accept(null, [{ put: "device", row }]),
};

interface Rename extends Command<null> {
  readonly kind: "test.rename";
  readonly accountId: AccountId;
  readonly name: string;
}

const renameSpec: CommandSpec<Rename, null> = {
  kind: "test.rename",
  reads: ({ accountId }) => [{ table: "account", accountId }],
  decide(state, { accountId, name }, { change }) {
    const account = state.account(accountId);
    if (!account) return failure("account_not_found", "gone");
    const { handle } = account;
    return accept(
      null,
      [{ put: "account", row: { ...account, name, change } }],
      [{ kind: "person", person: { accountId, handle, name } }],
    );
  },
};

interface EndSessions extends Command<null> {
  readonly kind: "test.end-sessions";
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
}

const endSessionsSpec: CommandSpec<EndSessions, null> = {
  kind: "test.end-sessions",
  reads: ({ deviceId }) => [{ table: "device", deviceId }],
  decide(state, { accountId, deviceId }, { now }) {
    const device = state.device(deviceId);
    if (!device) return failure("not_found", "gone");
    return accept(
      null,
      [{ put: "device", row: { ...device, revokedAt: now } }],
      [
        {
          kind: "session-ended",
          accountId,
          deviceId,
          exceptDeviceId: null,
          code: "session_revoked",
          endedBy: null,
        },
      ],
    );
  },
};

export const testCommands = [
  defineCommand(endSessionsSpec),
  defineCommand(makeAccountSpec),
  defineCommand(putDeviceSpec),
  defineCommand(renameSpec),
];

export async function makeAccount(storage: Storage, name: string): Promise<TestAccount> {
  const ids = {
    accountId: newId(AccountId),
    deviceId: newId(DeviceId),
    selfChatId: newId(ChatId),
  };
  const command: MakeAccount = { kind: "test.make-account", name, handle: name, ids };
  const result = await transactOne(storage, command);
  if (!result.ok) throw new Error(`Account ${name}: ${result.error.code}`);
  return result.value;
}

/** A second device of an account. */
export async function makeDevice(storage: Storage, accountId: AccountId): Promise<DeviceId> {
  const deviceId = newId(DeviceId);
  const row = deviceRow({ accountId, deviceId }, Date.now());
  await putDevice(storage, row);
  return deviceId;
}

/** Stores a device as it is given. */
export async function putDevice(storage: Storage, row: DeviceRow): Promise<void> {
  const command: PutRow = { kind: "test.put-device", row };
  await transactOne(storage, command);
}

export async function rename(storage: Storage, accountId: AccountId, name: string): Promise<void> {
  const command: Rename = { kind: "test.rename", accountId, name };
  await transactOne(storage, command);
}

/** Revokes a device. */
export async function endSessions(
  storage: Storage,
  accountId: AccountId,
  deviceId: DeviceId,
): Promise<void> {
  const command: EndSessions = { kind: "test.end-sessions", accountId, deviceId };
  await transactOne(storage, command);
}

/** Access tokens of these tests are device ids, with an expiry after a slash where wanted. */
export function fakeVerifyAccess(storage: Storage): VerifyAccess {
  return async (token) => {
    const [id, expiresAtMs] = token.split("/");
    const deviceId = DeviceId.safeParse(id);
    const device = deviceId.success ? await storage.device(deviceId.data) : undefined;
    if (!device) return failure("unauthenticated", "This token is not valid.");
    if (device.revokedAt !== null) return failure("session_revoked", "This session has ended.");
    return success({
      accountId: device.accountId,
      deviceId: device.deviceId,
      expiresAtMs: expiresAtMs === undefined ? Number.MAX_SAFE_INTEGER : Number(expiresAtMs),
    });
  };
}
