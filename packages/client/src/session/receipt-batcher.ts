import { failure, isRetryable, type Result } from "@parley/protocol/errors.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Cancel, Clock, Log } from "../connection/ports.ts";

export type Mark = {
  chatId: ChatId;
  deliveredSeq?: number | undefined;
  readSeq?: number | undefined;
};

type Options = {
  clock: Clock;
  log: Log;
  send: (marks: Mark[]) => Promise<Result<unknown>>;
  /** V43: how long a mark may wait, in ms; without it nothing waits. */
  patienceMs?: (mark: Mark) => number;
};

type Waiting = { mark: Mark; dueAtMs: number };

const PACE_MS = Math.ceil(1000 / LIMITS.receiptBatchesPerSecond);
const RETRY_MS = 2_000;
/** Clocks are put back: nothing waits longer than this, whatever they say. */
const LONGEST_WAIT_MS = LIMITS.receiptPatienceMs;

function higher(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}

/** Whether `sent` says all that `mark` says. */
function covers(sent: Mark, mark: Mark): boolean {
  return (
    (mark.deliveredSeq ?? 0) <= (sent.deliveredSeq ?? 0) &&
    (mark.readSeq ?? 0) <= (sent.readSeq ?? 0)
  );
}

/** JSON leaves out what is undefined, but schemas with exact optional keys would not take it. */
function tidy(mark: Mark): Mark {
  return {
    chatId: mark.chatId,
    ...(mark.deliveredSeq !== undefined && { deliveredSeq: mark.deliveredSeq }),
    ...(mark.readSeq !== undefined && { readSeq: mark.readSeq }),
  };
}

/**
 * S8: merges the receipt marks of all windows into one batch per connection, at most
 * LIMITS.receiptBatchesPerSecond a second and one on its way at a time. V43: a mark may wait; the first
 * one that is due takes all along. A mark is kept until it was acknowledged. One that the server refuses for good, or that is of another data epoch (S6c), is found
 * by halving the batch, and dropped.
 */
export class ReceiptBatcher {
  readonly #options: Options;
  readonly #waiting = new Map<ChatId, Waiting>();
  #isUp = false;
  #inFlight = false;
  #nextAtMs = 0;
  #limit: number = LIMITS.receiptMarks;
  #timer: Cancel | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Merges marks into what waits: they only grow. */
  add(marks: readonly Mark[]): void {
    const nowMs = this.#options.clock.nowMs();
    for (const mark of marks) {
      const waiting = this.#waiting.get(mark.chatId);
      const merged = {
        chatId: mark.chatId,
        deliveredSeq: higher(waiting?.mark.deliveredSeq, mark.deliveredSeq),
        readSeq: higher(waiting?.mark.readSeq, mark.readSeq),
      };
      const dueAtMs = nowMs + (this.#options.patienceMs?.(mark) ?? 0);
      this.#waiting.set(mark.chatId, {
        mark: merged,
        dueAtMs: Math.min(waiting?.dueAtMs ?? Infinity, dueAtMs),
      });
    }
    this.#schedule();
  }

  /** V43: what waits is due now. */
  hurry(): void {
    for (const waiting of this.#waiting.values()) waiting.dueAtMs = 0;
    this.#schedule();
  }

  /** Whether the connection can carry marks now. */
  setUp(isUp: boolean): void {
    this.#isUp = isUp;
    if (isUp) this.#schedule();
    else this.#cancelTimer();
  }

  stop(): void {
    this.setUp(false);
    this.forget();
  }

  /** S6c: the server's data began anew, so marks that wait mean nothing any more. */
  forget(): void {
    this.#waiting.clear();
  }

  #cancelTimer(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#cancelTimer();
    if (!this.#isUp || this.#inFlight || this.#waiting.size === 0) return;
    const dueAtMs = Math.min(...[...this.#waiting.values()].map((waiting) => waiting.dueAtMs));
    const atMs = Math.max(this.#nextAtMs, dueAtMs);
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, atMs - this.#options.clock.nowMs()));
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      void this.#flush();
    }, waitMs);
  }

  async #flush(): Promise<void> {
    // What need not go yet rides along, after what has to.
    const batch = [...this.#waiting.values()]
      .toSorted((a, b) => a.dueAtMs - b.dueAtMs)
      .slice(0, this.#limit)
      .map(({ mark }) => tidy(mark));
    if (batch.length === 0) return;
    this.#inFlight = true;
    this.#nextAtMs = this.#options.clock.nowMs() + PACE_MS;
    // Whatever fails on the way: the batch is not in flight any more, and nobody would send the next.
    const sent = await this.#options
      .send(batch)
      .catch((cause: unknown) => failure("internal", String(cause)));
    this.#inFlight = false;
    if (sent.ok) this.#acknowledge(batch);
    else this.#failed(batch, sent.error);
    this.#schedule();
  }

  #acknowledge(batch: readonly Mark[]): void {
    this.#limit = Math.min(LIMITS.receiptMarks, this.#limit * 2);
    for (const mark of batch) {
      const waiting = this.#waiting.get(mark.chatId);
      if (waiting && covers(mark, waiting.mark)) this.#waiting.delete(mark.chatId);
    }
  }

  #failed(
    batch: readonly Mark[],
    error: { code: Parameters<typeof isRetryable>[0]; retryAfterMs?: number | undefined },
  ): void {
    // Sent again it would wait until the numbers fit, and then claim what nobody has read.
    if (isRetryable(error.code) && error.code !== "epoch_changed") {
      this.#nextAtMs = this.#options.clock.nowMs() + (error.retryAfterMs ?? RETRY_MS);
      return;
    }
    if (batch.length > 1) {
      this.#limit = Math.ceil(batch.length / 2);
      return;
    }
    this.#options.log.warn("A receipt was refused and dropped.", { code: error.code });
    this.#acknowledge(batch);
  }
}
