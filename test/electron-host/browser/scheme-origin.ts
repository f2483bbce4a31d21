/**
 * Chromium alone cannot load a scheme of an app's own. The stand-in serves `app://host/path` as
 * `https://host.app.stand-in.invalid/path`: a name that cannot exist, so nothing but the app's own
 * handler can ever answer it, and a secure context with an origin per scheme and host.
 */
const SUFFIX = ".stand-in.invalid";

/** The address under which the browser loads `url`; others than `schemes` stay as they are. */
export function toBrowserUrl(url: string, schemes: ReadonlySet<string>): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url);
  const [, scheme = "", host = "", rest = ""] = match ?? [];
  if (!schemes.has(scheme.toLowerCase())) return url;
  return `https://${host}.${scheme.toLowerCase()}${SUFFIX}${rest || "/"}`;
}

/** The address as main knows it. */
export function toAppUrl(url: string): string {
  const match = /^https:\/\/(.+)\.([a-z][a-z0-9+-]*)\.stand-in\.invalid(.*)$/is.exec(url);
  const [, host, scheme, rest = ""] = match ?? [];
  return host === undefined ? url : `${scheme}://${host}${rest || "/"}`;
}

/** A header's value with the app's own schemes replaced, so that a policy means the same here. */
export function toBrowserHeader(value: string, schemes: ReadonlySet<string>): string {
  let translated = value;
  for (const scheme of schemes) {
    translated = translated
      .replaceAll(new RegExp(`\\b${scheme}://([a-z0-9.-]+)`, "gi"), `https://$1.${scheme}${SUFFIX}`)
      .replaceAll(
        new RegExp(`(^|[\\s;,])${scheme}:(?=$|[\\s;,])`, "gi"),
        `$1https://*.${scheme}${SUFFIX}`,
      );
  }
  return translated;
}

/** Whether two addresses are of one document, whatever part of it they name. */
export function sameDocument(left: string, right: string): boolean {
  const plain = (url: string): string => toAppUrl(url).replace(/#.*$/, "").replace(/\/$/, "");
  return plain(left) === plain(right);
}
