import { failure, type Result, success } from "@parley/protocol/errors.ts";

export type ArrivalLimits = {
  /** Connections that are greeted at a time. */
  arrivalsAtOnce: number;
  /** Who would have to wait longer is told when to come again. */
  arrivalWaitMs: number;
  /** After this long a connection counts as greeted, whatever it does. */
  arrivalHoldMs: number;
};

/** A place among those that are greeted now. Leaving it again changes nothing. */
export type Place = { leave(): void };

type Waiting = { resolve: (place: Result<Place>) => void; gone: boolean };

/** What is assumed until it is known how fast arrivals are greeted, and never fallen below. */
const FIRST_PER_SECOND = 100;
const LEAST_PER_SECOND = 20;
/** How much of the known pace stays when a new stretch is measured. */
const INERTIA = 0.7;
const STRETCH_MS = 500;
/** No place is kept free for longer: who is sent away comes again at the latest after this. */
const LONGEST_AWAY_MS = 30_000;

/**
 * V38: the door. So many connections are greeted at a time; others wait in the order in which they
 * came; and when the wait would be too long, each is told a time of its own to come again, at the pace
 * at which arrivals are greeted. So a crowd comes in as fast as the server can, and no faster.
 */
export class Arrivals {
  readonly #limits: ArrivalLimits;
  readonly #nowMs: () => number;
  #inside = 0;
  #queue: Waiting[] = [];
  /** Pace of greeting, measured while somebody waits. */
  #perSecond = FIRST_PER_SECOND;
  #stretch: { sinceMs: number; greeted: number } | undefined;
  /** Up to when places are promised to those who were sent away. */
  #promisedUntilMs = 0;

  constructor(limits: ArrivalLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Asks for a place: at once, after a wait, or `busy` with the time to come again. `onGone` is handed
   * what to call when whoever asked is gone before its turn.
   */
  enter(onGone: (leave: () => void) => void): Promise<Result<Place>> {
    if (this.#inside < this.#limits.arrivalsAtOnce) return Promise.resolve(success(this.#place()));
    const waitMs = (this.#queue.length / this.#perSecond) * 1000;
    if (waitMs > this.#limits.arrivalWaitMs) return Promise.resolve(this.#sendAway(waitMs));
    const { promise, resolve } = Promise.withResolvers<Result<Place>>();
    const waiting: Waiting = { resolve, gone: false };
    this.#stretch ??= { sinceMs: this.#nowMs(), greeted: 0 };
    this.#queue.push(waiting);
    onGone(() => {
      waiting.gone = true;
    });
    return promise;
  }

  #sendAway(waitMs: number): Result<never> {
    const nowMs = this.#nowMs();
    const soonestMs = Math.max(nowMs + waitMs, this.#promisedUntilMs);
    this.#promisedUntilMs = Math.min(soonestMs + 1000 / this.#perSecond, nowMs + LONGEST_AWAY_MS);
    const retryAfterMs = Math.ceil(this.#promisedUntilMs - nowMs);
    return failure("busy", "Many return at once. Come again a little later.", { retryAfterMs });
  }

  #place(): Place {
    this.#inside += 1;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      clearTimeout(overdue);
      this.#inside -= 1;
      this.#count();
      this.#callNext();
    };
    const overdue = setTimeout(leave, this.#limits.arrivalHoldMs);
    overdue.unref();
    return { leave };
  }

  #callNext(): void {
    while (this.#inside < this.#limits.arrivalsAtOnce) {
      const next = this.#queue.shift();
      if (!next) {
        this.#stretch = undefined;
        return;
      }
      if (!next.gone) next.resolve(success(this.#place()));
    }
  }

  /** The pace is known only from stretches in which all places were taken. */
  #count(): void {
    if (!this.#stretch) return;
    this.#stretch.greeted += 1;
    const nowMs = this.#nowMs();
    const lastedMs = nowMs - this.#stretch.sinceMs;
    if (lastedMs < STRETCH_MS) return;
    const perSecond = (this.#stretch.greeted / lastedMs) * 1000;
    this.#perSecond = Math.max(
      LEAST_PER_SECOND,
      this.#perSecond * INERTIA + perSecond * (1 - INERTIA),
    );
    this.#stretch = { sinceMs: nowMs, greeted: 0 };
  }
}
