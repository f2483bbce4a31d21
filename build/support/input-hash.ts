import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { relative } from "node:path";

import { rootDir } from "./paths.ts";

const NOT_AN_INPUT = /\.test\.tsx?$|\/node_modules\//;

/** A hash of every file that the patterns name, tests left out, and of the Node that builds. */
export async function hashInputs(patterns: readonly string[]): Promise<string> {
  const files: string[] = [];
  for (const pattern of patterns) {
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
