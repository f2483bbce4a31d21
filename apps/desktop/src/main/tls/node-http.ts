import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { HttpPort, HttpRequest, HttpResponse } from "@parley/client/connection/ports.ts";
import { failure, type Failure, success } from "@parley/protocol/errors.ts";
import { CertificateError, type PinningAgent } from "./pinning-agent.ts";

/** No answer of the API is near this size; a captive portal's page may be. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_ANSWER_BYTES) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not an error here: whoever asked sees that it was not JSON.
    return undefined;
  }
}

async function send(request: HttpRequest, agent: PinningAgent): Promise<HttpResponse> {
  const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
  const options = {
    method: request.method,
    signal: AbortSignal.timeout(request.timeoutMs),
    headers: {
      accept: "application/json",
      ...(body && { "content-type": "application/json", "content-length": body.byteLength }),
      ...(request.accessToken !== undefined && { authorization: `Bearer ${request.accessToken}` }),
    },
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const url = new URL(request.url);
  // A redirect is not followed: a captive portal redirects to its own page.
  const sent =
    url.protocol === "https:"
      ? requestHttps(url, { ...options, agent }, resolve)
      : requestHttp(url, options, resolve);
  sent.on("error", reject);
  sent.end(body);
  const answer = await promise;
  return { status: answer.statusCode ?? 0, json: jsonOf(await textOf(answer)) };
}

function failureOf(error: unknown): Failure {
  if (error instanceof CertificateError) return error.failure;
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError")) {
    return failure("timeout", "The server did not answer in time.").error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return failure("server_unreachable", `The server could not be reached: ${reason}`).error;
}

/** HTTP by Node, with TLS as the agent judges it (X1). */
export function nodeHttp(agent: PinningAgent): HttpPort {
  return {
    send: async (request) => {
      try {
        return success(await send(request, agent));
      } catch (error) {
        return { ok: false, error: failureOf(error) };
      }
    },
  };
}
