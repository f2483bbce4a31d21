import type { Clock } from "../connection/ports.ts";

type Timer = { id: number; atMs: number; run: () => void };

/** Lets everything that only waits for promises go as far as it can. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** Deterministic time: timers run in order of their time, then of their making, when time is moved. */
export class FakeClock implements Clock {
  #nowMs: number;
  #timers: Timer[] = [];
  #nextId = 1;
  #random: () => number;

  constructor(startMs = 1_700_000_000_000, random: () => number = () => 0.5) {
    this.#nowMs = startMs;
    this.#random = random;
  }

  get timerCount(): number {
    return this.#timers.length;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  random(): number {
    return this.#random();
  }

  setTimer(run: () => void, afterMs: number): () => void {
    const timer = { id: this.#nextId++, atMs: this.#nowMs + Math.max(0, afterMs), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other.id !== timer.id);
    };
  }

  /** Moves time on, running what becomes due and letting promises settle in between. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settled();
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.atMs <= untilMs)
        .toSorted((a, b) => a.atMs - b.atMs || a.id - b.id)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await settled();
    }
    this.#nowMs = untilMs;
    await settled();
  }

  /** The machine slept: time passed, but no timer ran. */
  sleep(forMs: number): void {
    this.#nowMs += forMs;
    this.#timers = this.#timers.map((timer) => ({ ...timer, atMs: timer.atMs + forMs }));
  }
}
