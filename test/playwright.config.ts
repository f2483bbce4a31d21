import { defineConfig } from "@playwright/test";

import { resolveChromium } from "./support/chromium.ts";

const { executablePath, args, env } = await resolveChromium();
// Named by `npm test`, which reads the counts from it.
const reportFile = process.env["PLAYWRIGHT_JSON_OUTPUT_FILE"];

export default defineConfig({
  testDir: "e2e",
  outputDir: "results/e2e",
  workers: 2,
  // A test that passes only the second time has found something.
  retries: 0,
  // Several browsers, a server and a desktop on two busy cores: a hang shows anyway. Nothing waits for
  // these times but a test that fails.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [["list"], ...(reportFile === undefined ? [] : [["json"] as const])],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath, args, env },
    // Without the film of it, which takes a third of the time of a run: every step has its page as it was.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: false },
    screenshot: "only-on-failure",
  },
});
