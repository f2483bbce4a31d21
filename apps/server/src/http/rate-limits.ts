import rateLimit, { type FastifyRateLimitStore } from "@fastify/rate-limit";
import type { DeviceId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { FailureError } from "./replies.ts";

const WINDOW_MS = 60_000;
/** Addresses, accounts and devices counted at once, each in its list; beyond, the oldest is forgotten. */
const KEYS_KEPT = 20_000;

export type RateLimits = {
  /** Of an address, where nobody is signed in. */
  anonymousPerMinute: number;
  accountPerMinute: number;
  /** Of one device, by tokens that this server has signed. */
  refreshesPerMinute: number;
  /** Of an address. */
  linkPagesPerMinute: number;
};

export const DEFAULT_RATE_LIMITS: RateLimits = {
  anonymousPerMinute: LIMITS.anonymousRequestsPerMinute,
  accountPerMinute: LIMITS.accountRequestsPerMinute,
  refreshesPerMinute: LIMITS.refreshesPerMinute,
  linkPagesPerMinute: LIMITS.linkPagesPerMinute,
};

/** Whose requests these are; undefined where the request does not prove it. Neither asks storage. */
export type Requesters = {
  /** By an access token that this server has signed. */
  accountOf: (request: FastifyRequest) => string | undefined;
  /** By a refresh token that this server has signed; asked once the body has been read. */
  refreshingDevice: (request: FastifyRequest) => DeviceId | undefined;
};

/** What routes ask that have a limit of their own. */
export type OwnLimits = {
  /** V60: throws a FailureError where this refresh is one too many. */
  refresh(request: FastifyRequest): Promise<void>;
  /** V60: how long until this address may have the page of a link, ms; 0 if it may now. */
  linkPageWaitMs(request: FastifyRequest): Promise<number>;
};

type Count = { current: number; endsAtMs: number };

/** Requests of each key within its minute, by a clock that nobody puts back. */
class MinuteCounts implements FastifyRateLimitStore {
  readonly #counts = new Map<string, Count>();

  incr(
    key: string,
    callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
    windowMs: number,
  ): void {
    const nowMs = performance.now();
    const known = this.#counts.get(key);
    const isOver = !known || known.endsAtMs <= nowMs;
    const count = isOver ? { current: 0, endsAtMs: nowMs + windowMs } : known;
    count.current += 1;
    if (isOver) this.#keep(key, count);
    callback(null, { current: count.current, ttl: count.endsAtMs - nowMs });
  }

  child(): FastifyRateLimitStore {
    return new MinuteCounts();
  }

  /** In the order in which minutes began. */
  #keep(key: string, count: Count): void {
    this.#counts.delete(key);
    this.#counts.set(key, count);
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= KEYS_KEPT) return;
      this.#counts.delete(oldest);
    }
  }
}

/** An IPv6 customer has at least a /64: counting single addresses would count nothing. */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("%")[0]?.split("::") ?? [];
  const left = head.split(":").filter((part) => part !== "");
  const right = tail === undefined ? [] : tail.split(":").filter((part) => part !== "");
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return `${[...left, ...zeros, ...right]
    .slice(0, 4)
    .map((part) => parseInt(part, 16).toString(16))
    .join(":")}::/64`;
}

function tooMany(ttlMs: number): FailureError {
  return new FailureError({
    code: "rate_limited",
    message: "Too many requests. Wait a moment.",
    retryAfterMs: Math.max(1, Math.ceil(ttlMs)),
  });
}

function addressOf(request: FastifyRequest): string {
  return `address ${addressKey(request.ip)}`;
}

/**
 * Limits requests to the API per account, and per address where nobody is signed in. Over the limit
 * the answer is `rate_limited` with the time to wait. Answers the limits of their own that some routes
 * have; one of the API says so in its `config` with `rateLimit: false`.
 */
export async function addRateLimits(
  app: FastifyInstance,
  limits: RateLimits,
  { accountOf, refreshingDevice }: Requesters,
): Promise<OwnLimits> {
  const keyOf = (request: FastifyRequest): string => {
    const accountId = accountOf(request);
    return accountId === undefined ? addressOf(request) : `account ${accountId}`;
  };
  await app.register(rateLimit, {
    global: false,
    store: MinuteCounts,
    timeWindow: WINDOW_MS,
    keyGenerator: keyOf,
    max: (_request, key) =>
      key.startsWith("account ") ? limits.accountPerMinute : limits.anonymousPerMinute,
    errorResponseBuilder: (_request, context) => tooMany(context.ttl),
  });
  const limit = app.rateLimit();
  app.addHook("onRequest", async function limitApi(request, reply) {
    const hasOwn = request.routeOptions.config.rateLimit === false;
    if (request.url.startsWith("/api/") && !hasOwn) await limit.call(this, request, reply);
  });
  const count = app.createRateLimit();
  const refreshes = app.createRateLimit({
    keyGenerator: (request) => refreshingDevice(request) ?? "",
    max: limits.refreshesPerMinute,
  });
  const linkPages = app.createRateLimit({
    keyGenerator: addressOf,
    max: limits.linkPagesPerMinute,
  });
  const waitMs = (counted: Awaited<ReturnType<typeof count>>): number =>
    !counted.isAllowed && counted.isExceeded ? Math.max(1, counted.ttl) : 0;
  return {
    async refresh(request) {
      // Whoever guesses at tokens is counted with the rest of the address, and counts for no device.
      const isSigned = refreshingDevice(request) !== undefined;
      const wait = waitMs(await (isSigned ? refreshes(request) : count(request)));
      if (wait > 0) throw tooMany(wait);
    },
    linkPageWaitMs: async (request) => waitMs(await linkPages(request)),
  };
}
