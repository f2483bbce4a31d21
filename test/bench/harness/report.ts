import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

import type { BenchOptions } from "./options.ts";
import type { Figures } from "./stats.ts";
import { formatTable, readable } from "./table.ts";

const RESULTS_DIR = fileURLToPath(new URL("../../results/bench/", import.meta.url));

/** One table of a report: the same figures for several subjects side by side. */
export type Comparison = {
  title: string;
  /** Medians by subject, e.g. `bare` and `parley`. */
  medians: Record<string, Figures>;
  /** Every round by subject; empty where there were none. */
  rounds?: Record<string, readonly Figures[]>;
  /** Adds a column: the second subject's figure divided by the first one's. */
  ratio?: boolean;
};

/** Where a file that belongs to the results goes, e.g. a profile. */
export function resultFile(name: string): string {
  mkdirSync(RESULTS_DIR, { recursive: true });
  return `${RESULTS_DIR}${name}`;
}

function machine() {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    /** Above the number of cores: something else ran too. */
    loadAverage: loadavg().map((value) => Math.round(value * 100) / 100),
  };
}

function ratioOf(medians: Comparison["medians"], figure: string): number {
  const [first, second] = Object.values(medians);
  return (second?.[figure] ?? Number.NaN) / (first?.[figure] ?? Number.NaN);
}

/** The table of a comparison as text. */
export function comparisonTable(comparison: Comparison): string {
  const subjects = Object.keys(comparison.medians);
  const figures = [
    ...new Set(Object.values(comparison.medians).flatMap((medians) => Object.keys(medians))),
  ];
  const rows = figures.map((figure) => [
    figure,
    ...subjects.map((subject) => readable(comparison.medians[subject]?.[figure] ?? Number.NaN)),
    ...(comparison.ratio === true ? [readable(ratioOf(comparison.medians, figure))] : []),
  ]);
  const head = [comparison.title, ...subjects, ...(comparison.ratio === true ? ["ratio"] : [])];
  return formatTable(head, rows);
}

/** Prints the tables of a bench and writes everything to test/results/bench/<name>.json. */
export function report(
  name: string,
  options: BenchOptions,
  comparisons: readonly Comparison[],
): void {
  for (const comparison of comparisons) console.log(`\n${comparisonTable(comparison)}`);
  const file = resultFile(`${name}.json`);
  const content = { name, at: new Date().toISOString(), machine: machine(), options, comparisons };
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  console.log(`\nWritten to ${file}`);
}
