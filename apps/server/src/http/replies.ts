import { ERRORS, type Failure, type WireError } from "@parley/protocol/errors.ts";
import type { FastifyReply, FastifyRequest } from "fastify";

/** E1: answers with an error: the status of its code, the request's id, and when to come back. */
export function sendFailure(
  request: Pick<FastifyRequest, "id">,
  reply: FastifyReply,
  failure: Failure,
): FastifyReply {
  const error: WireError = { ...failure, requestId: request.id };
  if (failure.retryAfterMs !== undefined) {
    void reply.header("retry-after", Math.max(1, Math.ceil(failure.retryAfterMs / 1000)));
  }
  return reply
    .code(ERRORS[failure.code].http)
    .header("cache-control", "no-store")
    .type("application/json; charset=utf-8")
    .serializer((body: unknown) => JSON.stringify(body))
    .send({ error });
}

/** A failure on its way to the error handler, for places that can only throw. */
export class FailureError extends Error {
  override readonly name = "FailureError";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
