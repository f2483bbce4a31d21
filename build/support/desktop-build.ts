import { existsSync } from "node:fs";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";

import { hashInputs } from "./input-hash.ts";
import { fromRoot, toolScripts } from "./paths.ts";
import { runNodeScript } from "./run-command.ts";
import { productionEnv } from "./web-build.ts";
import type { BuildResult } from "./web-build.ts";

/** The built desktop app: main/index.cjs, preload/preload.cjs, renderer/index.html, icons/. */
const desktopDistDir = fromRoot("apps/desktop/dist");
const stampFile = fromRoot("apps/desktop/dist/.inputs-hash");
const BUILD_ID_LENGTH = 16;

/** Everything the built app depends on. */
const INPUT_GLOBS = [
  "apps/desktop/*.{ts,json}",
  "apps/desktop/src/**/*",
  "packages/*/{src/**/*,package.json}",
  "build/icons/{app,tray}/**/*.png",
  "pnpm-lock.yaml",
  "tsconfig.base.json",
];

/** Each part is a bundle of its own, for the place in which it runs. */
const PARTS = [
  { folder: "main", config: "vite.main.config.ts" },
  { folder: "preload", config: "vite.preload.config.ts" },
  { folder: "renderer", config: "vite.config.ts" },
] as const;

/** The pictures that main shows: those of the tray, and one for windows where a desktop wants it. */
async function copyIcons(folder: string): Promise<void> {
  await cp(fromRoot("build/icons/tray"), folder, { recursive: true });
  await cp(fromRoot("build/icons/app/linux/256x256.png"), `${folder}/icon.png`);
}

/**
 * Builds the desktop app unless what stands in apps/desktop/dist was built from the very same
 * inputs. All parts carry the same build id, made from those inputs (S20).
 */
export async function buildDesktopApp(): Promise<BuildResult> {
  const hash = await hashInputs(INPUT_GLOBS);
  if (existsSync(stampFile) && (await readFile(stampFile, "utf8")) === hash) {
    return { exitCode: 0, built: false };
  }
  console.log("Building the desktop app ...");
  // Built aside and then moved: a failed build leaves the old app in place.
  const outDir = fromRoot(`apps/desktop/node_modules/.parley-build-${process.pid}`);
  const env = { ...productionEnv(), PARLEY_BUILD: hash.slice(0, BUILD_ID_LENGTH) };
  const results = await Promise.all(
    PARTS.map(({ folder, config }) =>
      runNodeScript(
        toolScripts.vite,
        [
          "build",
          `--config=${fromRoot("apps/desktop", config)}`,
          `--outDir=${outDir}/${folder}`,
          "--emptyOutDir",
          "--logLevel=warn",
        ],
        { cwd: fromRoot("apps/desktop"), env, output: "inherit" },
      ),
    ),
  );
  const exitCode = results.find((result) => result.exitCode !== 0)?.exitCode ?? 0;
  if (exitCode === 0) {
    await copyIcons(`${outDir}/icons`);
    await writeFile(`${outDir}/.inputs-hash`, hash);
    await rm(desktopDistDir, { recursive: true, force: true });
    await rename(outDir, desktopDistDir);
  }
  await rm(outDir, { recursive: true, force: true });
  return { exitCode, built: exitCode === 0 };
}
