import { expect, test } from "vitest";
import { benchOptions } from "./options.ts";

test("without arguments a bench runs in full", () => {
  expect(benchOptions([])).toMatchObject({ rounds: 5, idleSeconds: 60, profile: false });
});

test("--short is short, and single values still count", () => {
  expect(benchOptions(["--short", "--seconds", "2.5"])).toMatchObject({ rounds: 1, seconds: 2.5 });
});

test("a number that is none, and an argument that nobody knows, are errors", () => {
  expect(() => benchOptions(["--rounds", "many"])).toThrow("--rounds");
  expect(() => benchOptions(["--rounds=0"])).toThrow("--rounds");
  expect(() => benchOptions(["--quick"])).toThrow("--quick");
});
