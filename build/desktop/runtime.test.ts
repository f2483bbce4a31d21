import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { electronVersion, executableIn, fetchRuntime, findRuntime, reasonFrom } from "./runtime.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-runtime-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const executable = executableIn(process.platform);
function put(path: string, text = ""): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe("finding the runtime", () => {
  test("needs the executable, and the note that it was unpacked to its end", () => {
    expect(findRuntime({}, folder)).toBeUndefined();
    put(`dist/${executable}`);
    expect(findRuntime({}, folder)).toBeUndefined();
    put("path.txt", executable);
    expect(findRuntime({}, folder)).toBe(join(folder, "dist"));
  });

  test("ELECTRON_OVERRIDE_DIST_PATH names another, which has to be there", () => {
    put("path.txt", executable);
    put(`dist/${executable}`);
    const named = join(folder, "named");
    expect(findRuntime({ ELECTRON_OVERRIDE_DIST_PATH: named }, folder)).toBeUndefined();
    put(`named/${executable}`);
    expect(findRuntime({ ELECTRON_OVERRIDE_DIST_PATH: named }, folder)).toBe(named);
  });

  test("the version is that of the installed package", () => {
    expect(electronVersion()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe("fetching the runtime", () => {
  const fetchWith = (installer: string, timeoutMs = 100_000) => {
    put("install.js", installer);
    const told: number[] = [];
    const onProgress = (elapsedMs: number): void => void told.push(elapsedMs);
    return fetchRuntime({ packageDir: folder, timeoutMs, onProgress, reportEveryMs: 20 }).then(
      (result) => ({ result, told }),
    );
  };

  test("succeeds with the installer", async () => {
    expect((await fetchWith("process.exit(0)")).result).toEqual({ ok: true });
  });

  test("says in a few words why not", async () => {
    const failing = "console.error(new TypeError('fetch failed').stack); process.exit(1)";
    expect((await fetchWith(failing)).result).toEqual({ ok: false, reason: "fetch failed" });
    expect(reasonFrom("")).toBe("it said nothing");
    expect(reasonFrom("\nno space left.\n")).toBe("no space left");
    expect(reasonFrom("HTTPError: 404 {\n  at x")).toBe("404");
  });

  test("is given up in time and tells that it goes on until then", async () => {
    const { result, told } = await fetchWith("setInterval(() => {}, 1000)", 1_000);
    expect(result).toEqual({ ok: false, reason: "it took longer than 1 s" });
    expect(told.length).toBeGreaterThan(0);
  });
});
