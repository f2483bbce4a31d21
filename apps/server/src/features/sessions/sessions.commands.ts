import { type Failure, failure } from "@parley/protocol/errors.ts";
import type { DeviceInfo } from "@parley/protocol/http/accounts.ts";
import type { AccountId, DeviceId } from "@parley/protocol/ids.ts";
import {
  accept,
  type Command,
  type Decision,
  defineCommand,
  type State,
  type Write,
} from "../../storage/command.ts";
import type { Key } from "../../storage/keys.ts";
import type { AccountRow, DeviceRow } from "../../storage/rows.ts";
import {
  newDevice,
  revokeDevice,
  revokeDevices,
  sessionRevoked,
  standingDevice,
} from "./devices.service.ts";
import { rotate } from "./rotation.ts";

/** S16: signs a device in, after its password was found right. */
export interface OpenSession extends Command<DeviceRow> {
  readonly kind: "session.open";
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly device: DeviceInfo;
  /** The hash that the password was checked against: if it changed meanwhile, the check is void. */
  readonly checkedHash: string;
}

export type RefreshOutcome =
  | { granted: true; account: AccountRow; generation: number }
  | { granted: false };

/** X2: uses a refresh token of this generation. */
export interface RefreshSession extends Command<RefreshOutcome> {
  readonly kind: "session.refresh";
  readonly deviceId: DeviceId;
  readonly generation: number;
}

/** V57: one device of the account, `byDeviceId`, signs one out, maybe itself. Repeated, it changes nothing. */
export interface EndSession extends Command<null> {
  readonly kind: "session.end";
  readonly accountId: AccountId;
  readonly byDeviceId: DeviceId;
  readonly deviceId: DeviceId;
}

/** One device of the account signs all of them out. */
export interface EndSessions extends Command<null> {
  readonly kind: "session.end-all";
  readonly accountId: AccountId;
  readonly byDeviceId: DeviceId;
}

/** V57: one device of the account gives one of them, maybe itself, another name. */
export interface RenameDevice extends Command<null> {
  readonly kind: "session.rename";
  readonly accountId: AccountId;
  readonly byDeviceId: DeviceId;
  readonly deviceId: DeviceId;
  readonly name: string;
}

function refuse(code: Failure["code"], message: string): Decision<never> {
  return failure(code, message);
}

const openSession = defineCommand<OpenSession, DeviceRow>({
  kind: "session.open",
  reads: (command) => [{ table: "account", accountId: command.accountId }],
  decide(state, command, { now }) {
    const account = state.account(command.accountId);
    if (!account || account.passwordHash !== command.checkedHash) {
      return refuse("wrong_credentials", "The handle or the password is wrong.");
    }
    if (account.disabledAt !== null) return refuse("account_disabled", "This account is disabled.");
    const row = newDevice(command, now);
    return accept(
      row,
      [{ put: "device", row }],
      [{ kind: "devices", accountId: command.accountId }],
    );
  },
});

const refreshSession = defineCommand<RefreshSession, RefreshOutcome>({
  kind: "session.refresh",
  reads: (command) => [{ table: "device", deviceId: command.deviceId }],
  readsMore(state, command) {
    const device = state.device(command.deviceId);
    if (!device) return [];
    return [
      { table: "account", accountId: device.accountId },
      ...(device.revokedBy ? [{ table: "device" as const, deviceId: device.revokedBy }] : []),
    ];
  },
  decide(state, command, { now }) {
    const device = state.device(command.deviceId);
    const account = device && state.account(device.accountId);
    if (!account || device.revokedAt !== null) {
      return sessionRevoked(device?.revokedBy ? state.device(device.revokedBy) : undefined);
    }
    if (account.disabledAt !== null) return refuse("account_disabled", "This account is disabled.");
    const rotation = rotate(device.generation, command.generation);
    if (rotation.kind === "revoke") {
      const { writes, publish } = revokeDevice(device, null, now);
      return accept({ granted: false }, writes, publish);
    }
    // The same generation once more changes nothing, so nothing is written for it.
    const writes: Write[] =
      rotation.stored === device.generation
        ? []
        : [{ put: "device", row: { ...device, generation: rotation.stored, lastSeenAt: now } }];
    return accept({ granted: true, account, generation: rotation.next }, writes);
  },
});

/** The device that is asked for, of the account that asks: someone else's does not exist for it. */
function ownDevice(state: State, command: EndSession | RenameDevice): DeviceRow | undefined {
  const device = state.device(command.deviceId);
  return device?.accountId === command.accountId ? device : undefined;
}

function readsBoth(command: EndSession | RenameDevice): Key[] {
  return [
    { table: "device", deviceId: command.deviceId },
    { table: "device", deviceId: command.byDeviceId },
  ];
}

const endSession = defineCommand<EndSession, null>({
  kind: "session.end",
  reads: readsBoth,
  decide(state, command, { now }) {
    const { accountId, byDeviceId, deviceId } = command;
    const by = standingDevice(state, accountId, byDeviceId);
    const device = ownDevice(state, command);
    // Signed out meanwhile, it ends nobody else; itself it has ended already.
    if (!by && byDeviceId !== deviceId) return sessionRevoked(undefined);
    if (!device) return refuse("not_found", "There is no such session.");
    if (!by || device.revokedAt !== null) return accept(null);
    const { writes, publish } = revokeDevice(device, by, now);
    return accept(null, writes, publish);
  },
});

const renameDevice = defineCommand<RenameDevice, null>({
  kind: "session.rename",
  reads: readsBoth,
  decide(state, command) {
    const { accountId, byDeviceId, name } = command;
    if (!standingDevice(state, accountId, byDeviceId)) return sessionRevoked(undefined);
    const device = ownDevice(state, command);
    if (!device || device.revokedAt !== null) {
      return refuse("not_found", "There is no such session.");
    }
    if (device.name === name) return accept(null);
    return accept(
      null,
      [{ put: "device", row: { ...device, name } }],
      [{ kind: "devices", accountId }],
    );
  },
});

const endSessions = defineCommand<EndSessions, null>({
  kind: "session.end-all",
  reads: (command) => [{ table: "devices", accountId: command.accountId }],
  decide(state, command, { now }) {
    const { accountId, byDeviceId } = command;
    const by = state
      .devicesOf(accountId)
      .find((one) => one.deviceId === byDeviceId && one.revokedAt === null);
    if (!by) return sessionRevoked(undefined);
    const { writes, publish } = revokeDevices(state, accountId, { except: null, by, now });
    return accept(null, writes, publish);
  },
});

export const sessionCommands = [openSession, refreshSession, endSession, endSessions, renameDevice];
