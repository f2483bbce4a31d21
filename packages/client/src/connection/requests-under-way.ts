import { failure, type Failure, type Result, success } from "@parley/protocol/errors.ts";
import type { Clock, Socket } from "./ports.ts";

/** V37: how often the times double for a line that may be slow rather than dead. */
const MOST_PATIENCE = 3;
/** So long after the last failure a line is as good as any again. */
const PATIENCE_LASTS_MS = 120_000;

export type RequestTimes = {
  /** Without an answer after this long it has failed. */
  timeoutMs: number;
  /** Without an answer after this long the line is doubted once. */
  doubtAfterMs?: number;
};

type Pending = { fail(error: Failure): void };

/**
 * The requests that wait for an answer. Each ends as a Result, at the latest when its time is over or
 * the connection is lost. V37: times are those of a good line; a slow one gets more.
 */
export class RequestsUnderWay {
  readonly #clock: Clock;
  readonly #doubted: (socket: Socket) => void;
  readonly #pending = new Set<Pending>();
  /** How often in a row a connection was given up while requests were on their way. */
  #patience = { steps: 0, sinceMs: 0 };

  /** `doubted` is told when an answer is late. */
  constructor(clock: Clock, doubted: (socket: Socket) => void) {
    this.#clock = clock;
    this.#doubted = doubted;
  }

  get count(): number {
    return this.#pending.size;
  }

  /** Sends a request and waits for what comes back, unread. Fails with `timeout` or as `failAll` says. */
  emit(
    socket: Socket,
    name: string,
    body: unknown,
    { timeoutMs, doubtAfterMs }: RequestTimes,
  ): Promise<Result<unknown>> {
    const factor = this.#slowness();
    const { promise, resolve } = Promise.withResolvers<Result<unknown>>();
    const settle = (result: Result<unknown>): void => {
      cancel();
      cancelDoubt?.();
      this.#pending.delete(pending);
      resolve(result);
    };
    const pending: Pending = { fail: (error) => settle({ ok: false, error }) };
    const cancel = this.#clock.setTimer(() => {
      settle(failure("timeout", `The server did not answer ${name} in time.`));
      this.#doubted(socket);
    }, timeoutMs * factor);
    const cancelDoubt =
      doubtAfterMs === undefined
        ? undefined
        : this.#clock.setTimer(() => this.#doubted(socket), doubtAfterMs * factor);
    this.#pending.add(pending);
    socket.emit(name, body, (reply) => settle(success(reply)));
    return promise;
  }

  failAll(error: Failure): void {
    for (const pending of this.#pending) pending.fail(error);
  }

  /** V37: a check failed. If answers may only have been late, times are longer from now on. */
  checkFailed(): void {
    // With nothing else on its way a missing answer means one thing only.
    if (this.#pending.size === 0) return;
    const steps = this.#slowness() === 1 ? 0 : this.#patience.steps;
    this.#patience = {
      steps: Math.min(MOST_PATIENCE, steps + 1),
      sinceMs: this.#clock.nowMs(),
    };
  }

  /** By how much times are longer now, because answers may be on a slow line behind others. */
  #slowness(): number {
    const { steps, sinceMs } = this.#patience;
    const agoMs = Math.abs(this.#clock.nowMs() - sinceMs);
    return agoMs > PATIENCE_LASTS_MS ? 1 : 2 ** steps;
  }
}
