import { patienceMs } from "@parley/client/session/receipt-patience.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";

import type { Connection } from "./connection.ts";

const INTERVAL_MS = 1000 / LIMITS.receiptBatchesPerSecond;

/**
 * S8: acknowledges what a connection receives as the client does: one merged batch at most every
 * 250 ms, delivered and read in one (everybody has the chat open). V43: in large groups it waits as
 * long as the client of an account with one device does.
 */
export class Receipts {
  readonly #connection: Connection;
  readonly #memberCount: number;
  readonly #marks = new Map<ChatId, number>();
  #timer: NodeJS.Timeout | undefined;
  #inFlight = 0;
  #batches = 0;
  #putOff = 0;

  constructor(connection: Connection, memberCount: number) {
    this.#connection = connection;
    this.#memberCount = memberCount;
    const before = connection.onEvent;
    connection.onEvent = (event) => {
      before(event);
      if (event.senderId === connection.accountId) return;
      this.#mark(event.chatId, event.seq);
    };
  }

  #mark(chatId: ChatId, seq: number): void {
    this.#marks.set(chatId, Math.max(seq, this.#marks.get(chatId) ?? 0));
    const patience = patienceMs(
      { chatId, deliveredSeq: seq, readSeq: seq },
      { memberCount: this.#memberCount, others: 0, random: Math.random() },
    );
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#flush();
      },
      Math.max(INTERVAL_MS, patience),
    );
  }

  #flush(): void {
    const marks = [...this.#marks].map(([chatId, seq]) => ({
      chatId,
      deliveredSeq: seq,
      readSeq: seq,
    }));
    this.#marks.clear();
    this.#inFlight += 1;
    this.#batches += 1;
    this.#connection.request("receipt:put", { marks }, (reply) => {
      this.#inFlight -= 1;
      if (!("error" in reply)) return;
      this.#putOff += 1;
      for (const mark of marks) this.#mark(mark.chatId, mark.readSeq);
    });
  }

  get isIdle(): boolean {
    return this.#timer === undefined && this.#inFlight === 0;
  }

  get batches(): number {
    return this.#batches;
  }

  /** Batches that the server put off and that went again. */
  get putOff(): number {
    return this.#putOff;
  }
}

const POLL_MS = 20;
const SETTLE_TIMEOUT_MS = 15_000;

/** Waits until all marks are with the server. */
export async function settled(receipts: readonly Receipts[]): Promise<void> {
  const until = performance.now() + SETTLE_TIMEOUT_MS;
  while (receipts.some((one) => !one.isIdle)) {
    if (performance.now() > until) throw new Error("receipts do not settle");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
