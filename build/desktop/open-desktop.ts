// Opens the desktop app out of the checkout: what `npm start` and `npm run desktop` share.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { buildDesktopApp } from "../support/desktop-build.ts";
import { fromRoot } from "../support/paths.ts";
import { decideDesktop } from "../tasks/desktop-availability.ts";
import { electronPackageDir, executableIn, fetchRuntime, findRuntime } from "./runtime.ts";

/** A hundred megabytes over a slow line; past this somebody should rather look at the line. */
const FETCH_TIMEOUT_MS = 300_000;

export type Opened =
  | { ok: true; app: ChildProcess }
  /** `reason` is written to follow "The desktop app was not opened: ". */
  | { ok: false; reason: string };

interface OpenOptions {
  /** False when the caller asked for no window. */
  isWanted: boolean;
  /** Passed on to the app. */
  args: readonly string[];
  /** Told before the runtime is fetched, which takes a while. */
  onFetching?: () => void;
}

/** Finds or fetches the runtime, builds what changed, and opens the app; or says why not. */
export async function openDesktop({ isWanted, args, onFetching }: OpenOptions): Promise<Opened> {
  const found = findRuntime(process.env);
  const isPackageThere = existsSync(join(electronPackageDir, "install.js"));
  const decision = decideDesktop({
    isWanted,
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    env: process.env,
    hasDesktopApp: existsSync(fromRoot("apps/desktop/package.json")),
    runtime: found !== undefined ? "present" : isPackageThere ? "fetchable" : "absent",
  });
  if (!decision.open) return { ok: false, reason: decision.reason };
  if (decision.mustFetchRuntime) {
    onFetching?.();
    const fetched = await fetchRuntime({
      timeoutMs: FETCH_TIMEOUT_MS,
      onProgress: (elapsedMs) =>
        console.log(`... still fetching Electron's runtime, ${Math.round(elapsedMs / 1000)} s`),
    });
    if (!fetched.ok) {
      const reason = `Electron's runtime is not on this machine and could not be fetched (${fetched.reason})`;
      return { ok: false, reason };
    }
  }
  const runtime = found ?? findRuntime(process.env);
  if (runtime === undefined) {
    return { ok: false, reason: "Electron's runtime was fetched, but is not complete" };
  }
  const { exitCode } = await buildDesktopApp();
  if (exitCode !== 0) {
    return { ok: false, reason: "it could not be built; the reason stands above" };
  }
  return { ok: true, app: launch(runtime, args) };
}

function launch(runtime: string, args: readonly string[]): ChildProcess {
  const { ELECTRON_RUN_AS_NODE: _asNode, ...env } = process.env;
  return spawn(join(runtime, executableIn(process.platform)), [fromRoot("apps/desktop"), ...args], {
    stdio: "inherit",
    env,
  });
}
