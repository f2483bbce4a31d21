import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { type BrowserContext, chromium } from "@playwright/test";

import { resolveChromium } from "../../support/chromium.ts";

const PORT_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;

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
  const portFile = join(profileDir, "DevToolsActivePort");
  // One that an earlier browser left names a port where nobody listens any more.
  rmSync(portFile, { force: true });
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
  return { context, endpoint: `http://127.0.0.1:${await portIn(portFile)}` };
}

/** The port that the browser writes down at its start, which may be a moment after its first word. */
async function portIn(file: string): Promise<string> {
  const deadline = Date.now() + PORT_WITHIN_MS;
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    const [port = "", rest] = text.split("\n");
    if (rest !== undefined) return port;
    if (Date.now() > deadline) throw new Error("the browser named no port");
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
