import type { Result } from "@parley/protocol/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { VerifiedSession, VerifyAccess } from "../socket/session-port.ts";
import { FailureError } from "./replies.ts";

/** The access token of a request, or undefined where it brings none. */
export function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer ([A-Za-z0-9._~+/=-]{1,1024})$/i.exec(request.headers.authorization ?? "")?.[1];
}

const sessions = new WeakMap<FastifyRequest, VerifiedSession>();

/** A hook that lets only signed-in requests pass; `sessionOf` then says who it is. */
export function requireSession(
  verifyAccess: VerifyAccess,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request) => {
    const token = bearerToken(request);
    const verified: Result<VerifiedSession> =
      token === undefined
        ? { ok: false, error: { code: "unauthenticated", message: "An access token is needed." } }
        : await verifyAccess(token);
    if (!verified.ok) throw new FailureError(verified.error);
    sessions.set(request, verified.value);
  };
}

/** Who sends the request. Only for routes behind `requireSession`. */
export function sessionOf(request: FastifyRequest): VerifiedSession {
  const session = sessions.get(request);
  if (!session) throw new Error("This route is not behind requireSession.");
  return session;
}
