import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, readFile, rename, rm, writeFile } from "node:fs/promises";
import { relative } from "node:path";

import { fromRoot, rootDir, toolScripts } from "./paths.ts";
import { runNodeScript } from "./run-command.ts";

/** Where the built web app is served from. */
export const webDistDir = fromRoot("apps/web/dist");
const stampFile = fromRoot("apps/web/dist/.inputs-hash");

/** Everything the built app depends on. Tests are left out below: they change nothing in it. */
const INPUT_GLOBS = [
  "apps/web/*.{html,ts,json}",
  "apps/web/{src,public}/**/*",
  "packages/*/{src/**/*,package.json}",
  "pnpm-lock.yaml",
  "tsconfig.base.json",
];
const NOT_AN_INPUT = /\.test\.tsx?$|\/node_modules\//;

interface BuildResult {
  exitCode: number;
  built: boolean;
}

/** Builds the web app unless what stands in apps/web/dist was built from the very same inputs. */
export async function buildWebApp(): Promise<BuildResult> {
  const hash = await hashInputs();
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
    { cwd: fromRoot("apps/web"), output: "inherit" },
  );
  if (exitCode === 0) {
    await writeFile(`${outDir}/.inputs-hash`, hash);
    await rm(webDistDir, { recursive: true, force: true });
    await rename(outDir, webDistDir);
  }
  await rm(outDir, { recursive: true, force: true });
  return { exitCode, built: exitCode === 0 };
}

async function hashInputs(): Promise<string> {
  const files: string[] = [];
  for (const pattern of INPUT_GLOBS) {
    for await (const entry of glob(pattern, { cwd: rootDir, withFileTypes: true })) {
      const path = `${entry.parentPath}/${entry.name}`;
      if (entry.isFile() && !NOT_AN_INPUT.test(path)) files.push(path);
    }
  }
  const hash = createHash("sha256").update(process.version);
  for (const file of files.toSorted()) await addFile(hash, file);
  return hash.digest("hex");
}

async function addFile(hash: Hash, file: string): Promise<void> {
  hash.update(`\n${relative(rootDir, file)}\n`).update(await readFile(file));
}
