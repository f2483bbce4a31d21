// Stands in for Electron's runtime where it cannot be had, so that everything else about a package
// can be made and looked at: what is packed, where it lies, which fuses are burnt in. It starts nothing.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What precedes the fuses in every Electron executable. */
const FUSE_SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const FUSE_WIRE_VERSION = 1;
/** The fuses as Electron is delivered, each a digit, in the order of its first wire version. */
const FUSES_AS_DELIVERED = "10110001";

const EXECUTABLE = Buffer.concat([
  Buffer.from("#!/bin/sh\necho 'This is only a placeholder for the runtime.' >&2\nexit 1\n"),
  Buffer.from(FUSE_SENTINEL),
  Buffer.from([FUSE_WIRE_VERSION, FUSES_AS_DELIVERED.length]),
  Buffer.from(`${FUSES_AS_DELIVERED}\n`),
]);

/** Makes a folder laid out like the runtime for Linux. */
export async function makePlaceholderRuntime(folder: string, version: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "locales"), { recursive: true });
  await mkdir(join(folder, "resources"));
  await writeFile(join(folder, "electron"), EXECUTABLE, { mode: 0o755 });
  await writeFile(join(folder, "chrome-sandbox"), "", { mode: 0o755 });
  await writeFile(join(folder, "locales/en-US.pak"), "");
  await writeFile(join(folder, "version"), version);
  await writeFile(join(folder, "LICENSE"), "");
  await writeFile(join(folder, "LICENSES.chromium.html"), "");
}
