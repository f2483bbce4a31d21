import type { FastifyInstance } from "fastify";
import type { KnownRoutes } from "./known-routes.ts";
import { sendFailure } from "./replies.ts";
import type { WebShell } from "./web-shell.ts";

/**
 * What is at no route: a page of the app, a known address asked in a wrong way (with the ways that
 * it allows), or nothing. Under /api there are no pages.
 */
export function answerUnknown(app: FastifyInstance, routes: KnownRoutes, shell: WebShell): void {
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?")[0] ?? "/";
    const allowed = routes.methodsAt(path);
    if (allowed.length > 0 && !allowed.includes(request.method)) {
      void reply.header("allow", allowed.join(", "));
      return sendFailure(request, reply, {
        code: "method_not_allowed",
        message: `This address takes ${allowed.join(", ")}.`,
      });
    }
    const isApi = path === "/api" || path.startsWith("/api/");
    if (!isApi && (await shell.servePage(request, reply))) return reply;
    return sendFailure(request, reply, {
      code: "not_found",
      message: "There is nothing at this address.",
    });
  });
}
