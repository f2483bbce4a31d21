import {
  type ErrorCode,
  type Failure,
  failure,
  failureOfIssues,
  type Result,
  type WireError,
} from "@parley/protocol/errors.ts";
import { type AccountId, uuidv7 } from "@parley/protocol/ids.ts";
import {
  type Reply,
  type RequestBody,
  type RequestName,
  REQUESTS,
} from "@parley/protocol/socket/requests.ts";
import type { SocketLog } from "./socket-log.ts";
import type { z } from "zod";
import type { ClientConnection } from "./client-connection.ts";
import type { Handlers, Request } from "./request-handler.ts";
import type { SocketLimits } from "./socket-limits.ts";
import { TokenBucket } from "./token-bucket.ts";

type Ack = (reply: Reply<unknown>) => void;

export type DispatcherDeps = {
  handlers: Handlers;
  limits: SocketLimits;
  log: SocketLog;
  nowMs: () => number;
  /** Called when a request of a connection has been answered. */
  onAnswered?: (connection: ClientConnection, name: RequestName) => void;
};

/** The only functions that can come with an event are those that Socket.IO made to acknowledge it. */
function isAck(value: unknown): value is Ack {
  return typeof value === "function";
}

function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(REQUESTS, name);
}

/** E2, E4: names the wrong field; a text that is not well formed has its own code. */
function failureOfInput(error: z.ZodError): Failure {
  const failed = failureOfIssues(error).error;
  const issue = error.issues[0];
  const isText = issue?.code === "custom" && issue.params?.["code"] === "text_not_well_formed";
  return isText ? { ...failed, code: "text_not_well_formed" } : failed;
}

/**
 * What a connection sends: counted, parsed, handed to its handler, answered (E1, E2). A request that
 * asks for no answer is handled all the same.
 */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #accounts = new Map<AccountId, TokenBucket>();
  #open = 0;
  #isDraining = false;
  #onIdle: (() => void)[] = [];

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** One event of a socket: its name, then what was sent with it. */
  dispatch(connection: ClientConnection, name: string, args: readonly unknown[]): void {
    const last = args.at(-1);
    const ack = isAck(last) ? last : undefined;
    const refuse = (
      code: ErrorCode,
      message: string,
      extra: { retryAfterMs?: number } = {},
    ): void => ack?.({ error: { ...failure(code, message, extra).error, requestId: uuidv7() } });
    if (this.#isDraining) return refuse("shutting_down", "The server is shutting down.");
    if (connection.isOverwhelmed()) return;
    const waitMs = this.#waitMs(connection, name);
    if (waitMs > 0) {
      refuse("rate_limited", "Too many requests.", { retryAfterMs: waitMs });
      this.#countRefusal(connection);
      return;
    }
    if (!isRequestName(name)) {
      return refuse("unknown_event", `This server knows no event ${name.slice(0, 64)}.`);
    }
    this.#handle(name, connection, args[0], ack);
  }

  /** The account has no connection left. */
  forget(accountId: AccountId): void {
    this.#accounts.delete(accountId);
  }

  /** Takes nothing more; resolves when everything taken is answered. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#open > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #waitMs(connection: ClientConnection, name: string): number {
    const { limits } = this.#deps;
    const now = this.#deps.nowMs();
    if (connection.openRequests >= limits.openRequests) return 1_000;
    const own = connection.events.take(now);
    if (own > 0) return own;
    const known = this.#accounts.get(connection.accountId);
    const account =
      known ?? new TokenBucket(limits.accountEventsPerSecond, limits.accountEventsBurst, now);
    if (!known) this.#accounts.set(connection.accountId, account);
    const shared = account.take(now);
    if (shared > 0) return shared;
    return name === "receipt:put" ? connection.receiptBatches.take(now) : 0;
  }

  /** E2: abuse is rate-limited, then disconnected. */
  #countRefusal(connection: ClientConnection): void {
    const { limits } = this.#deps;
    const now = this.#deps.nowMs();
    const passedMs = Math.max(0, now - connection.lastRefusalAtMs);
    const forgiven = (passedMs / 1000) * limits.eventsPerSecond;
    connection.refusals = Math.max(0, connection.refusals - forgiven) + 1;
    connection.lastRefusalAtMs = now;
    if (connection.refusals <= limits.refusalsBeforeEnd) return;
    this.#deps.log.warn(
      { accountId: connection.accountId, connectionId: connection.id },
      "connection closed for too many requests",
    );
    connection.end("rate_limited", "Too many requests.");
  }

  #handle<Name extends RequestName>(
    name: Name,
    connection: ClientConnection,
    input: unknown,
    ack: Ack | undefined,
  ): void {
    const parsed = REQUESTS[name].body.safeParse(input);
    let id: string | undefined;
    const requestId = (): string => (id ??= uuidv7());
    const wire = (error: Failure): WireError => ({ ...error, requestId: requestId() });
    if (!parsed.success) {
      ack?.({ error: wire(failureOfInput(parsed.error)) });
      return;
    }
    this.#begin(connection);
    let isAnswered = false;
    const answer = (result: Result<unknown>): void => {
      if (isAnswered) return;
      isAnswered = true;
      ack?.(result.ok ? { data: result.value } : { error: wire(result.error) });
      this.#finish(connection);
      this.#deps.onAnswered?.(connection, name);
    };
    const fail = (error: unknown): void => {
      this.#deps.log.error({ err: error, request: name, requestId: requestId() }, "request failed");
      answer(failure("internal", "The server could not do this."));
    };
    const request: Request<Name> = {
      connection,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema of this very name has just parsed it
      body: parsed.data as RequestBody<Name>,
      get requestId() {
        return requestId();
      },
      answer,
    };
    try {
      this.#deps.handlers[name](request)?.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  #begin(connection: ClientConnection): void {
    connection.openRequests += 1;
    this.#open += 1;
  }

  #finish(connection: ClientConnection): void {
    connection.openRequests -= 1;
    this.#open -= 1;
    if (this.#open > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
