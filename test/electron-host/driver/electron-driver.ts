import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { _electron, type ElectronApplication, type Page } from "@playwright/test";

import type { DesktopControl } from "../control/contract.ts";
import { AttachedBrowser } from "./attached-browser.ts";
import type { Desktop, DesktopOptions } from "./desktop.ts";
import { electronControl } from "./electron-control.ts";
import { temporaryFolder } from "./folders.ts";

const PACKAGE = fileURLToPath(new URL("../../node_modules/electron", import.meta.url));
const RECORDER = fileURLToPath(new URL("./recorder.cjs", import.meta.url));
const STOP_WITHIN_MS = 60_000;

/** The runtime's executable. The package's own entry is never asked: it would start a download. */
function executable(): string {
  const folder = process.env["ELECTRON_OVERRIDE_DIST_PATH"] ?? join(PACKAGE, "dist");
  const pathFile = join(PACKAGE, "path.txt");
  const usual = { darwin: "Electron.app/Contents/MacOS/Electron", win32: "electron.exe" };
  const named = existsSync(pathFile)
    ? readFileSync(pathFile, "utf8").trim()
    : (usual[process.platform as keyof typeof usual] ?? "electron");
  return join(folder, named);
}

function argumentsOf(options: DesktopOptions & { appDir: string }, userDataDir: string): string[] {
  const more = options.args ?? [];
  return ["-r", RECORDER, options.appDir, `--user-data-dir=${userDataDir}`, ...more];
}

/** Starts an app in the real runtime. */
export async function startInElectron(
  options: DesktopOptions & { appDir: string },
): Promise<Desktop> {
  const userDataDir = options.userDataDir ?? temporaryFolder("desktop");
  const env = { ...process.env, ...options.env } as Record<string, string>;
  const app = await _electron.launch({
    executablePath: executable(),
    args: argumentsOf(options, userDataDir),
    env,
  });
  const child = app.process();
  const control = await electronControl(app, userDataDir);
  let isRunning = true;
  const ended = endOf(child).finally(() => (isRunning = false));
  const pages = new WindowPages(app, control, ended);
  return {
    ...commonOf(child, ended, userDataDir),
    control: {
      ...control,
      killRenderer: async (id) => {
        await control.killRenderer(id);
        await pages.crashed();
      },
    },
    firstWindow: async () => {
      const page = await app.firstWindow();
      await page.waitForLoadState();
      return page;
    },
    pageOf: (id) => pages.pageOf(id),
    quit: async () => {
      await control.quit();
      return stop(child, ended);
    },
    relaunch: async (changed) => {
      const next = { ...options, userDataDir, ...changed, appDir: options.appDir };
      // A second instance ends at once: there is nothing to attach to.
      return isRunning ? startSecond(next, userDataDir) : startInElectron(next);
    },
  };
}

/** Finds pages by their windows. A page that crashed is attached to anew: Playwright gives it up. */
class WindowPages {
  readonly #app: ElectronApplication;
  readonly #attached: AttachedBrowser;
  #hasCrashed = false;

  constructor(app: ElectronApplication, control: DesktopControl, ended: Promise<unknown>) {
    this.#app = app;
    this.#attached = new AttachedBrowser(control, ended);
  }

  async crashed(): Promise<void> {
    this.#hasCrashed = true;
    await this.#attached.detach();
  }

  async pageOf(windowId: number): Promise<Page> {
    if (this.#hasCrashed) {
      return this.#attached.pageWhere((windows) => windows.find(({ id }) => id === windowId));
    }
    for (const page of this.#app.windows()) {
      const window = await this.#app.browserWindow(page);
      const id: unknown = await window.evaluate((one: { id: number }) => one.id);
      if (id === windowId) return page;
    }
    throw new Error(`there is no window ${windowId}`);
  }
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, "exit")) as unknown[];
  return typeof code === "number" ? code : null;
}

async function stop(child: ChildProcess, ended: Promise<number | null>): Promise<number | null> {
  const overdue = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  const code = await ended;
  clearTimeout(overdue);
  return code;
}

/** What a process is to a test, whether or not it can be looked into. */
function commonOf(child: ChildProcess, ended: Promise<number | null>, userDataDir: string) {
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  }
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return {
    kind: "electron" as const,
    pid: child.pid ?? -1,
    userDataDir,
    keyringDir: "",
    ended,
    logs: () => log,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

function startSecond(options: DesktopOptions & { appDir: string }, userDataDir: string): Desktop {
  const sandbox = process.platform === "linux" ? ["--no-sandbox"] : [];
  const child = spawn(executable(), [...sandbox, ...argumentsOf(options, userDataDir)], {
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = endOf(child);
  const nothing = (): never => {
    throw new Error("a second instance has no windows");
  };
  return {
    ...commonOf(child, ended, userDataDir),
    control: new Proxy({} as DesktopControl, { get: () => nothing }),
    firstWindow: async () => nothing(),
    pageOf: async () => nothing(),
    quit: () => stop(child, ended),
    relaunch: async () => nothing(),
  };
}
