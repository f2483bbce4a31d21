import { type Failure, failure } from "@parley/protocol/errors.ts";
import type { DeviceInfo } from "@parley/protocol/http/accounts.ts";
import type { AccountId, DeviceId } from "@parley/protocol/ids.ts";
import {
  accept,
  type Command,
  type Decision,
  defineCommand,
  type Write,
} from "../../storage/command.ts";
import type { AccountRow, DeviceRow } from "../../storage/rows.ts";
import { newDevice, revokeDevice, revokeDevices } from "./devices.service.ts";
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

/** Signs one device of the account out. Doing so again changes nothing. */
export interface EndSession extends Command<null> {
  readonly kind: "session.end";
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
}

/** Signs every device of the account out. */
export interface EndSessions extends Command<null> {
  readonly kind: "session.end-all";
  readonly accountId: AccountId;
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
    return accept(row, [{ put: "device", row }]);
  },
});

const refreshSession = defineCommand<RefreshSession, RefreshOutcome>({
  kind: "session.refresh",
  reads: (command) => [{ table: "device", deviceId: command.deviceId }],
  readsMore(state, command) {
    const device = state.device(command.deviceId);
    return device ? [{ table: "account", accountId: device.accountId }] : [];
  },
  decide(state, command, { now }) {
    const device = state.device(command.deviceId);
    const account = device && state.account(device.accountId);
    if (!account || device.revokedAt !== null) {
      return refuse("session_revoked", "This session has ended.");
    }
    if (account.disabledAt !== null) return refuse("account_disabled", "This account is disabled.");
    const rotation = rotate(device.generation, command.generation);
    if (rotation.kind === "revoke") {
      const { writes, publish } = revokeDevice(device, now);
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

const endSession = defineCommand<EndSession, null>({
  kind: "session.end",
  reads: (command) => [{ table: "device", deviceId: command.deviceId }],
  decide(state, command, { now }) {
    const device = state.device(command.deviceId);
    // Someone else's device does not exist for this account.
    if (!device || device.accountId !== command.accountId) {
      return refuse("not_found", "There is no such session.");
    }
    if (device.revokedAt !== null) return accept(null);
    const { writes, publish } = revokeDevice(device, now);
    return accept(null, writes, publish);
  },
});

const endSessions = defineCommand<EndSessions, null>({
  kind: "session.end-all",
  reads: (command) => [{ table: "devices", accountId: command.accountId }],
  decide(state, command, { now }) {
    const { writes, publish } = revokeDevices(state, command.accountId, null, now);
    return accept(null, writes, publish);
  },
});

export const sessionCommands = [openSession, refreshSession, endSession, endSessions];
