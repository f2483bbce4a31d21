import { type Failure, failure, type Result } from "@parley/protocol/errors.ts";
import { Refresh, SessionGrant, SessionList, SignIn } from "@parley/protocol/http/accounts.ts";
import { DeviceId } from "@parley/protocol/ids.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { requireSession, sessionOf } from "../../http/authentication.ts";
import { sendFailure } from "../../http/replies.ts";
import {
  checkOrigin,
  clearRefreshCookie,
  readRefreshCookie,
  setRefreshCookie,
} from "./refresh-cookie.ts";
import type { Grant, SessionService } from "./sessions.service.ts";

export type SessionRouteDeps = {
  sessions: SessionService;
  signIn(request: SignIn): Promise<Result<Grant>>;
};

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

/** Codes after which the cookie is of no more use. */
const ENDED: readonly Failure["code"][] = ["session_revoked", "account_disabled"];

/** HTTP of sessions: signing in, staying signed in, signing out. */
export function sessionRoutes(app: FastifyInstance, deps: SessionRouteDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { sessions } = deps;
  const signedIn = { onRequest: requireSession((token) => sessions.verifyAccess(token)) };

  routes.post(
    "/api/sessions",
    { schema: { body: SignIn, response: { 200: SessionGrant } } },
    async (request, reply) => {
      const transport = request.body.tokenTransport;
      const origin = transport === "cookie" ? checkOrigin(request) : undefined;
      if (origin?.ok === false) return sendFailure(request, reply, origin.error);
      return sendGrant(request, reply, await deps.signIn(request.body), transport);
    },
  );

  routes.post(
    "/api/sessions/refresh",
    { schema: { body: Refresh, response: { 200: SessionGrant } } },
    async (request, reply) => {
      const { body } = request;
      if ("refreshToken" in body) {
        return sendGrant(request, reply, await sessions.refresh(body.refreshToken), "body");
      }
      const origin = checkOrigin(request);
      if (!origin.ok) return sendFailure(request, reply, origin.error);
      const token = readRefreshCookie(request, body.deviceId);
      const granted =
        token === undefined
          ? failure("session_revoked", "This browser is not signed in any more.")
          : await sessions.refresh(token, body.deviceId);
      if (!granted.ok && ENDED.includes(granted.error.code)) {
        clearRefreshCookie(request, reply, body.deviceId);
      }
      return sendGrant(request, reply, granted, "cookie");
    },
  );

  routes.get(
    "/api/sessions",
    { ...signedIn, schema: { response: { 200: SessionList } } },
    async (request) => sessions.list(sessionOf(request)),
  );

  routes.delete("/api/sessions/current", signedIn, async (request, reply) => {
    const { accountId, deviceId } = sessionOf(request);
    const ended = await sessions.end(accountId, deviceId);
    clearRefreshCookie(request, reply, deviceId);
    return sendEmpty(request, reply, ended);
  });

  routes.delete(
    "/api/sessions/:deviceId",
    { ...signedIn, schema: { params: z.object({ deviceId: DeviceId }) } },
    async (request, reply) => {
      const { accountId } = sessionOf(request);
      return sendEmpty(request, reply, await sessions.end(accountId, request.params.deviceId));
    },
  );

  routes.delete("/api/sessions", signedIn, async (request, reply) => {
    const { accountId, deviceId } = sessionOf(request);
    const ended = await sessions.endAll(accountId);
    clearRefreshCookie(request, reply, deviceId);
    return sendEmpty(request, reply, ended);
  });
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
