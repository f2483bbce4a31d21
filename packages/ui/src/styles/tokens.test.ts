import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HUES } from "../kit/hue.ts";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** The colours of one block, by the end of its selector. */
function block(selector: string): Map<string, string> {
  const at = css.indexOf(`${selector} {`);
  if (at < 0) throw new Error(`tokens.css has no ${selector}`);
  const body = css.slice(at, css.indexOf("}", at));
  return new Map(
    [...body.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b/gi)].map((match) => [
      match[1]!,
      match[2]!,
    ]),
  );
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

const light = block(':root[data-theme="light"]');
const dark = block(':root[data-theme="dark"]');
const themes: Record<string, Map<string, string>> = {
  light,
  dark,
  "light, more contrast": new Map([
    ...light,
    ...block(':root[data-theme="light"][data-contrast="more"]'),
  ]),
  "dark, more contrast": new Map([
    ...dark,
    ...block(':root[data-theme="dark"][data-contrast="more"]'),
  ]),
};

const PAIRS: readonly (readonly [text: string, ground: string])[] = [
  ["ink", "ground"],
  ["ink", "surface"],
  ["ink", "other"],
  ["ink-2", "ground"],
  ["ink-2", "surface"],
  ["ink-2", "surface-2"],
  ["ink-3", "ground"],
  ["ink-3", "surface"],
  ["ink-3", "surface-2"],
  ["ink-3", "other"],
  ["ink", "accent-soft"],
  ["ink-2", "accent-soft"],
  ["accent", "accent-soft"],
  ["accent", "surface"],
  ["accent", "ground"],
  ["accent", "own"],
  ["accent-ink", "accent"],
  ["accent-ink", "unread"],
  ["unread", "accent-soft"],
  ["own-ink", "own"],
  ["own-meta", "own"],
  ["read", "own"],
  ["read", "surface"],
  ["read", "accent-soft"],
  ["warn", "surface"],
  ["warn", "accent-soft"],
  ["danger", "surface"],
  ["danger", "ground"],
  ["danger", "danger-soft"],
  ["danger", "own"],
  ...Array.from({ length: HUES }, (_, hue) => [`hue-text-${hue}`, "other"] as const),
];

describe.each(Object.entries(themes))("%s", (_name, tokens) => {
  test.each(PAIRS)("text in --%s on --%s has at least 4.5:1", (text, ground) => {
    expect(contrast(tokens.get(text)!, tokens.get(ground)!)).toBeGreaterThanOrEqual(4.5);
  });
});

test.each(Array.from({ length: HUES }, (_, hue) => hue))(
  "white initials on avatar colour %i have at least 4.5:1",
  (hue) => {
    expect(contrast("#ffffff", block(`.hue-${hue}`).get("hue")!)).toBeGreaterThanOrEqual(4.5);
  },
);
