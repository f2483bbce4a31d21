import type { Cancel, Clock, PowerEvents } from "./ports.ts";

/** How often the clock is looked at, and what jump of it means that the machine slept. */
const LOOK_EVERY_MS = 5_000;
const JUMP_MS = 10_000;

/**
 * Power events for places that have none of their own, such as a worker: timers stand still in
 * sleep, so a clock that ran ahead of its timer tells of one. A clock that is set by hand looks the
 * same, which costs one needless check.
 */
export function clockJumps(clock: Clock): PowerEvents {
  const listeners = new Set<() => void>();
  let cancel: Cancel | undefined;

  function look(): void {
    const setAtMs = clock.nowMs();
    cancel = clock.setTimer(() => {
      const sleptMs = clock.nowMs() - setAtMs - LOOK_EVERY_MS;
      look();
      if (Math.abs(sleptMs) >= JUMP_MS) for (const listener of listeners) listener();
    }, LOOK_EVERY_MS);
  }

  return {
    onWake: (listener) => {
      listeners.add(listener);
      if (!cancel) look();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        cancel?.();
        cancel = undefined;
      };
    },
  };
}
