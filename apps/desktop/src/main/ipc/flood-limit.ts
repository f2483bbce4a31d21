/** A page at its start pulls many chats at once. */
const BURST_CALLS = 1_000;
/** Far above what a page calls while it is used. */
const CALLS_PER_SECOND = 200;

/** Limits how many calls one window may make: a bucket that fills with time. */
export class FloodLimit {
  #tokens = BURST_CALLS;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Counts a call. 0: it may pass; otherwise how long to wait, in ms. */
  waitMs(nowMs: number): number {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#tokens = Math.min(BURST_CALLS, this.#tokens + (passedMs * CALLS_PER_SECOND) / 1_000);
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 1_000) / CALLS_PER_SECOND);
    this.#tokens -= 1;
    return 0;
  }
}
