import {
  AccountPatch,
  Me,
  PasswordChange,
  ServerInfo,
  SessionGrant,
  SignUp,
} from "@parley/protocol/http/accounts.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { requireSession, sessionOf } from "../../http/authentication.ts";
import { sendEmpty, sendGrant } from "../../http/grant-replies.ts";
import { checkOrigin } from "../../http/refresh-cookie.ts";
import { sendFailure } from "../../http/replies.ts";
import type { VerifyAccess } from "../../socket/session-port.ts";
import type { AccountService } from "./accounts.service.ts";

export type AccountRouteDeps = {
  accounts: AccountService;
  verifyAccess: VerifyAccess;
  /** V14: whether a request comes from this machine itself. */
  isFromLoopback(request: FastifyRequest): boolean;
};

/** HTTP of accounts. */
export function accountRoutes(app: FastifyInstance, deps: AccountRouteDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { accounts } = deps;
  const signedIn = { onRequest: requireSession(deps.verifyAccess) };

  routes.get("/api/server", { schema: { response: { 200: ServerInfo } } }, async () =>
    accounts.serverInfo(),
  );

  routes.post(
    "/api/accounts",
    { schema: { body: SignUp, response: { 201: SessionGrant } } },
    async (request, reply) => {
      const transport = request.body.tokenTransport;
      const origin = transport === "cookie" ? checkOrigin(request) : undefined;
      if (origin?.ok === false) return sendFailure(request, reply, origin.error);
      const granted = await accounts.signUp(request.body, deps.isFromLoopback(request));
      return sendGrant(request, reply, granted, transport, 201);
    },
  );

  routes.patch(
    "/api/account",
    { ...signedIn, schema: { body: AccountPatch, response: { 200: Me } } },
    async (request, reply) => {
      const renamed = await accounts.rename(sessionOf(request).accountId, request.body.name);
      return renamed.ok ? renamed.value : sendFailure(request, reply, renamed.error);
    },
  );

  routes.post(
    "/api/account/password",
    { ...signedIn, schema: { body: PasswordChange } },
    async (request, reply) => {
      const changed = await accounts.changePassword(sessionOf(request), request.body);
      return sendEmpty(request, reply, changed);
    },
  );
}
