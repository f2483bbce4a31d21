/** Lets through `perSecond` on average and `burst` at once. Pure but for its own level. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #level: number;
  #filledAtMs: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#level = burst;
    this.#filledAtMs = nowMs;
  }

  /** Takes one token: 0 if there was one, else the milliseconds until there will be. */
  take(nowMs: number): number {
    // A clock that was set back fills nothing and takes nothing.
    const passedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#level = Math.min(this.#burst, this.#level + (passedMs / 1000) * this.#perSecond);
    this.#filledAtMs = nowMs;
    if (this.#level >= 1) {
      this.#level -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#level) / this.#perSecond) * 1000);
  }
}
