import type { TextSpan } from "@parley/protocol/content.ts";
import type { AccountId } from "@parley/protocol/ids.ts";

/**
 * A piece of a message's text: plain, a link that may be opened, or somebody's name. Joined they are
 * the text itself.
 */
export type TextPart =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "mention"; text: string; accountId: AccountId };

const LINK = /https?:\/\/[^\s<>"'`\u201c\u201d\u2018\u2019]+/giu;
/** Marks that end a sentence rather than an address. */
const TRAILING = /[.,;:!?\u2026*_~]+$/u;

function withoutTail(candidate: string): string {
  let link = candidate;
  for (;;) {
    const before = link;
    link = link.replace(TRAILING, "");
    for (const [open, close] of ["()", "[]", "{}"].map(
      (pair) => [pair.charAt(0), pair.charAt(1)] as const,
    )) {
      if (link.endsWith(close) && link.split(close).length > link.split(open).length)
        link = link.slice(0, -1);
    }
    if (link === before) return link;
  }
}

/** The address of a link if it is safe to open: http or https with a host, nothing else. */
function safeHref(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  return isWeb && url.hostname !== "" ? url.href : null;
}

/**
 * Cuts a text into plain pieces, links and mentions. Nothing is added, dropped or changed. Spans come
 * from others: those that lie outside of the text or over one another are passed over.
 */
export function textParts(text: string, spans: readonly TextSpan[] = []): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { at, length, accountId } of [...spans].sort((a, b) => a.at - b.at)) {
    if (at < end || length < 1 || at + length > text.length) continue;
    parts.push(...withLinks(text.slice(end, at)));
    parts.push({ kind: "mention", text: text.slice(at, at + length), accountId });
    end = at + length;
  }
  parts.push(...withLinks(text.slice(end)));
  return parts;
}

function withLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const link = withoutTail(match[0]);
    const href = safeHref(link);
    if (href === null) continue;
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    parts.push({ kind: "link", text: link, href });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

/** Longer texts are folded; the whole stands behind "Show all". */
const FOLD_UNITS = 5_000;
const FOLD_LINES = 60;
const SHOWN_UNITS = 1_200;
const SHOWN_LINES = 18;

/** Counts lines as an editor does: a text without a break is one line. */
export function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

/** The beginning of a very long text that is shown folded; null if the text is shown whole. */
export function foldedText(text: string): string | null {
  if (text.length <= FOLD_UNITS && countLines(text) <= FOLD_LINES) return null;
  let end = Math.min(SHOWN_UNITS, text.length);
  let line = -1;
  for (let lines = 0; lines < SHOWN_LINES; lines++) {
    line = text.indexOf("\n", line + 1);
    if (line < 0 || line > end) break;
    if (lines === SHOWN_LINES - 1) end = line;
  }
  // Not between the halves of one character.
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return text.slice(0, end);
}

const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|\s)+$/v;
const MOST_EMOJI = 6;

/** Whether a text is up to six emoji and nothing else: those are drawn larger. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > 120 || !ONLY_EMOJI.test(text)) return false;
  const count = [...text.matchAll(/\p{RGI_Emoji}/gv)].length;
  return count > 0 && count <= MOST_EMOJI;
}
