import { expect, test } from "vitest";
import { formatTable, readable } from "./table.ts";

test("numbers show three digits that matter", () => {
  expect([0, 0.012_345, 1.234_5, 12.345, 123.45, 1234.5, 1_234_567].map(readable)).toEqual([
    "0",
    "0.0123",
    "1.23",
    "12.3",
    "123",
    "1,235",
    "1,234,567",
  ]);
});

test("what is no number reads as a dash", () => {
  expect([Number.NaN, Number.POSITIVE_INFINITY].map(readable)).toEqual(["-", "-"]);
});

test("columns line up: names to the left, figures to the right", () => {
  const table = formatTable(
    ["figure", "bare"],
    [
      ["messages/s", "9"],
      ["p99", "1,234"],
    ],
  );
  expect(table.split("\n")).toEqual([
    "figure       bare",
    "----------  -----",
    "messages/s      9",
    "p99         1,234",
  ]);
});
