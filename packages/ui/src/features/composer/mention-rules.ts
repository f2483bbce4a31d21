import type { TextSpan } from "@parley/protocol/content.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { foldForSearch, matchesQuery } from "../../state/names.ts";

/** Someone who can be mentioned here. */
export type Mentionable = { accountId: AccountId; name: string };

/** What is being typed after an @: where the @ stands, and the words behind it up to the caret. */
export type MentionQuery = { at: number; query: string };

const WORD = /[\p{L}\p{N}_]/u;
/** Names that the list offers at once. */
const SHOWN = 8;

/** The name that is being typed at the caret, or null. An @ inside of a word (an address) begins none. */
export function mentionQuery(text: string, caret: number): MentionQuery | null {
  const from = Math.max(0, caret - LIMITS.nameUnits - 1);
  const at = text.lastIndexOf("@", caret - 1);
  if (caret === 0 || at < from) return null;
  const before = text.slice(0, at).at(-1);
  if (before !== undefined && WORD.test(before)) return null;
  const query = text.slice(at + 1, caret);
  return /[\n@]|^\s|\s\s/u.test(query) ? null : { at, query };
}

/** The people that a query offers; those whose name begins with it come first. Empty once it is whole. */
export function mentionOptions(
  people: readonly Mentionable[],
  query: string,
): readonly Mentionable[] {
  const typed = foldForSearch(query);
  // A whole name and a space: the mention is written.
  if (/\s$/u.test(query) && people.some(({ name }) => foldForSearch(name) === typed.trim()))
    return [];
  const starts = ({ name }: Mentionable): number =>
    foldForSearch(name).startsWith(typed.trim()) ? 0 : 1;
  return people
    .filter(({ name }) => matchesQuery(name, query.trim()))
    .sort((a, b) => starts(a) - starts(b) || a.name.localeCompare(b.name))
    .slice(0, SHOWN);
}

/** Puts a name where its beginning was typed, with a space behind it. */
export function withMention(
  text: string,
  { at, query }: MentionQuery,
  name: string,
): { text: string; caret: number } {
  const head = `${text.slice(0, at)}@${name} `;
  const tail = text.slice(at + 1 + query.length);
  return { text: head + (tail.startsWith(" ") ? tail.slice(1) : tail), caret: head.length };
}

/**
 * S2b: where a text names people of the chat: an @ and a whole name, the longest that fits. Of two with
 * the same name the one that was `picked` from the list is meant; without a pick, neither.
 */
export function mentionSpans(
  text: string,
  people: readonly Mentionable[],
  picked: ReadonlyMap<string, AccountId>,
): TextSpan[] {
  const byLength = [...people].sort((a, b) => b.name.length - a.name.length);
  const spans: TextSpan[] = [];
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const before = text.slice(0, at).at(-1);
    if (before !== undefined && WORD.test(before)) continue;
    const fits = byLength.filter(({ name }) => {
      const after = text.charAt(at + 1 + name.length);
      return name !== "" && text.startsWith(name, at + 1) && !WORD.test(after);
    });
    const longest = fits.filter(({ name }) => name.length === fits[0]?.name.length);
    const chosen =
      longest.length === 1
        ? longest[0]
        : longest.find(({ name, accountId }) => picked.get(name) === accountId);
    if (chosen === undefined || spans.length >= LIMITS.mentions) continue;
    const length = chosen.name.length + 1;
    spans.push({ kind: "mention", at, length, accountId: chosen.accountId });
  }
  return spans;
}
