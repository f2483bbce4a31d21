// Everything that has to pass: static checks, the two builds, tests in Node, tests in a browser.
//   npm test                  all of it
//   npm test -- unit [file]   only the tests in Node
//   npm test -- e2e [title]   only the tests in a browser
//   npm test -- desktop       of these, only those of the desktop app
// The last line is always `N passed, N failed`, with `, N skipped` where tests were skipped.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import { runChecks } from "../support/checks.ts";
import { fromRoot, rootDir, toolScripts } from "../support/paths.ts";
import { endWithCommandsOnSignal, runNodeScript } from "../support/run-command.ts";
import { closingLine, tallyPlaywright, tallyVitest, withExitCode } from "../support/tally.ts";
import type { PlaywrightReport, Tally, VitestReport } from "../support/tally.ts";
import { buildDesktopApp } from "../support/desktop-build.ts";
import { buildWebApp } from "../support/web-build.ts";
import type { BuildResult } from "../support/web-build.ts";

// Not in the checkout: two runs side by side must not read each other's reports.
const reportsDir = await mkdtemp(join(tmpdir(), "parley-test-"));

const isTerminal = process.stdout.isTTY;

async function staticChecks(): Promise<Tally> {
  const results = await runChecks({ fix: false, paths: [] });
  const failed = results.filter((result) => !result.passed);
  return {
    passed: results.length - failed.length,
    skipped: 0,
    failures: failed.map(({ name }) => ({
      name: `check: ${name}`,
      message: "see its report above",
    })),
  };
}

async function nodeTests(args: readonly string[]): Promise<Tally> {
  const reportFile = join(reportsDir, "vitest.json");
  const { exitCode } = await runNodeScript(
    toolScripts.vitest,
    [
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${reportFile}`,
      "--passWithNoTests",
      ...args,
    ],
    // Vitest colours its output even where it goes to a file.
    { output: "inherit", env: { ...(isTerminal ? {} : { NO_COLOR: "1" }), ...process.env } },
  );
  const report = await readReport<VitestReport>(reportFile);
  return withExitCode(tallyVitest(report ?? { testResults: [] }, rootDir), "vitest", exitCode);
}

async function buildOf(name: string, build: () => Promise<BuildResult>): Promise<Tally> {
  const { exitCode } = await build();
  return withExitCode({ passed: exitCode === 0 ? 1 : 0, skipped: 0, failures: [] }, name, exitCode);
}

/** The specs of the desktop app, by their place or name. */
const DESKTOP_SPECS = String.raw`[\\/]test[\\/](?:.*[\\/])?desktop(?:[\\/].*|[^\\/]*)\.spec\.ts$`;

async function browserTests(args: readonly string[], isTitle = true): Promise<Tally> {
  const reportFile = join(reportsDir, "playwright.json");
  const grep = isTitle && args[0] !== undefined && !args[0].startsWith("-") ? ["--grep"] : [];
  const { exitCode } = await runNodeScript(
    toolScripts.playwright,
    ["test", "-c", "test/playwright.config.ts", "--pass-with-no-tests", ...grep, ...args],
    { output: "inherit", env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile } },
  );
  const report = await readReport<PlaywrightReport>(reportFile);
  return withExitCode(
    tallyPlaywright(report ?? { errors: [], suites: [] }),
    "playwright",
    exitCode,
  );
}

async function readReport<Report>(file: string): Promise<Report | undefined> {
  try {
    // The tool that wrote the file just before vouches for its shape.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return JSON.parse(await readFile(file, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

/** The start of a message, without what only says how the runner came to the test. */
function summaryLines(message: string): string[] {
  const lines = stripVTControlCharacters(message).trim().split("\n");
  return lines.filter((line) => !/^\s*at .*(node_modules|\(<anonymous>\))/.test(line)).slice(0, 12);
}

async function runPart(part: string | undefined, args: readonly string[]): Promise<Tally[]> {
  if (part === "unit") return [await nodeTests(args)];
  // Both are looked at by tests in Node and in a browser; without them there is nothing to look at.
  const builds = async (): Promise<Tally[]> => [
    await buildOf("desktop build", buildDesktopApp),
    await buildOf("web build", buildWebApp),
  ];
  const inBrowser = async (built: readonly Tally[]): Promise<Tally[]> =>
    built.some((tally) => tally.failures.length > 0)
      ? []
      : [await browserTests(part === "desktop" ? [DESKTOP_SPECS] : args, part !== "desktop")];
  if (part === "e2e" || part === "desktop") {
    const built = await builds();
    return [...built, ...(await inBrowser(built))];
  }
  const checked = await staticChecks();
  const built = await builds();
  return [checked, ...built, await nodeTests([]), ...(await inBrowser(built))];
}

endWithCommandsOnSignal();
const [part, ...args] = process.argv.slice(2);
if (part !== undefined && !["unit", "e2e", "desktop"].includes(part)) {
  console.error("Usage: npm test [-- unit [file] | e2e [title] | desktop]");
  process.exit(2);
}
// What servers of earlier runs logged is of no use any more.
await rm(fromRoot("test/results/logs"), { recursive: true, force: true });
const tallies = await runPart(part, args);
await rm(reportsDir, { recursive: true, force: true });
const failures = tallies.flatMap((tally) => tally.failures);
if (failures.length > 0) {
  console.log("\nFailed:");
  for (const { name, message } of failures) {
    console.log([`  ${name}`, ...summaryLines(message).map((line) => `      ${line}`)].join("\n"));
  }
  process.exitCode = 1;
}
console.log(`\n${closingLine(tallies)}`);
