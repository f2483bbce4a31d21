import type { Result } from "@parley/protocol/errors.ts";

/** What the host did not take is told again after this, then after twice as long, up to the longest. */
const FIRST_AGAIN_MS = 2_000;
const LONGEST_AGAIN_MS = 60_000;

/**
 * Tells somebody a state that replaces the one told before. One that was not taken is told again until it
 * is, or until a newer one is told: the last change before a long rest must not get lost. Nobody is told
 * on behalf of an account that is gone.
 */
export function createStateTeller<State>(call: (state: State) => Promise<Result<unknown>>) {
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function say(state: State, againMs: number): Promise<void> {
    const mine = ++turn;
    clearTimeout(timer);
    const result = await call(state);
    if (result.ok || mine !== turn || result.error.code === "account_not_found") return;
    const nextMs = Math.min(LONGEST_AGAIN_MS, againMs * 2);
    timer = setTimeout(() => void say(state, nextMs), againMs);
  }

  return {
    tell: (state: State): void => void say(state, FIRST_AGAIN_MS),
    /** Nothing is told again. */
    stop(): void {
      turn += 1;
      clearTimeout(timer);
    },
  };
}
