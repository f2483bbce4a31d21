import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = "@sparticuz/chromium";

/**
 * Unpacks the Chromium of the @sparticuz/chromium package, once per machine and version, and
 * resolves to the folder that holds the executable `chromium`, its libraries and its fonts.
 */
export async function unpackBundledChromium(): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "No Chromium or Chrome found. Install one, or name one in the variable PARLEY_CHROMIUM.",
    );
  }
  const version = await packageVersion();
  const folder = join(tmpdir(), `parley-chromium-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(folder)) return folder;

  // The package writes straight into the folder for temporary files, and takes a file that another
  // process is still writing for complete. So it unpacks into a folder of its own, which then takes
  // its final name in one step.
  const staging = `${folder}.${process.pid}`;
  await mkdir(staging, { recursive: true });
  await withEnvironment(
    // With the second variable it unpacks the shared libraries too; it looks while it loads.
    { TMPDIR: staging, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
    async () => {
      const { default: bundled } = await import("@sparticuz/chromium");
      await bundled.executablePath();
    },
  );
  await writeFontConfig(staging, folder);
  try {
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Somebody else was faster, with the same result.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** The package's own font configuration has fixed paths below /tmp. */
async function writeFontConfig(staging: string, folder: string): Promise<void> {
  const lines = [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    "<fontconfig>",
    `  <dir>${folder}/fonts</dir>`,
    "  <dir>/usr/share/fonts</dir>",
    `  <cachedir>${folder}/fonts-cache</cachedir>`,
    "</fontconfig>",
  ];
  await writeFile(join(staging, "fonts/fonts.conf"), `${lines.join("\n")}\n`);
}

async function packageVersion(): Promise<string> {
  const manifest = fileURLToPath(new URL("../package.json", import.meta.resolve(PACKAGE)));
  const match = /"version": "([^"]+)"/.exec(await readFile(manifest, "utf8"));
  if (match?.[1] === undefined) throw new Error(`${manifest} names no version`);
  return match[1];
}

/** Runs `work` under other environment variables and puts back whatever it changed. */
async function withEnvironment(
  variables: Record<string, string>,
  work: () => Promise<void>,
): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const name of Object.keys(process.env)) {
      if (!(name in before)) delete process.env[name];
    }
    Object.assign(process.env, before);
  }
}
