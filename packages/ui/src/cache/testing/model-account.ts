import type { ModelDevice, ModelWindow } from "@parley/client/sync/testing/model-device.ts";
import { watchAssignments } from "@parley/client/sync/assignments.ts";
import type { ModelWorld } from "@parley/client/sync/testing/model-world.ts";
import type { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { splitAccountKey } from "@parley/protocol/ids.ts";
import type { AccountSession } from "../account-session.ts";
import type { Live } from "../live.ts";
import { openAccount } from "../open-account.ts";
import type { PeerChannel } from "../peers.ts";

/** Within the time of a test, also on a machine that does much else. */
const PATIENCE_MS = 30_000;

/** Waits until a live model is as wanted; fails with its last value after PATIENCE_MS. */
export function until<T>(live: Live<T>, wanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const value = live.get();
      if (value === undefined || !wanted(value)) return;
      clearTimeout(timer);
      stop();
      resolve(value);
    };
    const stop = live.subscribe(look);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`It stayed ${JSON.stringify(live.get())}`));
    }, PATIENCE_MS);
    look();
  });
}

/** Channels between the windows of one device, in memory. */
export function peerHub(): () => PeerChannel {
  const listeners = new Set<(message: unknown) => void>();
  return () => {
    let own: ((message: unknown) => void) | undefined;
    return {
      post: (message) => {
        const copy: unknown = structuredClone(message);
        for (const listener of listeners)
          if (listener !== own) queueMicrotask(() => listener(copy));
      },
      listen: (listener) => {
        own = listener;
        listeners.add(listener);
      },
      close: () => {
        if (own !== undefined) listeners.delete(own);
      },
    };
  };
}

export type OpenedWindow = { session: AccountSession; window: ModelWindow };

/** Opens a device's account in a new window, as an app does. */
export async function openWindow(
  world: ModelWorld,
  device: ModelDevice,
  peers: () => PeerChannel,
): Promise<OpenedWindow> {
  const { window, bridge, start } = device.attach();
  const { serverId, accountId } = splitAccountKey(device.accountKey);
  const i = world.accounts.indexOf(accountId);
  const account: HostedAccount = {
    accountKey: device.accountKey,
    serverId,
    serverUrl: "http://127.0.0.1",
    me: { accountId, handle: `person${i}`, name: `Person ${i}`, role: "user" },
    deviceName: "test",
  };
  watchAssignments(bridge);
  start();
  const session = await openAccount(bridge, account, {
    clock: world.clock,
    log: { warn: () => undefined },
    peers: peers(),
  });
  return { session, window };
}
