import { LIMITS } from "@parley/protocol/limits.ts";

/** Outcome of a try. `undefined` from the check itself (too busy) counts as no try at all. */
export type Tried =
  | { kind: "paused"; retryAfterMs: number }
  | { kind: "busy" }
  | { kind: "right" }
  | { kind: "wrong"; triesLeft: number };

const PAUSE_MS = LIMITS.signInPauseSeconds * 1000;
/** A handle's failures are forgotten this long after the last one. */
const FORGET_MS = 15 * 60_000;
/** Handles remembered at once; past it the ones tried longest ago are forgotten first. */
const MAX_HANDLES = 50_000;
/** Tries of one handle that may wait for each other. */
const MAX_WAITING = 32;

type Failures = { count: number; lastAtMs: number; pausedUntilMs: number };
type Line = { tail: Promise<unknown>; waiting: number };

/**
 * V12: after LIMITS.signInTries failures a handle pauses, whatever the address, and whether or not
 * there is such an account. Tries of one handle run one after the other, so that many at once get no
 * extra guesses and those with the right password all pass. Lives in memory: a restart forgives.
 */
export class SignInThrottle {
  readonly #failures = new Map<string, Failures>();
  readonly #lines = new Map<string, Line>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /**
   * Runs `check` for a handle (by foldHandle) unless it pauses. `check` answers whether the password
   * is right, or undefined when it could not be looked at.
   */
  async attempt(handle: string, check: () => Promise<boolean | undefined>): Promise<Tried> {
    const line = this.#lines.get(handle) ?? { tail: Promise.resolve(), waiting: 0 };
    if (line.waiting >= MAX_WAITING) return { kind: "busy" };
    line.waiting += 1;
    this.#lines.set(handle, line);
    const outcome = line.tail.then(() => this.#tryNow(handle, check));
    // The next one in line waits for this one, however it ends; its error goes to its own caller.
    line.tail = outcome.catch(() => undefined);
    try {
      return await outcome;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.#lines.delete(handle);
    }
  }

  async #tryNow(handle: string, check: () => Promise<boolean | undefined>): Promise<Tried> {
    const pausedForMs = this.#pausedForMs(handle);
    if (pausedForMs > 0) return { kind: "paused", retryAfterMs: pausedForMs };
    const right = await check();
    if (right === undefined) return { kind: "busy" };
    if (right) {
      this.#failures.delete(handle);
      return { kind: "right" };
    }
    return { kind: "wrong", triesLeft: this.#countFailure(handle) };
  }

  #pausedForMs(handle: string): number {
    const failures = this.#failures.get(handle);
    if (!failures) return 0;
    // Clocks are put back: a pause that is longer than any begins now.
    failures.pausedUntilMs = Math.min(failures.pausedUntilMs, this.#nowMs() + PAUSE_MS);
    return failures.pausedUntilMs - this.#nowMs();
  }

  #countFailure(handle: string): number {
    const now = this.#nowMs();
    const known = this.#failures.get(handle);
    const goesOn = known && known.pausedUntilMs === 0 && now - known.lastAtMs <= FORGET_MS;
    const count = (goesOn ? known.count : 0) + 1;
    const pauses = count >= LIMITS.signInTries;
    const pausedUntilMs = pauses ? now + PAUSE_MS : 0;
    // Set anew, so that the order of the map is the order of the last try.
    this.#failures.delete(handle);
    this.#failures.set(handle, { count, lastAtMs: now, pausedUntilMs });
    const oldest = this.#failures.size > MAX_HANDLES ? this.#failures.keys().next() : undefined;
    if (oldest?.done === false) this.#failures.delete(oldest.value);
    return LIMITS.signInTries - count;
  }
}
