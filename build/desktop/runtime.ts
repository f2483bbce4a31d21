// Electron's runtime: where it is, and how it comes onto this machine. It is no part of the
// installation, because a server and the tests do without its hundred megabytes.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { fromRoot } from "../support/paths.ts";

/** The package, which is there even where the runtime is not. */
export const electronPackageDir = fromRoot("apps/desktop/node_modules/electron");

/** Where the executable stands in a folder with the runtime. */
export function executableIn(platform: NodeJS.Platform): string {
  if (platform === "darwin") return "Electron.app/Contents/MacOS/Electron";
  return platform === "win32" ? "electron.exe" : "electron";
}

function readOrEmpty(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}

/** The version of Electron that the project uses. */
export function electronVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(electronPackageDir, "package.json"), "utf8"),
  );
  const hasVersion = typeof manifest === "object" && manifest !== null && "version" in manifest;
  if (!hasVersion || typeof manifest.version !== "string") {
    throw new Error("The electron package has no version.");
  }
  return manifest.version;
}

/**
 * The folder with a usable runtime for this machine, if there is one: the one that
 * ELECTRON_OVERRIDE_DIST_PATH names, else the one that was fetched before.
 */
export function findRuntime(
  env: Readonly<Record<string, string | undefined>>,
  packageDir = electronPackageDir,
): string | undefined {
  const executable = executableIn(process.platform);
  const named = env["ELECTRON_OVERRIDE_DIST_PATH"];
  if (named) return existsSync(join(named, executable)) ? named : undefined;
  const dist = join(packageDir, "dist");
  // The path is written last: without it an earlier fetch was cut off.
  const isWhole = readOrEmpty(join(packageDir, "path.txt")) === executable;
  return isWhole && existsSync(join(dist, executable)) ? dist : undefined;
}

export interface FetchOptions {
  /** Where the package with `install.js` is. */
  packageDir?: string;
  /** Past this the attempt is given up. */
  timeoutMs: number;
  /** Told every `reportEveryMs` while it lasts. */
  onProgress: (elapsedMs: number) => void;
  reportEveryMs?: number;
}

export type FetchResult = { ok: true } | { ok: false; reason: string };

const REPORT_EVERY_MS = 5_000;

/** What went wrong, from what the installer wrote: the first line that says something. */
export function reasonFrom(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const causes = lines.map((line) => /^\[?(?:\w*Error|cause)\]?: (.+)$/.exec(line)?.[1]);
  const found = causes.find((cause) => cause !== undefined) ?? lines.find((line) => line !== "");
  return (found ?? "it said nothing").replace(/[\s.{]+$/, "");
}

/** Fetches the runtime with Electron's own installer. Never throws and never takes longer than told. */
export function fetchRuntime(options: FetchOptions): Promise<FetchResult> {
  const { packageDir = electronPackageDir, timeoutMs, onProgress } = options;
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(packageDir, "install.js")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const progress = setInterval(
      () => onProgress(performance.now() - startedAt),
      options.reportEveryMs ?? REPORT_EVERY_MS,
    );
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    // This attempt ends with whoever made it.
    const end = (): void => void child.kill("SIGKILL");
    process.once("exit", end);
    const finish = (result: FetchResult): void => {
      clearInterval(progress);
      clearTimeout(limit);
      process.off("exit", end);
      resolve(result);
    };
    child.once("error", (error) => finish({ ok: false, reason: error.message }));
    child.once("close", (code) => {
      if (isLate) {
        const seconds = Math.round(timeoutMs / 1000);
        finish({ ok: false, reason: `it took longer than ${seconds} s` });
      } else if (code === 0) finish({ ok: true });
      else finish({ ok: false, reason: reasonFrom(output) });
    });
  });
}
