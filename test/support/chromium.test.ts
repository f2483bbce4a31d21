import { existsSync } from "node:fs";

import { expect, test } from "vitest";

import { launchArgs, resolveChromium } from "./chromium.ts";

test("takes the executable that PARLEY_CHROMIUM names", async () => {
  const found = await resolveChromium({ PARLEY_CHROMIUM: process.execPath });
  expect(found).toMatchObject({ executablePath: process.execPath, source: "PARLEY_CHROMIUM" });
});

test("says so when PARLEY_CHROMIUM names a missing file", async () => {
  await expect(resolveChromium({ PARLEY_CHROMIUM: "/nowhere/chromium" })).rejects.toThrow(
    "PARLEY_CHROMIUM names a missing file: /nowhere/chromium",
  );
});

test.runIf(process.platform === "linux" && process.arch === "x64")(
  "brings its own Chromium, with the libraries it needs",
  async () => {
    const found = await resolveChromium({ PARLEY_CHROMIUM: "bundled" });
    expect(found.source).toBe("bundled");
    expect(existsSync(found.executablePath)).toBe(true);
    expect(existsSync(`${found.env["LD_LIBRARY_PATH"]}/libnss3.so`)).toBe(true);
  },
);

test("gives up the sandbox only for root and in continuous integration", () => {
  const isRoot = process.getuid?.() === 0;
  expect(launchArgs({}).includes("--no-sandbox")).toBe(isRoot);
  expect(launchArgs({ CI: "true" })).toContain("--no-sandbox");
});
