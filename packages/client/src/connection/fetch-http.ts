import { failure, success } from "@parley/protocol/errors.ts";
import type { HttpPort, HttpRequest } from "./ports.ts";

function init(request: HttpRequest): RequestInit {
  const headers: Record<string, string> = { accept: "application/json" };
  if (request.body !== undefined) headers["content-type"] = "application/json";
  if (request.accessToken !== undefined) headers["authorization"] = `Bearer ${request.accessToken}`;
  return {
    method: request.method,
    headers,
    // X2: the web shell's refresh token is a cookie of its own origin; nobody else gets any.
    credentials: "same-origin",
    cache: "no-store",
    // A captive portal redirects to its own page.
    redirect: "manual",
    signal: AbortSignal.timeout(request.timeoutMs),
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    // Not an error here: whoever asked sees that it was not JSON.
    return undefined;
  }
}

/** HTTP by fetch, in a browser's worker or in Node. */
export const fetchHttp: HttpPort = {
  send: async (request) => {
    try {
      const response = await fetch(request.url, init(request));
      return success({ status: response.status, json: await jsonOf(response) });
    } catch (error) {
      if (error instanceof DOMException && error.name === "TimeoutError") {
        return failure("timeout", "The server did not answer in time.");
      }
      const reason = error instanceof Error ? error.message : String(error);
      return failure("server_unreachable", `The server could not be reached: ${reason}`);
    }
  },
};
