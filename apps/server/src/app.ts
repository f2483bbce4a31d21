import cookie from "@fastify/cookie";
import { LIMITS } from "@parley/protocol/limits.ts";
import { type AccountId, type DeviceId, uuidv7 } from "@parley/protocol/ids.ts";
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { RequestListener, Server } from "node:http";
import { isLoopback } from "./config/config.ts";
import { accountRoutes } from "./features/accounts/accounts.routes.ts";
import type { AccountService } from "./features/accounts/accounts.service.ts";
import { healthRoutes } from "./features/admin/health.routes.ts";
import { sessionRoutes } from "./features/sessions/sessions.routes.ts";
import type { SessionService } from "./features/sessions/sessions.service.ts";
import { bearerToken } from "./http/authentication.ts";
import { handleClientError, handleError } from "./http/errors.ts";
import { watchRoutes } from "./http/known-routes.ts";
import { answerUnknown } from "./http/not-found.ts";
import { TRUSTED_PROXIES } from "./http/proxies.ts";
import { addRateLimits, type RateLimits } from "./http/rate-limits.ts";
import { refreshTokenOf } from "./http/refresh-cookie.ts";
import { sendFailure } from "./http/replies.ts";
import { linkPages } from "./http/link-pages.ts";
import { logRequests } from "./http/request-log.ts";
import { addSecurityHeaders } from "./http/security-headers.ts";
import { addWebShell } from "./http/web-shell.ts";

/** A request has to arrive whole within this time. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the usual 60 s of proxies in front, so that none reuses a connection just closed. */
const KEEP_ALIVE_MS = 75_000;

export type AppDeps = {
  log: FastifyBaseLogger;
  accounts: AccountService;
  sessions: SessionService;
  /** Makes the HTTP or HTTPS server; it is not told to listen here. */
  createServer(handler: RequestListener): Server;
  /** X1: believe the X-Forwarded-* headers of a proxy on this machine or a private network. */
  behindProxy: boolean;
  /** X1: it serves a certificate of its own making. */
  hasOwnCertificate: boolean;
  webRoot: string;
  rateLimits: RateLimits;
  /** Whether storage answers. */
  storageAnswers(): Promise<boolean>;
  /** V57: devices of an account that have a connection. */
  connectedDevices(accountId: AccountId): ReadonlySet<DeviceId>;
  /** Whether the server is shutting down. */
  isDraining(): boolean;
};

/** V14: the first account may be made from this machine without an invite. */
function isFromLoopback(request: FastifyRequest, behindProxy: boolean): boolean {
  // Behind a proxy everybody comes from its address, or from one that a header claims.
  if (behindProxy) return false;
  const address = request.ip.replace(/^::ffff:/i, "");
  // The name as well: a page elsewhere can point its own name at this machine, but not use ours.
  return isLoopback(address) && isLoopback(request.hostname);
}

/**
 * Builds the HTTP side of the server: routes, errors (E1), limits, headers, the web shell.
 * Never listens and never reads the environment; everything it needs comes in `deps`.
 */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.log,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "requestId",
    }),
    serverFactory: (handler) => deps.createServer(handler),
    genReqId: () => uuidv7(),
    requestIdHeader: false,
    trustProxy: deps.behindProxy ? TRUSTED_PROXIES : false,
    bodyLimit: LIMITS.bodyBytes,
    // Told by a hook of our own in the one shape of errors.
    return503OnClosing: false,
    clientErrorHandler: handleClientError,
    frameworkErrors: (error, request, reply) => {
      void reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff");
      handleError(error, request, reply);
    },
  });
  app.server.requestTimeout = REQUEST_TIMEOUT_MS;
  app.server.keepAliveTimeout = KEEP_ALIVE_MS;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.removeContentTypeParser("text/plain");
  const routes = watchRoutes(app);

  await addSecurityHeaders(app, { hsts: !deps.hasOwnCertificate });
  app.addHook("onRequest", async (request, reply) => {
    if (!deps.isDraining() || request.url === "/health") return undefined;
    return sendFailure(request, reply, {
      code: "shutting_down",
      message: "The server is shutting down.",
    });
  });
  app.addHook("onSend", async (request, reply) => {
    if (deps.isDraining()) void reply.header("connection", "close");
    const isApi = request.url.startsWith("/api/");
    if (isApi && !reply.hasHeader("cache-control")) void reply.header("cache-control", "no-store");
  });
  logRequests(app);
  await app.register(cookie);
  const { accounts, sessions } = deps;
  const limits = await addRateLimits(app, deps.rateLimits, {
    accountOf(request) {
      const token = bearerToken(request);
      return token === undefined ? undefined : sessions.signedBy(token)?.accountId;
    },
    refreshingDevice(request) {
      const token = refreshTokenOf(request);
      return token === undefined ? undefined : sessions.refreshSignedBy(token);
    },
  });

  healthRoutes(app, deps);
  accountRoutes(app, {
    accounts,
    verifyAccess: (token) => sessions.verifyAccess(token),
    isFromLoopback: (request) => isFromLoopback(request, deps.behindProxy),
  });
  sessionRoutes(app, {
    sessions,
    signIn: (request) => accounts.signIn(request),
    connectedDevices: (accountId) => deps.connectedDevices(accountId),
    limitRefresh: (request) => limits.refresh(request),
  });
  linkPages(app, (request) => limits.linkPageWaitMs(request));
  const shell = await addWebShell(app, deps.webRoot);
  answerUnknown(app, routes, shell);
  await app.ready();
  return app;
}
