import type { Failure } from "@parley/protocol/errors.ts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { Socket } from "node:net";
import { FailureError, sendFailure } from "./replies.ts";

/** Errors of the framework that are the sender's fault, by their code. */
const FRAMEWORK_FAILURES: Readonly<Record<string, Failure>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: "too_large", message: "The body is too large." },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "unsupported_media_type",
    message: "The body must be application/json.",
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: "malformed_json", message: "The body is empty." },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: "malformed_json", message: "The body is not valid JSON." },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "invalid_request",
    message: "The body is not as long as its content-length says.",
  },
  FST_ERR_BAD_URL: { code: "invalid_request", message: "The address is not a valid URL." },
  FST_ERR_MAX_PARAM_LENGTH: { code: "not_found", message: "There is nothing at this address." },
  FST_STATIC_FORBIDDEN_PATH: { code: "not_found", message: "There is nothing at this address." },
  FST_ERR_ASYNC_CONSTRAINT: { code: "not_found", message: "There is nothing at this address." },
};

function failureOfSchema(error: unknown): Failure | undefined {
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined;
  const issue = error.validation[0];
  const field = (issue?.instancePath ?? "").replace(/^\//, "").replaceAll("/", ".");
  const message = issue?.message ?? "is not valid";
  return {
    code: "invalid_request",
    message: `${field || "body"}: ${message}`,
    ...(field && { field }),
  };
}

/** What to tell the sender of a request that ended in an exception; undefined for our own faults. */
export function failureOf(
  error: Error & { code?: string; statusCode?: number },
): Failure | undefined {
  if (error instanceof FailureError) return error.failure;
  const known = failureOfSchema(error) ?? FRAMEWORK_FAILURES[error.code ?? ""];
  if (known) return known;
  // What the framework says of a body that it could not read, e.g. keys that reach for a prototype.
  if (error instanceof SyntaxError && error.statusCode === 400) {
    return { code: "malformed_json", message: "The body is not valid JSON." };
  }
  return undefined;
}

/**
 * E1, E3: the error handler of the whole app. The sender's faults are told with their code; our own
 * are logged with the request's id and told as `internal`, without any detail.
 */
export function handleError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const failure = failureOf(error);
  if (failure === undefined) request.log.error({ err: error }, "request failed");
  void sendFailure(
    request,
    reply,
    failure ?? { code: "internal", message: "The server could not do this. The log knows more." },
  );
}

/** Answers a connection whose bytes are not HTTP, and closes it (E2). */
export function handleClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === "HPE_HEADER_OVERFLOW";
  const status = tooLarge ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const code = tooLarge ? "too_large" : "invalid_request";
  const body = JSON.stringify({
    error: { code, message: "This is not a valid HTTP request.", requestId: "none" },
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
