import type { ListedDevice } from "@parley/protocol/http/accounts.ts";

/** This device first, then those that are connected, then by when somebody was last there. */
export function inOrder(devices: readonly ListedDevice[]): ListedDevice[] {
  return devices.toSorted(
    (a, b) =>
      Number(b.current) - Number(a.current) ||
      Number(b.connected) - Number(a.connected) ||
      b.lastSeenAt - a.lastSeenAt ||
      (a.deviceId < b.deviceId ? -1 : 1),
  );
}
