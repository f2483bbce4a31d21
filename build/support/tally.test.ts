import { expect, test } from "vitest";

import { closingLine, tallyPlaywright, tallyVitest, withExitCode } from "./tally.ts";
import type { PlaywrightReport, Tally, VitestReport } from "./tally.ts";

const green: Tally = { passed: 2, skipped: 0, failures: [] };
const red: Tally = { passed: 1, skipped: 3, failures: [{ name: "a", message: "b" }] };

test("the closing line adds everything up and names skipped tests only if there are any", () => {
  expect(closingLine([])).toBe("0 passed, 0 failed");
  expect(closingLine([green, green])).toBe("4 passed, 0 failed");
  expect(closingLine([green, red])).toBe("3 passed, 1 failed, 3 skipped");
});

test("a runner that ends badly without a failed test counts as one failure", () => {
  expect(withExitCode(green, "vitest", 0)).toBe(green);
  expect(withExitCode(red, "vitest", 1)).toBe(red);
  expect(withExitCode(green, "vitest", 1).failures).toHaveLength(1);
});

test("reads vitest's report", () => {
  const report: VitestReport = {
    testResults: [
      {
        name: "/repo/a.test.ts",
        status: "failed",
        assertionResults: [
          { status: "passed", fullName: "works" },
          { status: "failed", fullName: "group breaks", failureMessages: ["Error: no"] },
          { status: "pending", fullName: "later" },
          { status: "todo", fullName: "some day" },
        ],
      },
      { name: "/repo/b.test.ts", status: "failed", message: "SyntaxError", assertionResults: [] },
    ],
  };
  expect(tallyVitest(report, "/repo")).toEqual({
    passed: 1,
    skipped: 2,
    failures: [
      { name: "a.test.ts: group breaks", message: "Error: no" },
      { name: "b.test.ts", message: "SyntaxError" },
    ],
  });
});

test("reads Playwright's report", () => {
  const report: PlaywrightReport = {
    errors: [{ message: "no such browser" }],
    suites: [
      {
        title: "talk.spec.ts",
        specs: [{ title: "talks", tests: [{ status: "expected", results: [{}] }] }],
        suites: [
          {
            title: "in a group",
            specs: [
              {
                title: "breaks",
                tests: [{ status: "unexpected", results: [{ error: { message: "timeout" } }] }],
              },
              { title: "waits", tests: [{ status: "skipped", results: [] }] },
              { title: "wavers", tests: [{ status: "flaky", results: [{}] }] },
            ],
          },
        ],
      },
    ],
  };
  expect(tallyPlaywright(report)).toEqual({
    passed: 1,
    skipped: 1,
    failures: [
      { name: "e2e", message: "no such browser" },
      { name: "talk.spec.ts > in a group > breaks", message: "timeout" },
      { name: "talk.spec.ts > in a group > wavers", message: "flaky" },
    ],
  });
});
