import { FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from "@electron/fuses";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";

import { buildDesktopApp } from "../support/desktop-build.ts";
import { ENTRIES, MAX_ASAR_BYTES, packageFindings, readAsar } from "./check-package.ts";
import type { PackedFile } from "./check-package.ts";
import { decidedFuses, pack } from "./pack.ts";

// Builds where something changed, and packs for real.
vi.setConfig({ hookTimeout: 240_000 });

let outDir: string;
let files: PackedFile[];
const unpacked = () => join(outDir, `linux${process.arch === "arm64" ? "-arm64" : ""}-unpacked`);

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "parley-package-"));
  const { exitCode } = await buildDesktopApp();
  if (exitCode !== 0) throw new Error("The desktop app could not be built.");
  const archs = [process.arch === "arm64" ? ("arm64" as const) : ("x64" as const)];
  await pack({ platform: "linux", formats: ["dir"], archs, runtime: "placeholder", outDir });
  files = readAsar(join(unpacked(), "resources/app.asar"));
});
afterAll(() => rm(outDir, { recursive: true, force: true }));

describe("the packed app", () => {
  test("holds main, preload and renderer, and nothing that they do not need", () => {
    expect(packageFindings(files)).toEqual([]);
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining([...ENTRIES]));
    expect(paths).toContain("dist/icons/tray-unread-dark@2x.png");
  });

  test("has no source map, no dependency and no source", () => {
    const unwanted = /\.map$|node_modules|\.tsx?$|\.test\.|(?:^|\/)\.|vite|tsconfig/;
    expect(files.map(({ path }) => path).filter((path) => unwanted.test(path))).toEqual([]);
  });

  test("has less than 25 MB", () => {
    const sizeBytes = files.reduce((total, file) => total + file.sizeBytes, 0);
    expect(sizeBytes).toBeGreaterThan(0);
    expect(sizeBytes).toBeLessThan(MAX_ASAR_BYTES);
  });

  test("main needs nothing but Electron and what is built into it", () => {
    const main = files.find(({ path }) => path === "dist/main/index.cjs")?.content.toString("utf8");
    const required = [...(main ?? "").matchAll(/\brequire\(["']([^"']+)["']\)/g)].map(
      ([, name = ""]) => name,
    );
    // What only native speed-ups of the socket library ask for, each within a try.
    const optional = ["bufferutil", "utf-8-validate"];
    const { builtinModules } = process.getBuiltinModule("node:module");
    const isThere = (name: string): boolean =>
      name === "electron" || builtinModules.includes(name.replace(/^node:/, ""));
    expect(required.filter((name) => !isThere(name) && !optional.includes(name))).toEqual([]);
    expect(required).toContain("electron");
  });

  test("lies beside a runtime that loads nothing else", () => {
    expect(existsSync(join(unpacked(), "parley"))).toBe(true);
    expect(existsSync(join(unpacked(), "resources/default_app.asar"))).toBe(false);
    expect(existsSync(join(unpacked(), "resources/app"))).toBe(false);
    expect(existsSync(join(unpacked(), "resources/app.asar.unpacked"))).toBe(false);
  });
});

describe("the fuses", () => {
  test("are decided: no Node, no arguments, only this archive, cookies encrypted", async () => {
    expect(await decidedFuses()).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  test("are burnt into the executable", async () => {
    const wire = await getCurrentFuseWire(join(unpacked(), "parley"));
    expect(wire.version).toBe(FuseVersion.V1);
    const on = [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ];
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    expect(on.map((fuse) => wire[fuse])).toEqual(on.map(() => FuseState.ENABLE));
    expect(off.map((fuse) => wire[fuse])).toEqual(off.map(() => FuseState.DISABLE));
  });
});

describe("the integrity of the archive", () => {
  const Header = z.object({ algorithm: z.literal("SHA256"), hash: z.string().length(64) });
  const Entry = z.looseObject({
    files: z.record(z.string(), z.unknown()).optional(),
    integrity: z.unknown().optional(),
  });

  function everyFile(raw: unknown): unknown[] {
    const entry = Entry.parse(raw);
    if (entry.files === undefined) return [entry.integrity];
    return Object.values(entry.files).flatMap(everyFile);
  }

  test("stands in its header for every file", async () => {
    const asar = await readFile(join(unpacked(), "resources/app.asar"));
    const header: unknown = JSON.parse(asar.toString("utf8", 16, 16 + asar.readUInt32LE(12)));
    const hashes = everyFile(header);
    expect(hashes).toHaveLength(files.length);
    for (const integrity of hashes) expect(Header.safeParse(integrity).success).toBe(true);
  });
});

describe("what the check finds", () => {
  const file = (path: string, text = ""): PackedFile => {
    const content = Buffer.from(text);
    return { path, sizeBytes: content.length, content };
  };
  const manifest = (extra: object) =>
    file("package.json", JSON.stringify({ name: "a", version: "1", ...extra }));

  test.each([
    [file("dist/main/index.cjs.map"), "does not belong"],
    [file("node_modules/zod/index.js"), "does not belong"],
    [file("dist/renderer/app.ts"), "does not belong"],
    [file("src/main/index.ts"), "does not belong"],
    [file("dist/main/index.cjs", "1\n//# sourceMappingURL=index.cjs.map"), "names a source map"],
    [file("dist/renderer/a.css", "a{}/*# sourceMappingURL=a.map */"), "names a source map"],
    [file("dist/main/index.cjs", `"${process.cwd()}/apps"`), "names a folder of the machine"],
    [manifest({ main: "dist/main/index.cjs", devDependencies: {} }), "the field devDependencies"],
    [manifest({ main: "elsewhere.js" }), "another main"],
    [{ ...file("dist/main/index.cjs"), sizeBytes: MAX_ASAR_BYTES + 1 }, "bytes"],
  ])("%#: %s", (wrong, expected) => {
    expect(packageFindings([wrong]).join("\n")).toContain(expected);
  });

  test("a part that is missing", () => {
    expect(packageFindings([])).toEqual(ENTRIES.map((entry) => `${entry} is missing`));
  });
});
