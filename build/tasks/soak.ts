// `npm run soak -- [name] [options]`: the long forms of the tests that look for rare faults. Runs
// test/chaos/soak/*.soak.ts, or those whose name contains `name`, one after the other.
//   --seed N      repeats what a failure named
//   --messages N, --clients N, --kills N, --programs N   other sizes
//   --minutes N   how long each part may take (30)
// The last line is always `N passed, N failed`, also where Ctrl+C ends it: of what was done by then.
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { fromRoot, rootDir } from "../support/paths.ts";
import {
  endCommandsOnSignal,
  type EndingSignal,
  runNodeScript,
  signalExitCode,
} from "../support/run-command.ts";

interface Report {
  passed: number;
  failures: string[];
}

function isReport(value: unknown): value is Report {
  return (
    typeof value === "object" &&
    value !== null &&
    "passed" in value &&
    typeof value.passed === "number" &&
    "failures" in value &&
    Array.isArray(value.failures)
  );
}

/** Set once this was told to end. */
const ended: { by?: EndingSignal } = {};

async function readReport(file: string, name: string, exitCode: number): Promise<Report> {
  try {
    const report: unknown = JSON.parse(await readFile(file, "utf8"));
    if (isReport(report)) return report;
  } catch {
    // It ended before it could write one: that is told below.
  }
  if (ended.by !== undefined) return { passed: 0, failures: [] };
  return { passed: 0, failures: [`${name} ended with ${exitCode} and without a report`] };
}

endCommandsOnSignal((signal) => (ended.by = signal));
const given = process.argv.slice(2);
const wanted = given[0]?.startsWith("-") === false ? given[0] : "";
const args = wanted === "" ? given : given.slice(1);
const all = globSync("test/chaos/soak/*.soak.ts", { cwd: rootDir }).toSorted();
const chosen = all.filter((file) => basename(file, ".soak.ts").includes(wanted));
if (chosen.length === 0) {
  const names = all.map((file) => basename(file, ".soak.ts")).join(", ");
  console.error(`No part of the soak is called "${wanted}". There are: ${names}.`);
  process.exit(2);
}

const reportsDir = await mkdtemp(join(tmpdir(), "parley-soak-"));
let passed = 0;
const failures: string[] = [];
for (const file of chosen) {
  const name = basename(file, ".soak.ts");
  console.log(`\n${name}`);
  const reportFile = join(reportsDir, `${name}.json`);
  const env = { ...process.env, PARLEY_SOAK_REPORT: reportFile };
  // One after the other: each of them fills the machine.
  const { exitCode } = await runNodeScript(fromRoot(file), args, { output: "inherit", env });
  const report = await readReport(reportFile, name, exitCode);
  passed += report.passed;
  failures.push(...report.failures);
  if (ended.by !== undefined) {
    const others = chosen.slice(chosen.indexOf(file) + 1).map((one) => basename(one, ".soak.ts"));
    const rest = others.length > 0 ? `, and ${others.join(", ")} did not begin` : "";
    console.log(`\nEnded early: ${name} was not done${rest}.`);
    process.exitCode = signalExitCode(ended.by);
    break;
  }
}
await rm(reportsDir, { recursive: true, force: true });
if (failures.length > 0) {
  console.log("\nFailed:");
  for (const failure of failures) console.log(`  ${failure}`);
  process.exitCode ??= 1;
}
console.log(`\n${passed} passed, ${failures.length} failed`);
