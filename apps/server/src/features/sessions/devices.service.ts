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
  };
}

/** V11: revokes devices of an account and says so to their connections. */
export function revokeDevices(
  state: State,
  accountId: AccountId,
  except: DeviceId | null,
  now: number,
): { writes: Write[]; publish: Publication[] } {
  const standing = state
    .devicesOf(accountId)
    .filter((device) => device.revokedAt === null && device.deviceId !== except);
  return {
    writes: standing.map((row) => ({ put: "device", row: { ...row, revokedAt: now } })),
    publish: [
      {
        kind: "session-ended",
        accountId,
        deviceId: null,
        exceptDeviceId: except,
        code: "session_revoked",
      },
    ],
  };
}

/** V11: revokes one device and says so to its connections. */
export function revokeDevice(
  device: DeviceRow,
  now: number,
): { writes: Write[]; publish: Publication[] } {
  const { accountId, deviceId } = device;
  return {
    writes: [{ put: "device", row: { ...device, revokedAt: now } }],
    publish: [
      { kind: "session-ended", accountId, deviceId, exceptDeviceId: null, code: "session_revoked" },
    ],
  };
}
