import { type Failure, failure, type Result } from "@parley/protocol/errors.ts";
import {
  DevicePatch,
  Refresh,
  SessionGrant,
  SessionList,
  SignIn,
} from "@parley/protocol/http/accounts.ts";
import { type AccountId, DeviceId } from "@parley/protocol/ids.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { requireSession, sessionOf } from "../../http/authentication.ts";
import { sendFailure } from "../../http/replies.ts";
import { sendEmpty, sendGrant } from "../../http/grant-replies.ts";
import { checkOrigin, clearRefreshCookie, readRefreshCookie } from "../../http/refresh-cookie.ts";
import type { Grant, SessionService } from "./sessions.service.ts";

export type SessionRouteDeps = {
  sessions: SessionService;
  signIn(request: SignIn): Promise<Result<Grant>>;
  /** V57: devices of the account that have a connection. */
  connectedDevices(accountId: AccountId): ReadonlySet<DeviceId>;
  /** V60: throws a FailureError where a refresh, whose body has been read, is one too many. */
  limitRefresh(request: FastifyRequest): Promise<void>;
};

/** A token and what is around it: nobody is counted before the body has been read. */
const REFRESH_BODY_BYTES = 1_024;

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
    {
      config: { rateLimit: false },
      bodyLimit: REFRESH_BODY_BYTES,
      preValidation: (request) => deps.limitRefresh(request),
      schema: { body: Refresh, response: { 200: SessionGrant } },
    },
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
    async (request) => {
      const identity = sessionOf(request);
      return sessions.list(identity, deps.connectedDevices(identity.accountId));
    },
  );

  routes.delete("/api/sessions/current", signedIn, async (request, reply) => {
    const identity = sessionOf(request);
    const ended = await sessions.end(identity, identity.deviceId);
    clearRefreshCookie(request, reply, identity.deviceId);
    return sendEmpty(request, reply, ended);
  });

  routes.delete(
    "/api/sessions/:deviceId",
    { ...signedIn, schema: { params: z.object({ deviceId: DeviceId }) } },
    async (request, reply) => {
      const ended = await sessions.end(sessionOf(request), request.params.deviceId);
      return sendEmpty(request, reply, ended);
    },
  );

  routes.patch(
    "/api/sessions/:deviceId",
    { ...signedIn, schema: { params: z.object({ deviceId: DeviceId }), body: DevicePatch } },
    async (request, reply) => {
      const { params, body } = request;
      const renamed = await sessions.rename(sessionOf(request), params.deviceId, body.name);
      return sendEmpty(request, reply, renamed);
    },
  );

  routes.delete("/api/sessions", signedIn, async (request, reply) => {
    const identity = sessionOf(request);
    const ended = await sessions.endAll(identity);
    clearRefreshCookie(request, reply, identity.deviceId);
    return sendEmpty(request, reply, ended);
  });
}
