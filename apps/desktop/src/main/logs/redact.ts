/** What stands in a log instead of what nobody should read there. */
const HIDDEN = "[hidden]";

// All repetitions are bounded where a match can begin anywhere: the longest text is read in moments.
const RULES: readonly [pattern: RegExp, instead: string][] = [
  // What a client shows to prove who it is, however it is written down.
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${HIDDEN}`],
  [
    /("?\b(?:access|refresh)?_?-?token|password|passphrase|secret|authorization|cookie|invite|code|payload|text|body)("?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s,;}&]+)/gi,
    `$1$2${HIDDEN}`,
  ],
  // What of a text could not be read as JSON.
  [/\b(Unexpected \w{1,40})[^\n]{0,500}?( is not valid JSON)/g, `$1 ${HIDDEN}$2`],
  // Web tokens, and anything long that looks made by chance.
  [/\beyJ[\w-]{4,2000}\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
  [/\b[A-Za-z0-9_-]{40,}\b/g, HIDDEN],
  // What addresses carry beside the place they name.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']+@/gi, "$1"],
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s?#"']{0,500})[?#][^\s"')]*/gi, `$1?${HIDDEN}`],
  // Phone numbers, international or with a leading zero and gaps.
  [/(?<![\w.:/-])(?:\+|00)[1-9][\d ()./-]{5,20}\d(?![\w:])/g, HIDDEN],
  [/(?<![\w.:/-])\(?0[1-9]\d{1,4}\)?[ /-]\d[\d /-]{3,14}\d(?![\w:])/g, HIDDEN],
  [/[^\s@<>"'(]{1,128}@[^\s@<>"')]{1,255}\.[a-z]{2,}/gi, HIDDEN],
];

/**
 * Text without what identifies or proves somebody: tokens, passwords, mail addresses, phone numbers,
 * contents, queries, and the name in the path of the home folder.
 */
export function redact(text: string, homeDir = ""): string {
  const known = homeDir.length > 1 ? text.replaceAll(homeDir, "~") : text;
  return RULES.reduce((before, [pattern, instead]) => before.replaceAll(pattern, instead), known);
}
