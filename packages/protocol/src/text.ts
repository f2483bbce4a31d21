/** E4: replaces lone surrogates by U+FFFD, as the composer does before journaling. */
export function toWellFormed(text: string): string {
  return text.toWellFormed();
}

/** E4: whether a text is free of lone surrogates; the API refuses others. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

const encoder = new TextEncoder();

/** Size of a text as UTF-8, in bytes. */
export function utf8Bytes(text: string): number {
  // Exact without encoding for the usual short message in ASCII; else encode.
  if (text.length < 256 && /^[\x20-\x7e]*$/.test(text)) return text.length;
  return encoder.encode(text).length;
}

/** A handle in the form under which it is unique: NFKC, lower case. */
export function foldHandle(handle: string): string {
  return handle.normalize("NFKC").toLowerCase();
}

/** The beginning of a text, at most so many UTF-16 units long; no character is cut in two. */
export function beginningOf(text: string, maxUnits: number): string {
  return text.slice(0, maxUnits).replace(/[\ud800-\udbff]$/, "");
}

/** Characters that turn the direction of whatever follows them, to the end of the line. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * A name of a person or chat as it is put on one line with other words: nothing in it turns the words after
 * it round. Null where nothing of it could be seen.
 */
export function nameAmongWords(name: string): string | null {
  const plain = name.replaceAll(TURNING, "").trim();
  return /^[\p{C}\p{Z}]*$/u.test(plain) ? null : plain;
}
