import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a connection may come from where it says: programs send no Origin; a browser only from the
 * page that this server itself served. Names are compared with their ports, as the browser names
 * them.
 */
export function isSameOrigin(headers: Pick<IncomingHttpHeaders, "origin" | "host">): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (host === undefined) return false;
  const page = URL.parse(origin);
  if (page === null || (page.protocol !== "http:" && page.protocol !== "https:")) return false;
  return URL.parse(`${page.protocol}//${host}`)?.host === page.host;
}
