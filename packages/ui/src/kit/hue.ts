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

/** Up to two letters for an avatar: the first of the first and of the last word of a name. */
export function initialsOf(name: string): string {
  // Words of letters and digits; ornaments only where there is nothing else.
  const words = name.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0] ?? name.trim();
  const last = words.length > 1 ? (words.at(-1) ?? "") : "";
  return (firstGrapheme(first) + firstGrapheme(last)).toLocaleUpperCase();
}
