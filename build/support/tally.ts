/** What a run of tests came to. */
export interface Tally {
  passed: number;
  skipped: number;
  failures: Failure[];
}

export interface Failure {
  /** Where the test stands and what it is called. */
  name: string;
  message: string;
}

/** The line everything that reads the output of the tests may rely on. */
export function closingLine(tallies: readonly Tally[]): string {
  const passed = sum(tallies.map((tally) => tally.passed));
  const failed = sum(tallies.map((tally) => tally.failures.length));
  const skipped = sum(tallies.map((tally) => tally.skipped));
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * A runner that ends badly without a failed test (a crash, an unhandled rejection, no report at
 * all) must not count as success.
 */
export function withExitCode(tally: Tally, runner: string, exitCode: number): Tally {
  if (exitCode === 0 || tally.failures.length > 0) return tally;
  const message = `no test failed, yet ${runner} ended with exit code ${exitCode}; see its output above`;
  return { ...tally, failures: [{ name: runner, message }] };
}

/** Reads the report of vitest's json reporter. */
export function tallyVitest(report: VitestReport, rootDir: string): Tally {
  const tally: Tally = { passed: 0, skipped: 0, failures: [] };
  for (const file of report.testResults) {
    const path = file.name.replace(`${rootDir.replaceAll("\\", "/")}/`, "");
    for (const test of file.assertionResults) {
      if (test.status === "passed") tally.passed += 1;
      else if (test.status === "failed") {
        const message = test.failureMessages?.[0] ?? "";
        tally.failures.push({ name: `${path}: ${test.fullName}`, message });
      } else tally.skipped += 1;
    }
    // A file that cannot even be loaded has no tests to fail.
    const hasFailedTest = file.assertionResults.some((test) => test.status === "failed");
    if (file.status === "failed" && !hasFailedTest) {
      tally.failures.push({ name: path, message: file.message ?? "" });
    }
  }
  return tally;
}

/** Reads the report of Playwright's json reporter. */
export function tallyPlaywright(report: PlaywrightReport): Tally {
  const tally: Tally = { passed: 0, skipped: 0, failures: [] };
  for (const error of report.errors)
    tally.failures.push({ name: "e2e", message: error.message ?? "" });
  const visit = (suite: PlaywrightSuite, titles: readonly string[]): void => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === "expected") tally.passed += 1;
        else if (test.status === "skipped") tally.skipped += 1;
        else {
          const message = test.results.at(-1)?.error?.message ?? test.status;
          tally.failures.push({ name: [...titles, spec.title].join(" > "), message });
        }
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, [...titles, inner.title]);
  };
  for (const suite of report.suites) visit(suite, [suite.title]);
  return tally;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

// The parts of the two reports that are read here.

export interface VitestReport {
  testResults: {
    /** An absolute path, with forward slashes on every platform. */
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] | null }[];
  }[];
}

export interface PlaywrightReport {
  errors: { message?: string }[];
  suites: PlaywrightSuite[];
}

interface PlaywrightSuite {
  title: string;
  specs?: {
    title: string;
    tests: { status: string; results: { error?: { message?: string } }[] }[];
  }[];
  suites?: PlaywrightSuite[];
}
