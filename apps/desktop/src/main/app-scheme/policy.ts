/** The scheme of the app's own pages. Unlike file: it has an origin of its own, and nothing else has it. */
export const APP_SCHEME = "app";
const APP_HOST = "parley";
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/**
 * What a page of the app may do: draw what came with the app. It never talks to a network itself,
 * and nothing in it is code but the files that were built.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'none'",
  "worker-src 'none'",
  "object-src 'none'",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Set on every answer of the scheme, refusals included. */
export const APP_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
};

const MIME_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** The type of a file by its name; undefined for kinds that the app has none of. */
export function mimeTypeOf(path: string): string | undefined {
  return MIME_TYPES[/\.[a-z0-9]+$/.exec(path)?.[0] ?? ""];
}

/** Whether an address is of a page or file of the app. */
export function isAppUrl(url: string): boolean {
  return URL.canParse(url) && isOfApp(new URL(url));
}

function isOfApp({ protocol, host, username, password }: URL): boolean {
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === "" && password === "";
}

/** A name of a folder or file as the build makes them; no dot at the start, so no way up. */
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * The file that an address of the app means, as names of folders and file below the root of its
 * pages; undefined for every other address. Whatever is encoded, doubled or climbs is refused, not repaired.
 */
export function appPathOf(url: string): string[] | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (!isOfApp(parsed)) return undefined;
  const path = parsed.pathname === "/" || parsed.pathname === "" ? "/index.html" : parsed.pathname;
  const segments = path.slice(1).split("/");
  return segments.every((segment) => SEGMENT.test(segment)) ? segments : undefined;
}
