import type { CountsChange } from "@parley/protocol/chat.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import type { Connection } from "../connection/connection.ts";
import type { Clock, Log } from "../connection/ports.ts";
import { type Mark, ReceiptBatcher } from "./receipt-batcher.ts";
import { patienceMs } from "./receipt-patience.ts";

type Deps = {
  clock: Clock;
  log: Log;
  request: Connection["request"];
  /** Members of a chat as far as they are known; 0 if not. */
  memberCountOf: (chatId: ChatId) => number;
  /** V34: numbers that came with an answer. */
  counted: (counts: readonly CountsChange[]) => void;
};

/** S8, V43: the receipts of an account's connection, and how patient it may be with them. */
export class AccountReceipts {
  readonly #deps: Deps;
  readonly #batcher: ReceiptBatcher;
  #others = 0;

  constructor(deps: Deps) {
    const { clock, log, memberCountOf } = deps;
    this.#deps = deps;
    this.#batcher = new ReceiptBatcher({
      clock,
      log,
      send: (marks) => this.#send(marks),
      patienceMs: (mark) =>
        patienceMs(mark, {
          memberCount: memberCountOf(mark.chatId),
          others: this.#others,
          random: clock.random(),
        }),
    });
  }

  add(marks: readonly Mark[]): void {
    this.#batcher.add(marks);
  }

  /** Whether the connection can carry marks now. */
  setUp(isUp: boolean): void {
    this.#batcher.setUp(isUp);
  }

  /** V43: how many other connections the account has: a new one shows numbers, which must be right. */
  setOthers(others: number): void {
    if (others > this.#others) this.#batcher.hurry();
    this.#others = others;
  }

  /** V43: the user turned away, and may turn to another device. */
  hurry(): void {
    this.#batcher.hurry();
  }

  /** S6c: what waits is of another data epoch. */
  forget(): void {
    this.#batcher.forget();
  }

  stop(): void {
    this.#batcher.stop();
  }

  async #send(marks: Mark[]): Promise<Result<unknown>> {
    const answer = await this.#deps.request("receipt:put", { marks });
    if (answer.ok && answer.value.counts.length > 0) this.#deps.counted(answer.value.counts);
    return answer;
  }
}
