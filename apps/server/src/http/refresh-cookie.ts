import "@fastify/cookie";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { Refresh } from "@parley/protocol/http/accounts.ts";
import type { DeviceId } from "@parley/protocol/ids.ts";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Sent to the session routes alone. */
const COOKIE_PATH = "/api/sessions";
/** The longest that browsers keep a cookie; each refresh starts it anew. */
const MAX_AGE_S = 400 * 24 * 3600;

function cookieName(deviceId: DeviceId): string {
  return `parley_refresh_${deviceId}`;
}

function optionsFor(request: FastifyRequest) {
  return {
    path: COOKIE_PATH,
    httpOnly: true,
    sameSite: "strict",
    // Browsers refuse a secure cookie over plain HTTP; that exists on loopback only (X1).
    secure: request.protocol === "https",
  } as const;
}

/** V13: hands the web shell its refresh token where no script can read it. */
export function setRefreshCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  deviceId: DeviceId,
  refreshToken: string,
): void {
  void reply.setCookie(cookieName(deviceId), refreshToken, {
    ...optionsFor(request),
    maxAge: MAX_AGE_S,
  });
}

export function readRefreshCookie(request: FastifyRequest, deviceId: DeviceId): string | undefined {
  return request.cookies[cookieName(deviceId)];
}

/** The refresh token of a request whose body has been read: out of that, or out of the cookie it names. */
export function refreshTokenOf(request: FastifyRequest): string | undefined {
  const body = Refresh.safeParse(request.body);
  if (!body.success) return undefined;
  return "refreshToken" in body.data
    ? body.data.refreshToken
    : readRefreshCookie(request, body.data.deviceId);
}

export function clearRefreshCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  deviceId: DeviceId,
): void {
  if (readRefreshCookie(request, deviceId) === undefined) return;
  void reply.clearCookie(cookieName(deviceId), optionsFor(request));
}

/**
 * V13: routes that use the cookie are for pages of this very origin. Browsers send Origin with every
 * POST of a page, so one that is missing is refused too.
 */
export function checkOrigin(request: FastifyRequest): Result<null> {
  const own = `${request.protocol}://${request.host}`;
  return request.headers.origin?.toLowerCase() === own.toLowerCase()
    ? success(null)
    : failure("wrong_origin", "Only pages of this server may do this.");
}
