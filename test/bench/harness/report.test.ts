import { expect, test } from "vitest";
import { comparisonTable } from "./report.ts";

test("subjects stand side by side, the ratio is the second over the first", () => {
  const table = comparisonTable({
    title: "pairs",
    medians: { bare: { "CPU µs": 20, lost: 0 }, parley: { "CPU µs": 50, stored: 7 } },
    ratio: true,
  });
  expect(table.split("\n").map((line) => line.split(/\s{2,}/))).toEqual([
    ["pairs", "bare", "parley", "ratio"],
    [expect.any(String), "----", "------", "-----"],
    ["CPU µs", "20", "50", "2.5"],
    ["lost", "0", "-", "-"],
    ["stored", "-", "7", "-"],
  ]);
});
