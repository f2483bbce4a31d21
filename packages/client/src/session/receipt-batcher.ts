import type { Result } from "@parley/protocol/errors.ts";
import { isRetryable } from "@parley/protocol/errors.ts";
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
};

const PACE_MS = Math.ceil(1000 / LIMITS.receiptBatchesPerSecond);
const RETRY_MS = 2_000;

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
 * LIMITS.receiptBatchesPerSecond a second and one on its way at a time. A mark is kept until it was
 * acknowledged. One that the server refuses for good, or that is of another data epoch (S6c), is found
 * by halving the batch, and dropped.
 */
export class ReceiptBatcher {
  readonly #options: Options;
  readonly #waiting = new Map<ChatId, Mark>();
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
    for (const mark of marks) {
      const waiting = this.#waiting.get(mark.chatId);
      this.#waiting.set(mark.chatId, {
        chatId: mark.chatId,
        deliveredSeq: higher(waiting?.deliveredSeq, mark.deliveredSeq),
        readSeq: higher(waiting?.readSeq, mark.readSeq),
      });
    }
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
    if (!this.#isUp || this.#inFlight || this.#timer || this.#waiting.size === 0) return;
    const waitMs = Math.min(RETRY_MS, Math.max(0, this.#nextAtMs - this.#options.clock.nowMs()));
    this.#timer = this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      void this.#flush();
    }, waitMs);
  }

  async #flush(): Promise<void> {
    const batch = [...this.#waiting.values()].slice(0, this.#limit).map(tidy);
    if (batch.length === 0) return;
    this.#inFlight = true;
    this.#nextAtMs = this.#options.clock.nowMs() + PACE_MS;
    const sent = await this.#options.send(batch);
    this.#inFlight = false;
    if (sent.ok) this.#acknowledge(batch);
    else this.#failed(batch, sent.error);
    this.#schedule();
  }

  #acknowledge(batch: readonly Mark[]): void {
    this.#limit = Math.min(LIMITS.receiptMarks, this.#limit * 2);
    for (const mark of batch) {
      const waiting = this.#waiting.get(mark.chatId);
      if (waiting && covers(mark, waiting)) this.#waiting.delete(mark.chatId);
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
