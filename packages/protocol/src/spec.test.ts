import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CALLS, ConnectionStatus } from "./bridge/contract.ts";
import { PUSHES } from "./socket/pushes.ts";
import { REQUESTS } from "./socket/requests.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const SPEC = readFileSync(new URL("../SPEC.md", import.meta.url), "utf8");
const [IN_FORCE = "", NOT_IN_FORCE = ""] = SPEC.split("\n## Not in force yet\n");

const RULE = /^- ([SEXV]\d+[a-z]?) /gm;
const TEST_FILES = ["packages", "apps", "build", "test"].flatMap((folder) =>
  globSync(`${folder}/**/*.{test,spec,contract}.{ts,tsx}`, {
    cwd: ROOT,
    exclude: (path) => path.includes("node_modules"),
  }),
);

/** Rules quoted at the head of a test's name, as in `S3: …` or `S3, E2: …`, or in brackets in it. */
function quotedRules(source: string): string[] {
  const names = source.matchAll(
    /\b(?:test|it|describe)(?:\.\w+)*(?:\([^"'`]*\))?\(\s*(["'`])((?:\\.|(?!\1)[^\\])*)\1/g,
  );
  return [...names].flatMap(([, , name = ""]) => name.match(/\b[SEXV]\d+[a-z]?\b/g) ?? []);
}

function rulesOf(text: string): string[] {
  return [...text.matchAll(RULE)].map(([, rule = ""]) => rule);
}

test("every rule of the SPEC that is in force is quoted by a test", () => {
  const rules = rulesOf(IN_FORCE);
  const quoted = new Set(
    TEST_FILES.flatMap((file) => quotedRules(readFileSync(`${ROOT}/${file}`, "utf8"))),
  );
  expect(rules.length).toBeGreaterThan(30);
  expect(new Set(rules).size).toBe(rules.length);
  expect(rules.filter((rule) => !quoted.has(rule))).toEqual([]);
});

test("S18, X4: what is not in force is not on the wire, and asking for it is refused", () => {
  expect(rulesOf(NOT_IN_FORCE)).toEqual(["S18", "X4"]);
  const names = [...Object.keys(REQUESTS), ...Object.keys(PUSHES), ...Object.keys(CALLS)];
  // S18: no request claims or loses the attention of an account.
  expect(names.filter((name) => /lease|attention|focus/.test(name))).toEqual([]);
  // X4: nothing is uploaded; that a message names media is refused by the server (V16).
  expect(names.filter((name) => /upload|media/.test(name))).toEqual([]);
  const refusals = TEST_FILES.map((file) => readFileSync(`${ROOT}/${file}`, "utf8"));
  expect(refusals.some((source) => /V16[^\n]*/.test(source) && source.includes("mediaIds"))).toBe(
    true,
  );
});

test("S11, E5: the drawn states are those of the code", () => {
  const drawn = (title: string): string[] => {
    const [, section = ""] = IN_FORCE.split(`\n${title}`);
    const [, diagram = ""] = section.split("```");
    const states = [...diagram.matchAll(/^ {2}(\S+) --> (\S+)/gm)].flatMap(([, a, b]) => [a, b]);
    const aliases = diagram.matchAll(/^ {2}state "(\S+)" as (\S+)/gm);
    const names = new Map([...aliases].map(([, name, id]) => [id, name]));
    return [...new Set(states)]
      .filter((state) => state !== "[*]")
      .map((state) => String(names.get(state) ?? state))
      .sort();
  };
  expect(drawn("The connection of an account")).toEqual(
    [...ConnectionStatus.shape.state.options].sort(),
  );
  expect(drawn("A journal entry")).toEqual(["failed", "journaled", "offered", "sent"]);
});
