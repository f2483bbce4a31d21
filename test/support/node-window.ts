import { setImmediate as nextTurn } from "node:timers/promises";

import type { SessionHost } from "@parley/client/session/session-host.ts";
import { bridgeOver, type HostLine } from "@parley/client/sync/bridge-over.ts";
import type { SyncLog } from "@parley/client/sync/ports.ts";
import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import { BRIDGE_VERSION } from "@parley/protocol/versions.ts";

/** Build that hosts and windows in Node belong to. */
export const NODE_BUILD = "node-build";

/** A window without a screen: the real bridge over a line of this process. */
export type NodeWindow = {
  readonly bridge: Bridge;
  /** From now on the window neither says nor hears anything, as after a crash. */
  die(): void;
};

/** Opens a window at a session host of this process. Frames are copied, and each takes a turn. */
export async function openNodeWindow(host: SessionHost, log: SyncLog): Promise<NodeWindow> {
  let alive = true;
  let toWindow: (frame: unknown) => void = () => undefined;
  let toHost: (frame: unknown) => void = () => undefined;
  let gone: () => void = () => undefined;
  const inTurn = (run: () => void): void => {
    void nextTurn().then(() => {
      if (alive) run();
    });
  };
  host.attach({
    post: (frame) => {
      const copy = structuredClone(frame);
      inTurn(() => toWindow(copy));
    },
    listen: (listener) => {
      toHost = (frame) => listener.frame(frame);
      gone = () => listener.liveness("gone");
    },
  });
  const line: HostLine = {
    post: (frame) => {
      const copy = structuredClone(frame);
      inTurn(() => toHost(copy));
    },
    listen: (received) => {
      toWindow = received;
    },
  };
  const bridge = bridgeOver(line, log);
  const windowId = crypto.randomUUID();
  const hello = { bridgeVersion: BRIDGE_VERSION, build: NODE_BUILD, windowId };
  const answer = await bridge.call("host:hello", hello);
  if (!answer.ok) throw new Error(`the host refused the window: ${answer.error.message}`);
  return {
    bridge,
    die: () => {
      alive = false;
      gone();
    },
  };
}
