import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type BrowserContext, chromium } from "@playwright/test";

import { resolveChromium } from "../../support/chromium.ts";

/** The one Chromium behind all windows of an app. */
export type BrowserProcess = {
  context: BrowserContext;
  /** Where a test attaches to the same pages. */
  endpoint: string;
};

let started: Promise<BrowserProcess> | undefined;

/**
 * Starts Chromium with its profile inside the app's data folder, as Electron keeps it, so that what
 * a page stores outlives a restart and is found by whoever searches the folder.
 */
export function startBrowser(profileDir: string): Promise<BrowserProcess> {
  started ??= launch(profileDir);
  return started;
}

/** The browser, if a window has needed it yet. */
export async function runningBrowser(): Promise<BrowserProcess | undefined> {
  return started;
}

async function launch(profileDir: string): Promise<BrowserProcess> {
  mkdirSync(profileDir, { recursive: true });
  const { executablePath, args, env } = await resolveChromium();
  const context = await chromium.launchPersistentContext(profileDir, {
    executablePath,
    args: [...args, "--remote-debugging-port=0"],
    env,
    headless: true,
    viewport: null,
    // The app decides how it ends.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const [port = ""] = readFileSync(join(profileDir, "DevToolsActivePort"), "utf8").split("\n");
  return { context, endpoint: `http://127.0.0.1:${port}` };
}
