import type { Device } from "@parley/protocol/http/accounts.ts";
import type { AccountId, DeviceId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { StorageReads } from "./port.ts";

/** V57: the account's devices as it is told of them. `connected`: those that have a connection. */
export async function listedDevices(
  storage: Pick<StorageReads, "sessions">,
  accountId: AccountId,
  connected: ReadonlySet<DeviceId>,
): Promise<Device[]> {
  const rows = await storage.sessions(accountId, LIMITS.listedDevices);
  return rows.map(({ deviceId, name, platform, createdAt, lastSeenAt }) => ({
    deviceId,
    name,
    platform,
    createdAt,
    lastSeenAt,
    connected: connected.has(deviceId),
  }));
}
