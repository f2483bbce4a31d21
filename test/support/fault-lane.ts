import type { Socket } from "node:net";

/** What a network does to the bytes of one direction. */
export type LaneFaults = {
  /** Every segment takes this long, and up to `jitterMs` longer. Order is kept, as TCP keeps it. */
  delayMs: number;
  jitterMs: number;
  /** Chance of a segment to be lost. TCP sends it again: the stream stalls for `stallMs`. */
  loss: number;
  stallMs: number;
  /** Chance that after a lost segment the connection is reset instead. */
  reset: number;
  /** Bytes that pass in a second. */
  bytesPerSecond: number;
  /** Nothing passes, nobody is told; what was sent passes when this ends, as TCP would send it again. */
  silent: boolean;
};

export const NO_LANE_FAULTS: LaneFaults = {
  delayMs: 0,
  jitterMs: 0,
  loss: 0,
  stallMs: 250,
  reset: 0,
  bytesPerSecond: Infinity,
  silent: false,
};

const SEGMENT_BYTES = 1_400;
/** Above this the source is not read any further, so that its sender feels the narrow line. */
const QUEUE_BYTES = 65_536;

type Held = { bytes: Buffer; dueAtMs: number };

/**
 * One direction of a connection through the proxy. Bytes leave in the order in which they came, each
 * segment when the faults let it. What happens is decided by `random` alone, not by the machine's speed.
 */
export class FaultLane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #random: () => number;
  readonly #onReset: () => void;
  #faults: LaneFaults;
  #queue: Held[] = [];
  #queuedBytes = 0;
  #freeAtMs = 0;
  #lastDueMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #dead = false;
  /** Bytes handed on so far. */
  passedBytes = 0;

  constructor(options: {
    from: Socket;
    to: Socket;
    faults: LaneFaults;
    random: () => number;
    /** A lost segment became a reset of the connection. */
    onReset: () => void;
  }) {
    this.#from = options.from;
    this.#to = options.to;
    this.#random = options.random;
    this.#onReset = options.onReset;
    this.#faults = options.faults;
    this.#from.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#from.on("end", () => this.finish());
  }

  set faults(faults: LaneFaults) {
    this.#faults = faults;
    this.#pump();
  }

  /** From now on everything is swallowed, for good, and nobody is told. */
  die(): void {
    this.#dead = true;
    this.stop();
    this.#from.resume();
  }

  /** Nothing more comes in: the end follows what is still on its way. */
  finish(): void {
    this.#ended = true;
    this.#pump();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #take(chunk: Buffer): void {
    if (this.#dead) return;
    for (let from = 0; from < chunk.length; from += SEGMENT_BYTES) {
      const bytes = chunk.subarray(from, from + SEGMENT_BYTES);
      const dueAtMs = this.#dueAtMs(bytes.length);
      if (dueAtMs === undefined) return this.#onReset();
      this.#queue.push({ bytes, dueAtMs });
      this.#queuedBytes += bytes.length;
    }
    if (this.#queuedBytes > QUEUE_BYTES) this.#from.pause();
    this.#pump();
  }

  /** When a segment arrives; undefined if the connection is reset over it. */
  #dueAtMs(bytes: number): number | undefined {
    const { delayMs, jitterMs, loss, stallMs, reset, bytesPerSecond } = this.#faults;
    const nowMs = performance.now();
    this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + (bytes / bytesPerSecond) * 1000;
    let atMs = this.#freeAtMs + delayMs + this.#random() * jitterMs;
    if (this.#random() < loss) {
      if (this.#random() < reset) return undefined;
      atMs += stallMs;
    }
    this.#lastDueMs = Math.max(this.#lastDueMs, atMs);
    return this.#lastDueMs;
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#dead || this.#faults.silent) return;
    const nowMs = performance.now();
    const ready = this.#queue.findIndex((held) => held.dueAtMs > nowMs);
    const passing = this.#queue.splice(0, ready === -1 ? this.#queue.length : ready);
    for (const { bytes } of passing) {
      this.#queuedBytes -= bytes.length;
      this.passedBytes += bytes.length;
      if (this.#to.writable) this.#to.write(bytes);
    }
    if (this.#queuedBytes <= QUEUE_BYTES && this.#from.isPaused()) this.#from.resume();
    const next = this.#queue[0];
    if (next) this.#timer = setTimeout(() => this.#pump(), Math.max(1, next.dueAtMs - nowMs));
    else if (this.#ended) this.#to.end();
  }
}
