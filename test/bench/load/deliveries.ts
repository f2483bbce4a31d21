import type { Event } from "@parley/protocol/event.ts";

import { DurationHistogram, type DurationSummary } from "../harness/stats.ts";
import type { Connection } from "./connection.ts";
import { newMessage } from "./messages.ts";

/** How long after the last message everything must have arrived. */
const DRAIN_TIMEOUT_MS = 30_000;
const RETRY_MS = 50;

/** What one round of sending came to. */
export type LoadResult = {
  sent: number;
  delivered: number;
  /** From the first message to the last arrival. */
  wallMs: number;
  ack: DurationSummary;
  delivery: DurationSummary;
  /** Sends that the server put off (`busy`, `rate_limited`) and that were made again. */
  putOff: number;
};

type Flight = { sentAtMs: number; acked: boolean; missing: number };

/**
 * Sends messages and watches them arrive. Everything is measured by one clock in one process: from
 * handing the message to the socket to the callback of its ack, and of its arrival at each receiver.
 */
export class Deliveries {
  readonly #flights = new Map<string, Flight>();
  readonly #ack = new DurationHistogram();
  readonly #delivery = new DurationHistogram();
  readonly #startedAtMs = performance.now();
  #lastAtMs = this.#startedAtMs;
  #sent = 0;
  #putOff = 0;
  #fault: Error | undefined;
  #drained: (() => void) | undefined;

  /** Counts what this connection receives; each message must arrive there once and in order. */
  watch(connection: Connection): void {
    const newestSeq = new Map<string, number>();
    connection.onEvent = (event: Event) => {
      if (event.senderId === connection.accountId) return;
      const flight = this.#flights.get(event.clientId);
      if (flight === undefined) return;
      if (event.seq <= (newestSeq.get(event.chatId) ?? 0)) {
        this.#fault ??= new Error(`#${event.seq} arrived twice or out of order`);
      }
      newestSeq.set(event.chatId, event.seq);
      this.#delivery.add(performance.now() - flight.sentAtMs);
      flight.missing -= 1;
      this.#settle(event.clientId, flight);
    };
  }

  /** Sends one message to a chat in which `receivers` connections are watched; `acked` follows its ack. */
  send(from: Connection, chatIndex: number, receivers: number, acked: () => void): void {
    const chatId = from.chatIds[chatIndex];
    if (chatId === undefined) throw new Error("the sender is in no such chat");
    const message = newMessage(chatId, this.#sent);
    this.#sent += 1;
    const flight = { sentAtMs: performance.now(), acked: false, missing: receivers };
    this.#flights.set(message.clientId, flight);
    this.#emit(from, message, flight, acked);
  }

  #emit(
    from: Connection,
    message: ReturnType<typeof newMessage>,
    flight: Flight,
    acked: () => void,
  ): void {
    from.request("chat:send", { chatId: message.chatId, items: [message] }, (reply) => {
      const outcome = "error" in reply ? reply : reply.data.outcomes[0];
      if (outcome !== undefined && "event" in outcome) {
        this.#ack.add(performance.now() - flight.sentAtMs);
        flight.acked = true;
        this.#settle(message.clientId, flight);
        acked();
        return;
      }
      const error = outcome?.error;
      if (error?.code === "busy" || error?.code === "rate_limited") {
        this.#putOff += 1;
        const again = () => this.#emit(from, message, flight, acked);
        setTimeout(again, error.retryAfterMs ?? RETRY_MS);
        return;
      }
      this.#fault ??= new Error(`a send was refused: ${JSON.stringify(error)}`);
      this.#drained?.();
    });
  }

  #settle(clientId: string, flight: Flight): void {
    if (!flight.acked || flight.missing > 0) return;
    this.#flights.delete(clientId);
    this.#lastAtMs = performance.now();
    if (this.#flights.size === 0) this.#drained?.();
  }

  /** Resolves when everything sent is acked and has arrived everywhere. Rejects when it does not. */
  async drained(): Promise<LoadResult> {
    if (this.#flights.size > 0 && this.#fault === undefined) {
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => {
          this.#fault ??= new Error(`${this.#flights.size} messages are not acked or delivered`);
          resolve();
        }, DRAIN_TIMEOUT_MS);
        this.#drained = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
    if (this.#fault !== undefined) throw this.#fault;
    return {
      sent: this.#sent,
      delivered: this.#delivery.total,
      wallMs: this.#lastAtMs - this.#startedAtMs,
      ack: this.#ack.summary(),
      delivery: this.#delivery.summary(),
      putOff: this.#putOff,
    };
  }
}
