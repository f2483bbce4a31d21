import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { type Browser, chromium, type Page } from "@playwright/test";

import type { DesktopControl } from "../control/contract.ts";
import type { ControlOutcome } from "../control/serve-control.ts";
import type { Desktop, DesktopOptions } from "./desktop.ts";
import { temporaryFolder } from "./folders.ts";

const RUN_MAIN = fileURLToPath(new URL("../run-main.ts", import.meta.url));
const WINDOW_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts an app in the stand-in: main in a process of its own, windows in a Chromium of its own. */
export async function startInStandIn(
  options: DesktopOptions & { appDir: string },
): Promise<Desktop> {
  const userDataDir = options.userDataDir ?? temporaryFolder("desktop");
  const keyringDir = options.keyringDir ?? temporaryFolder("keyring");
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      RUN_MAIN,
      options.appDir,
      `--user-data-dir=${userDataDir}`,
      ...(options.args ?? []),
    ],
    {
      env: { ...process.env, STAND_IN_KEYRING_DIR: keyringDir, ...options.env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
    },
  );
  running.add(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  }
  const ended = once(child, "close").then(([code]: unknown[]) => {
    running.delete(child);
    return typeof code === "number" ? code : null;
  });
  const control = controlOf(child, ended, () => log);
  const browser = new AttachedBrowser(control, ended);

  const stop = async (): Promise<number | null> => {
    const overdue = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    const code = await ended;
    clearTimeout(overdue);
    await browser.detach();
    return code;
  };
  const desktop: Desktop = {
    kind: "stand-in",
    pid: child.pid ?? -1,
    userDataDir,
    keyringDir,
    control,
    ended,
    firstWindow: async () => {
      const page = await browser
        .pageWhere(([first]) => first)
        .catch((error: unknown) => {
          throw new Error(`no window opened (${String(error)}); the app wrote:\n${log}`);
        });
      await page.waitForLoadState();
      return page;
    },
    pageOf: (id) => browser.pageWhere((windows) => windows.find((window) => window.id === id)),
    logs: () => log,
    quit: async () => {
      await control.quit();
      return stop();
    },
    kill: async () => {
      child.kill("SIGKILL");
      await stop();
    },
    relaunch: (changed) =>
      startInStandIn({ ...options, userDataDir, keyringDir, ...changed, appDir: options.appDir }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await stop();
    },
  };
  return desktop;
}

/** The control of an app's process, each call a message to it. */
function controlOf(
  child: ChildProcess,
  ended: Promise<unknown>,
  logs: () => string,
): DesktopControl {
  const waiting = new Map<number, (outcome: ControlOutcome) => void>();
  let nextId = 1;
  child.on("message", (message) => {
    const outcome = message as ControlOutcome;
    waiting.get(outcome.control)?.(outcome);
    waiting.delete(outcome.control);
  });
  const gone = ended.then((): ControlOutcome => {
    return { control: 0, error: `the app has ended; it wrote:\n${logs()}` };
  });
  const call = async (name: string, args: unknown[]): Promise<unknown> => {
    const id = nextId++;
    const answered = Promise.withResolvers<ControlOutcome>();
    waiting.set(id, answered.resolve);
    if (child.connected) child.send({ control: id, name, args });
    // Asked to quit, the process may be gone before it has answered.
    const isQuit = name === "quit";
    const outcome = await Promise.race([
      answered.promise,
      isQuit ? gone.then(() => ({ control: 0 })) : gone,
    ]);
    if ("error" in outcome && outcome.error !== undefined) throw new Error(outcome.error);
    return "value" in outcome ? outcome.value : undefined;
  };
  return new Proxy({} as DesktopControl, {
    get: (_target, name) =>
      name === "then" ? undefined : (...args: unknown[]) => call(String(name), args),
  });
}

type Windows = Awaited<ReturnType<DesktopControl["windows"]>>;

/** The test's own line to the pages of the app. */
class AttachedBrowser {
  readonly #control: DesktopControl;
  #browser: Browser | undefined;
  readonly #targetIds = new WeakMap<Page, string>();
  #hasEnded = false;

  constructor(control: DesktopControl, ended: Promise<unknown>) {
    this.#control = control;
    void ended.then(() => (this.#hasEnded = true));
  }

  /** Waits for the page of the window that `choose` picks. */
  async pageWhere(choose: (windows: Windows) => Windows[number] | undefined): Promise<Page> {
    const deadline = Date.now() + WINDOW_WITHIN_MS;
    while (Date.now() < deadline && !this.#hasEnded) {
      const window = choose(await this.#control.windows());
      const targetId = window?.targetId ?? null;
      const page = targetId !== null && window?.url ? await this.#pageOf(targetId) : undefined;
      if (page && page.url() !== "about:blank") return page;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    throw new Error("the window did not appear");
  }

  async detach(): Promise<void> {
    await this.#browser?.close().catch(() => undefined);
  }

  async #pageOf(targetId: string): Promise<Page | undefined> {
    const endpoint = await this.#control.endpoint();
    if (endpoint === null) return undefined;
    this.#browser ??= await chromium.connectOverCDP(endpoint);
    for (const context of this.#browser.contexts()) {
      for (const page of context.pages()) {
        if ((await this.#targetIdOf(page)) === targetId) return page;
      }
    }
    return undefined;
  }

  async #targetIdOf(page: Page): Promise<string | undefined> {
    const known = this.#targetIds.get(page);
    if (known !== undefined) return known;
    try {
      const session = await page.context().newCDPSession(page);
      const { targetInfo } = await session.send("Target.getTargetInfo");
      await session.detach();
      this.#targetIds.set(page, targetInfo.targetId);
      return targetInfo.targetId;
    } catch {
      // It closed in between.
      return undefined;
    }
  }
}
