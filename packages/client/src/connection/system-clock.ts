import type { Clock } from "./ports.ts";

/** A timer that is set for longer, about 25 days, would run out at once. */
const LONGEST_MS = 2_147_483_647;

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
  setTimer: (run, afterMs) => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number): void => {
      const isLong = leftMs > LONGEST_MS;
      timer = setTimeout(
        () => (isLong ? wait(leftMs - LONGEST_MS) : run()),
        isLong ? LONGEST_MS : leftMs,
      );
    };
    wait(afterMs);
    return () => clearTimeout(timer);
  },
};
