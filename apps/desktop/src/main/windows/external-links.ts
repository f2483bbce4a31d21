/** Longest address handed to the system; longer ones are no links that somebody means. */
const MAX_UNITS = 2_048;
const PROTOCOLS = new Set(["https:", "http:", "mailto:"]);

/** Spaces, bidi controls and other characters that make an address look like another. */
const DECEIVING = /[\p{C}\p{Z}]/u;

/**
 * The address to open in the system's browser or mail program; undefined for everything else: other
 * schemes start other programs, and a name in an address hides where it leads.
 */
export function externalLink(typed: string): string | undefined {
  if (typed.length > MAX_UNITS || DECEIVING.test(typed) || !URL.canParse(typed)) return undefined;
  const url = new URL(typed);
  if (!PROTOCOLS.has(url.protocol)) return undefined;
  if (url.protocol === "mailto:") return url.pathname.includes("@") ? url.href : undefined;
  if (url.username !== "" || url.password !== "" || url.hostname === "") return undefined;
  return url.href;
}
