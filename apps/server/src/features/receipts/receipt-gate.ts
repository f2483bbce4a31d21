import type { Result } from "@parley/protocol/errors.ts";
import type { Storage } from "../../storage/port.ts";
import type { PutReceipts, ReadMove } from "./receipts.commands.ts";

type Waiting = { command: PutReceipts; settle: (result: Result<ReadMove[]>) => void };

/** Under load, batches of many connections share a commit: one for each of these spans at most. */
const GATHER_MS = 50;
/** So many batches do not wait any longer. */
const GATHERED = 256;

/**
 * V43: the way of receipts into storage. On a quiet server a batch is committed at once; what comes
 * soon after another one waits a moment for its like, because a commit costs more than a batch.
 */
export class ReceiptGate {
  readonly #storage: Pick<Storage, "transact">;
  readonly #nowMs: () => number;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastMs = -Infinity;

  constructor(storage: Pick<Storage, "transact">, nowMs: () => number = () => performance.now()) {
    this.#storage = storage;
    this.#nowMs = nowMs;
  }

  /** Resolves when the batch is committed or refused. */
  put(command: PutReceipts): Promise<Result<ReadMove[]>> {
    return new Promise((settle) => {
      this.#waiting.push({ command, settle });
      const waitMs = this.#lastMs + GATHER_MS - this.#nowMs();
      if (waitMs <= 0 || this.#waiting.length >= GATHERED) this.#commit();
      else this.#timer ??= setTimeout(() => this.#commit(), waitMs);
    });
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastMs = this.#nowMs();
    const waiting = this.#waiting;
    this.#waiting = [];
    void this.#storage.transact(
      waiting.map(({ command }) => command),
      (results) => {
        for (const [index, result] of results.entries()) waiting[index]?.settle(result);
      },
    );
  }
}
