/** Colours that avatars and names can have; the tokens .hue-0 to .hue-8 say which. */
export const HUES = 9;

/** A stable colour for an id: the same on every device and in every session. */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) {
    hash ^= id.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  // The low bits of this hash alone cluster for ids that differ in few places.
  return ((hash ^ (hash >>> 15)) >>> 0) % HUES;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function firstGrapheme(word: string): string {
  for (const { segment } of segmenter.segment(word)) return segment;
  return "";
}

const isLatin = (word: string): boolean => /^\p{Script=Latin}/u.test(word);

/**
 * Up to two letters for an avatar: the first of the first and of the last word of a name. Numbers and
 * ornaments count only where there is nothing else, and a name repeated in another script not at all.
 */
export function initialsOf(name: string): string {
  const parts = name.split(/\s+/u);
  const letters = parts.filter((part) => /^\p{L}/u.test(part));
  const words = letters.length > 0 ? letters : parts.filter((part) => /[\p{L}\p{N}]/u.test(part));
  const first = words[0] ?? name.trim();
  const alike = words.filter((word) => isLatin(word) === isLatin(first));
  const last = alike.length > 1 ? (alike.at(-1) ?? "") : "";
  return (firstGrapheme(first) + firstGrapheme(last)).toLocaleUpperCase();
}
