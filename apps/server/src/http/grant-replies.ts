import type { Result } from "@parley/protocol/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Grant } from "../features/sessions/sessions.service.ts";
import { setRefreshCookie } from "./refresh-cookie.ts";
import { sendFailure } from "./replies.ts";

/** X2: answers with a grant, its refresh token in the cookie or in the body. */
export function sendGrant(
  request: FastifyRequest,
  reply: FastifyReply,
  granted: Result<Grant>,
  transport: "cookie" | "body",
  status: 200 | 201 = 200,
): FastifyReply {
  if (!granted.ok) return sendFailure(request, reply, granted.error);
  const { refreshToken, ...grant } = granted.value;
  if (transport === "body") return reply.code(status).send(granted.value);
  setRefreshCookie(request, reply, grant.deviceId, refreshToken);
  return reply.code(status).send(grant);
}

/** Answers 204, or the failure. */
export function sendEmpty(
  request: FastifyRequest,
  reply: FastifyReply,
  result: Result<null>,
): FastifyReply {
  if (!result.ok) return sendFailure(request, reply, result.error);
  return reply.code(204).send();
}
