import type { Cancel, Clock, NetworkEvents, PowerEvents } from "@parley/client/connection/ports.ts";

/** How often the system is asked whether there is a network; it tells of nothing by itself. */
const LOOK_EVERY_MS = 3_000;

/** What the app uses of Electron's powerMonitor. */
export type PowerMonitorPort = {
  on(name: "resume" | "unlock-screen", listener: () => void): unknown;
  off(name: "resume" | "unlock-screen", listener: () => void): unknown;
};

/** Waking up, from the system and from a clock that jumped: either may miss what the other sees. */
export function systemPower(monitor: PowerMonitorPort, jumps: PowerEvents): PowerEvents {
  return {
    onWake: (listener) => {
      const cancel = jumps.onWake(listener);
      monitor.on("resume", listener);
      monitor.on("unlock-screen", listener);
      return () => {
        cancel();
        monitor.off("resume", listener);
        monitor.off("unlock-screen", listener);
      };
    },
  };
}

/** Coming and going of the network, by looking. */
export function systemNetwork(isOnline: () => boolean, clock: Clock): NetworkEvents {
  const listeners = new Set<(online: boolean) => void>();
  let was = true;
  let timer: Cancel | undefined;

  function look(): void {
    timer = clock.setTimer(() => {
      look();
      const online = isOnline();
      if (online === was) return;
      was = online;
      for (const listener of listeners) listener(online);
    }, LOOK_EVERY_MS);
  }

  return {
    onChange: (listener) => {
      if (listeners.size === 0) {
        was = isOnline();
        look();
      }
      listeners.add(listener);
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        timer?.();
      };
    },
  };
}
