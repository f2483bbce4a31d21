// Packs the desktop app by electron-builder.yml, with what depends on this machine.
import { Arch, build, Platform } from "electron-builder";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

import { electronVersion } from "../desktop/runtime.ts";
import { fromRoot, rootDir } from "../support/paths.ts";
import { checkPackage } from "./check-package.ts";
import { makePlaceholderRuntime } from "./placeholder-runtime.ts";

export type PlatformName = "linux" | "win" | "mac";
export type ArchName = "x64" | "arm64";

const PLATFORMS: Record<PlatformName, Platform> = {
  linux: Platform.LINUX,
  win: Platform.WINDOWS,
  mac: Platform.MAC,
};

export interface PackOptions {
  platform: PlatformName;
  /** Formats such as `deb`, or `dir` for the folder alone; empty means all of electron-builder.yml. */
  formats: readonly string[];
  /** Empty means those that electron-builder.yml names for each format. */
  archs: readonly ArchName[];
  /** A folder with the runtime, `fetch` to have it fetched, or a placeholder (Linux only). */
  runtime: { folder: string } | "fetch" | "placeholder";
  /** Where the results go; `release/` unless given. */
  outDir?: string;
}

const Fuses = z.object({ electronFuses: z.record(z.string(), z.boolean()) });

/** The fuses that electron-builder.yml decides on. */
export async function decidedFuses(): Promise<Record<string, boolean>> {
  const text = await readFile(fromRoot("electron-builder.yml"), "utf8");
  return Fuses.parse(parse(text)).electronFuses;
}

/** 7-Zip of the machine, where there is one: the packer would fetch its own. */
function useOwnSevenZip(): void {
  const known = ["/usr/bin/7za", "/usr/bin/7z", "/opt/homebrew/bin/7za"].find((path) =>
    existsSync(path),
  );
  if (known !== undefined) process.env["ELECTRON_BUILDER_7ZIP_PATH"] ??= known;
}

/** Packs what stands in apps/desktop/dist; throws when it fails or holds what it should not. */
export async function pack(options: PackOptions): Promise<string[]> {
  const { platform, formats, archs, runtime, outDir } = options;
  const version = electronVersion();
  const placeholder = await mkdtemp(join(tmpdir(), "parley-runtime-"));
  useOwnSevenZip();
  try {
    if (runtime === "placeholder") await makePlaceholderRuntime(placeholder, version);
    const electronDist = runtime === "placeholder" ? placeholder : runtime;
    return await build({
      targets: PLATFORMS[platform].createTarget(
        formats.length > 0 ? [...formats] : null,
        ...archs.map((name) => Arch[name]),
      ),
      projectDir: rootDir,
      publish: "never",
      config: {
        extends: fromRoot("electron-builder.yml"),
        electronVersion: version,
        ...(typeof electronDist === "string"
          ? electronDist !== "fetch" && { electronDist }
          : { electronDist: electronDist.folder }),
        ...(outDir !== undefined && { directories: { output: outDir } }),
        // The bundles hold all they need: no dependencies are looked for, installed or packed.
        beforeBuild: async () => false,
        afterPack: async ({ appOutDir, packager }) => {
          await checkPackage(packager.getResourcesDir(appOutDir));
        },
      },
    });
  } finally {
    await rm(placeholder, { recursive: true, force: true });
  }
}
