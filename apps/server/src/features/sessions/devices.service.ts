import { failure } from "@parley/protocol/errors.ts";
import type { DeviceInfo } from "@parley/protocol/http/accounts.ts";
import type { AccountId, DeviceId } from "@parley/protocol/ids.ts";
import type { State, Write } from "../../storage/command.ts";
import type { Publication } from "../../storage/publication.ts";
import type { DeviceRow } from "../../storage/rows.ts";
import { FIRST_GENERATION } from "./rotation.ts";

/** A device in the state in which signing in leaves it. */
export function newDevice(
  command: { deviceId: DeviceId; accountId: AccountId; device: DeviceInfo },
  now: number,
): DeviceRow {
  return {
    deviceId: command.deviceId,
    accountId: command.accountId,
    name: command.device.name,
    platform: command.device.platform,
    createdAt: now,
    lastSeenAt: now,
    generation: FIRST_GENERATION,
    revokedAt: null,
    revokedBy: null,
  };
}

/** Whose doing it is that a device is signed out: a device of the same account, or nobody's. */
type By = Pick<DeviceRow, "deviceId" | "name"> | null;

/** V11, V57: revokes devices of an account; says so to their connections, and to those that stay. */
export function revokeDevices(
  state: State,
  accountId: AccountId,
  { except, by, now }: { except: DeviceId | null; by: By; now: number },
): { writes: Write[]; publish: Publication[] } {
  const standing = state
    .devicesOf(accountId)
    .filter((device) => device.revokedAt === null && device.deviceId !== except);
  return {
    writes: standing.map((row) => ({ put: "device", row: revoked(row, by, now) })),
    publish: [
      {
        kind: "session-ended",
        accountId,
        deviceId: null,
        exceptDeviceId: except,
        code: "session_revoked",
        endedBy: by?.name ?? null,
      },
      { kind: "devices", accountId },
    ],
  };
}

/** V11, V57: revokes one device; says so to its connections, and to the account's others. */
export function revokeDevice(
  device: DeviceRow,
  by: By,
  now: number,
): { writes: Write[]; publish: Publication[] } {
  const { accountId, deviceId } = device;
  return {
    writes: [{ put: "device", row: revoked(device, by, now) }],
    publish: [
      {
        kind: "session-ended",
        accountId,
        deviceId,
        exceptDeviceId: null,
        code: "session_revoked",
        endedBy: by === null || by.deviceId === deviceId ? null : by.name,
      },
      { kind: "devices", accountId },
    ],
  };
}

function revoked(device: DeviceRow, by: By, now: number): DeviceRow {
  // Whoever signs itself out needs no word of who it was.
  const isOther = by !== null && by.deviceId !== device.deviceId;
  return { ...device, revokedAt: now, revokedBy: isOther ? by.deviceId : null };
}

/** V57: what a device is told that is signed out: that it is, and from which device. */
export function sessionRevoked(by: Pick<DeviceRow, "name"> | undefined) {
  return failure(
    "session_revoked",
    "This session has ended. Sign in again.",
    by && { endedBy: by.name },
  );
}

/** A device of the account that is signed in: only such a one may act for the account. */
export function standingDevice(
  state: State,
  accountId: AccountId,
  deviceId: DeviceId,
): DeviceRow | undefined {
  const device = state.device(deviceId);
  return device?.accountId === accountId && device.revokedAt === null ? device : undefined;
}
