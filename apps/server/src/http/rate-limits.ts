import rateLimit from "@fastify/rate-limit";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { FailureError } from "./replies.ts";

const WINDOW_MS = 60_000;
/** Addresses and accounts counted at once. */
const KEYS_KEPT = 20_000;

export type RateLimits = { anonymousPerMinute: number; accountPerMinute: number };

export const DEFAULT_RATE_LIMITS: RateLimits = {
  anonymousPerMinute: LIMITS.anonymousRequestsPerMinute,
  accountPerMinute: LIMITS.accountRequestsPerMinute,
};

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

/**
 * Limits requests to the API per account, and per address where nobody is signed in. Over the limit
 * the answer is `rate_limited` with the time to wait. `accountOf` names the account of a request
 * whose access token is signed by this server, without asking storage.
 */
export async function addRateLimits(
  app: FastifyInstance,
  limits: RateLimits,
  accountOf: (request: FastifyRequest) => string | undefined,
): Promise<void> {
  const accountKey = (request: FastifyRequest) => {
    const accountId = accountOf(request);
    return accountId === undefined ? undefined : `account ${accountId}`;
  };
  await app.register(rateLimit, {
    global: false,
    cache: KEYS_KEPT,
    timeWindow: WINDOW_MS,
    keyGenerator: (request) => accountKey(request) ?? `address ${addressKey(request.ip)}`,
    max: (_request, key) =>
      key.startsWith("account ") ? limits.accountPerMinute : limits.anonymousPerMinute,
    errorResponseBuilder: (_request, context) =>
      new FailureError({
        code: "rate_limited",
        message: "Too many requests. Wait a moment.",
        retryAfterMs: Math.max(1, Math.ceil(context.ttl)),
      }),
  });
  const limit = app.rateLimit();
  app.addHook("onRequest", async function limitApi(request, reply) {
    if (request.url.startsWith("/api/")) await limit.call(this, request, reply);
  });
}
