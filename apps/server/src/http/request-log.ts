import type { FastifyInstance } from "fastify";

/**
 * One line per answered request: method, the route's pattern (never the address itself, which may
 * name a person or carry a query), status and time (the logger of the
 * request adds its id). Bodies and headers are never logged.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const entry = {
      method: request.method,
      route: request.routeOptions.url ?? "(none)",
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    };
    const isProbe = entry.route === "/health" || entry.route === "/ready";
    if (reply.statusCode >= 500) request.log.warn(entry, "answered");
    else if (isProbe) request.log.trace(entry, "answered");
    else request.log.debug(entry, "answered");
  });
}
