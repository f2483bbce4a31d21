import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";

import { hashInputs } from "./input-hash.ts";
import { fromRoot, toolScripts } from "./paths.ts";
import { runNodeScript } from "./run-command.ts";

/** Where the built web app is served from. */
export const webDistDir = fromRoot("apps/web/dist");
const stampFile = fromRoot("apps/web/dist/.inputs-hash");

/** Everything the built app depends on. */
const INPUT_GLOBS = [
  "apps/web/*.{html,ts,json}",
  "apps/web/{src,public}/**/*",
  "packages/*/{src/**/*,package.json}",
  "pnpm-lock.yaml",
  "tsconfig.base.json",
];

export interface BuildResult {
  exitCode: number;
  built: boolean;
}

/** Whoever starts a build, a test runner too: what comes out is what people get. */
export function productionEnv(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_ENV: "production" };
}

/** Builds the web app unless what stands in apps/web/dist was built from the very same inputs. */
export async function buildWebApp(): Promise<BuildResult> {
  const hash = await hashInputs(INPUT_GLOBS);
  if (existsSync(stampFile) && (await readFile(stampFile, "utf8")) === hash) {
    return { exitCode: 0, built: false };
  }
  console.log("Building the web app ...");
  // Built aside and then moved: a failed build leaves the old app in place, and a server that is
  // running meanwhile never serves half of one.
  const outDir = fromRoot(`apps/web/node_modules/.parley-build-${process.pid}`);
  const { exitCode } = await runNodeScript(
    toolScripts.vite,
    ["build", "--outDir", outDir, "--emptyOutDir"],
    { cwd: fromRoot("apps/web"), env: productionEnv(), output: "inherit" },
  );
  if (exitCode === 0) {
    await writeFile(`${outDir}/.inputs-hash`, hash);
    await rm(webDistDir, { recursive: true, force: true });
    await rename(outDir, webDistDir);
  }
  await rm(outDir, { recursive: true, force: true });
  return { exitCode, built: exitCode === 0 };
}
