import { failure, type Result, success } from "@parley/protocol/errors.ts";

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname) ||
    hostname === "[::1]"
  );
}

function refused(message: string): Result<never> {
  return failure("invalid_request", message, { field: "serverUrl" });
}

/**
 * X1: what people type as a server (`chat.example.org`, `host:8443`, a URL pasted whole) as an origin.
 * https unless the host is this machine, where http is what a server without certificate speaks.
 * Path, query and fragment of a pasted address are dropped; names and passwords in it are refused.
 */
export function normaliseServerUrl(typed: string): Result<string> {
  const text = typed.trim();
  if (text === "") return refused("The server's address is empty.");
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "https" && scheme !== "http") {
    return refused("A server's address starts with https://");
  }
  let url: URL;
  try {
    url = new URL(scheme === undefined ? `https://${text}` : text);
  } catch {
    return refused("This is not an address of a server.");
  }
  if (url.username !== "" || url.password !== "") {
    return refused("A server's address has no user name in it.");
  }
  if (url.hostname === "") return refused("The address names no host.");
  const local = isLoopback(url.hostname);
  if (scheme === "http" && !local) {
    return refused("Only a server on this machine may be reached without TLS.");
  }
  return success(scheme === undefined && local ? originWithHttp(text) : url.origin);
}

/** Parsed anew: a port that is https's default and was left out by URL is not http's. */
function originWithHttp(text: string): string {
  return new URL(`http://${text}`).origin;
}
