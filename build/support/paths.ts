import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the checkout. */
export const rootDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** An absolute path inside the checkout. */
export const fromRoot = (...parts: string[]): string => join(rootDir, ...parts);

/** Every folder that has a TypeScript project of its own, relative to the root, in a fixed order. */
export function projectFolders(): string[] {
  const nested = ["packages", "apps"].flatMap((parent) =>
    readdirSync(fromRoot(parent))
      .toSorted()
      .map((name) => `${parent}/${name}`),
  );
  return [...nested, "test", "build"].filter((folder) =>
    existsSync(fromRoot(folder, "tsconfig.json")),
  );
}

/**
 * The script behind a tool's command. Run with the project's Node it behaves alike on every
 * platform, unlike the shell wrappers in node_modules/.bin.
 */
export const toolScripts = {
  knip: fromRoot("node_modules/knip/bin/knip.js"),
  oxfmt: fromRoot("node_modules/oxfmt/bin/oxfmt"),
  oxlint: fromRoot("node_modules/oxlint/bin/oxlint"),
  playwright: fromRoot("test/node_modules/@playwright/test/cli.js"),
  tsc: fromRoot("node_modules/typescript/bin/tsc"),
  vite: fromRoot("node_modules/vite/bin/vite.js"),
  vitest: fromRoot("node_modules/vitest/vitest.mjs"),
} as const;
