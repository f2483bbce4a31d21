// `npm run package`: packs the desktop app into release/.
//   npm run package                            every format of this platform, for x64 and arm64
//   npm run package -- deb rpm --arm64         some formats, some processors
//   npm run package -- --dir                   only the folder that would be packed
//   npm run package -- --linux|--win|--mac     for another platform, where its tools are there
import { parseArgs } from "node:util";

import { fetchRuntime, findRuntime } from "../desktop/runtime.ts";
import { pack } from "../release/pack.ts";
import type { ArchName, PackOptions, PlatformName } from "../release/pack.ts";
import { buildDesktopApp } from "../support/desktop-build.ts";
import { endWithCommandsOnSignal } from "../support/run-command.ts";

const FETCH_TIMEOUT_MS = 300_000;

const OPTIONS = {
  dir: { type: "boolean", default: false },
  linux: { type: "boolean", default: false },
  win: { type: "boolean", default: false },
  mac: { type: "boolean", default: false },
  x64: { type: "boolean", default: false },
  arm64: { type: "boolean", default: false },
} as const;

function thisPlatform(): PlatformName {
  if (process.platform === "win32") return "win";
  return process.platform === "darwin" ? "mac" : "linux";
}

const thisArch: ArchName = process.arch === "arm64" ? "arm64" : "x64";

/** For a folder to look at: the runtime of this machine, else one that can be fetched, else none. */
async function runtimeForFolder(): Promise<PackOptions["runtime"]> {
  const found = findRuntime(process.env);
  if (found !== undefined) return { folder: found };
  console.log("Fetching Electron's runtime ...");
  const fetched = await fetchRuntime({
    timeoutMs: FETCH_TIMEOUT_MS,
    onProgress: (elapsedMs) => console.log(`... ${Math.round(elapsedMs / 1000)} s`),
  });
  const runtime = findRuntime(process.env);
  if (fetched.ok && runtime !== undefined) return { folder: runtime };
  const reason = fetched.ok ? "it is not complete" : fetched.reason;
  console.log(`Electron's runtime could not be fetched (${reason}).`);
  console.log(
    "Packed for Linux with a placeholder in its place: to be looked at, not to be started.",
  );
  return "placeholder";
}

endWithCommandsOnSignal();
const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
const built = await buildDesktopApp();
if (built.exitCode !== 0) {
  console.error("The desktop app could not be built; the reason stands above.");
  process.exit(built.exitCode);
}
const named = (["linux", "win", "mac"] as const).filter((name) => values[name]);
const platforms = named.length > 0 ? named : [thisPlatform()];
const archs = (["x64", "arm64"] as const).filter((name) => values[name]);
const isForThisMachine =
  platforms.every((name) => name === thisPlatform()) && archs.every((name) => name === thisArch);
const runtime = values.dir && isForThisMachine ? await runtimeForFolder() : "fetch";
for (const platform of runtime === "placeholder" ? (["linux"] as const) : platforms) {
  const files = await pack({
    platform,
    formats: values.dir ? ["dir"] : positionals,
    archs: values.dir && archs.length === 0 ? [thisArch] : archs,
    runtime,
  });
  for (const file of files) console.log(file);
}
