import type { FastifyInstance } from "fastify";
import { sendFailure } from "../../http/replies.ts";

export type HealthDeps = {
  storageAnswers(): Promise<boolean>;
  isDraining(): boolean;
};

/** For whatever watches the server: whether the process is up, and whether it can serve. */
export function healthRoutes(app: FastifyInstance, deps: HealthDeps): void {
  app.get("/health", async (_request, reply) => {
    void reply.header("cache-control", "no-store");
    return { up: true };
  });
  app.get("/ready", async (request, reply) => {
    if (deps.isDraining()) {
      return sendFailure(request, reply, {
        code: "shutting_down",
        message: "The server is shutting down.",
      });
    }
    if (!(await deps.storageAnswers())) {
      return sendFailure(request, reply, { code: "busy", message: "Storage does not answer." });
    }
    void reply.header("cache-control", "no-store");
    return { ready: true };
  });
}
