import { hash, verify } from "@node-rs/argon2";
import { randomBytes } from "node:crypto";

/** What accounts need of passwords. `undefined` means: too many wait already, try later. */
export type PasswordHasher = {
  hash(password: string): Promise<string | undefined>;
  /** Against `undefined` (no such account) it does the same work and answers false (V12). */
  verify(hashed: string | undefined, password: string): Promise<boolean | undefined>;
};

/** OWASP's first recommendation for argon2id (the library's default algorithm): 19 MiB, 2 passes. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
/** Each takes a core and 19 MiB for some tens of milliseconds; Node's pool has four threads. */
const AT_ONCE = 2;
const WAITING = 200;

/** Runs at most `atOnce` jobs at once and lets at most `waiting` wait; more are turned away. */
class Gate {
  #running = 0;
  readonly #queue: (() => void)[] = [];
  readonly #atOnce: number;
  readonly #waiting: number;

  constructor(atOnce: number, waiting: number) {
    this.#atOnce = atOnce;
    this.#waiting = waiting;
  }

  async run<T>(job: () => Promise<T>): Promise<T | undefined> {
    if (this.#running >= this.#atOnce) {
      if (this.#queue.length >= this.#waiting) return undefined;
      await new Promise<void>((resolve) => {
        this.#queue.push(resolve);
      });
    } else {
      this.#running += 1;
    }
    try {
      return await job();
    } finally {
      // The place is handed on, not given up: nobody can slip in between.
      const next = this.#queue.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/**
 * argon2id, a bounded number at once so that sign-ins cannot take the machine.
 * Text is normalised (NFC) first: the same password typed on another system is the same.
 */
export function createPasswordHasher(
  limits = { atOnce: AT_ONCE, waiting: WAITING },
): PasswordHasher {
  const gate = new Gate(limits.atOnce, limits.waiting);
  // A hash that nothing matches, made with the same parameters: the work for an unknown handle.
  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => gate.run(() => hash(password.normalize("NFC"), PARAMETERS)),
    verify: (hashed, password) =>
      gate.run(async () => {
        decoy ??= hash(randomBytes(32), PARAMETERS);
        const matches = await verify(hashed ?? (await decoy), password.normalize("NFC"));
        return matches && hashed !== undefined;
      }),
  };
}
