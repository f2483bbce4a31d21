import { existsSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "@playwright/test";

import { unpackBundledChromium } from "./bundled-chromium.ts";

/** A browser the tests can launch. */
export interface Chromium {
  executablePath: string;
  args: string[];
  env: Record<string, string>;
  /** How it was found, for the log. */
  source: "PARLEY_CHROMIUM" | "system" | "playwright" | "bundled";
}

/**
 * Finds a Chromium: the one PARLEY_CHROMIUM names ("bundled" names the one in the package below),
 * one the system has, the one Playwright downloaded, or else the one in the @sparticuz/chromium
 * package, which needs nothing installed.
 */
export async function resolveChromium(env: NodeJS.ProcessEnv = process.env): Promise<Chromium> {
  const common = { args: launchArgs(env), env: definedOnly(env) };
  const named = env["PARLEY_CHROMIUM"] ?? "";
  if (named !== "" && named !== "bundled") {
    if (!existsSync(named)) throw new Error(`PARLEY_CHROMIUM names a missing file: ${named}`);
    return { ...common, executablePath: named, source: "PARLEY_CHROMIUM" };
  }
  if (named === "") {
    const system = systemCandidates(env).find((path) => existsSync(path));
    if (system !== undefined) return { ...common, executablePath: system, source: "system" };
    const downloaded = chromium.executablePath();
    if (existsSync(downloaded)) {
      return { ...common, executablePath: downloaded, source: "playwright" };
    }
  }
  const folder = await unpackBundledChromium();
  return {
    args: common.args,
    env: { ...common.env, ...bundledEnv(folder, env) },
    executablePath: join(folder, "chromium"),
    source: "bundled",
  };
}

/** The command line arguments every Chromium of the tests gets. */
export function launchArgs(env: NodeJS.ProcessEnv = process.env): string[] {
  const args = [
    // Nothing but the server under test may be talked to.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
  ];
  // Chromium's sandbox refuses to start for root, and in the containers of most CI services.
  const isRoot = process.getuid?.() === 0;
  if (isRoot || (env["CI"] ?? "") !== "") args.push("--no-sandbox");
  return args;
}

function systemCandidates(env: NodeJS.ProcessEnv): string[] {
  switch (process.platform) {
    case "win32":
      return [env["PROGRAMFILES"], env["PROGRAMFILES(X86)"], env["LOCALAPPDATA"]]
        .filter((folder) => folder !== undefined)
        .flatMap((folder) => [
          join(folder, "Google/Chrome/Application/chrome.exe"),
          join(folder, "Chromium/Application/chrome.exe"),
          join(folder, "Microsoft/Edge/Application/msedge.exe"),
        ]);
    case "darwin":
      return [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      ];
    default:
      return ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].map(
        (name) => `/usr/bin/${name}`,
      );
  }
}

/** What the bundled Chromium has to find: its own shared libraries and fonts. */
function bundledEnv(folder: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const libraryPath = [join(folder, "al2023/lib"), env["LD_LIBRARY_PATH"] ?? ""];
  return {
    LD_LIBRARY_PATH: libraryPath.filter((entry) => entry !== "").join(":"),
    FONTCONFIG_PATH: env["FONTCONFIG_PATH"] ?? join(folder, "fonts"),
  };
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
