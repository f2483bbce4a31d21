import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { DesktopControl } from "../control/contract.ts";
import type { ControlOutcome } from "../control/serve-control.ts";
import { AttachedBrowser } from "./attached-browser.ts";
import type { Desktop, DesktopOptions } from "./desktop.ts";
import { removeTemporary, temporaryFolder } from "./folders.ts";

const RUN_MAIN = fileURLToPath(new URL("../run-main.ts", import.meta.url));
const STOP_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;

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
    relaunch: async (changed) => {
      if (!running.has(child)) await browserGone(userDataDir);
      const next = { ...options, userDataDir, keyringDir, ...changed, appDir: options.appDir };
      return startInStandIn(next);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await stop();
      // Only who made the folders removes them: a second instance uses those of the first.
      if (options.userDataDir === undefined) await removeTemporary(userDataDir);
      if (options.keyringDir === undefined) await removeTemporary(keyringDir);
    },
  };
  return desktop;
}

/**
 * The browser of an app that was killed ends a moment after it, and until then keeps the profile: another
 * one that is started on it would hand over to it and end.
 */
async function browserGone(userDataDir: string): Promise<void> {
  const lock = join(userDataDir, "chromium/SingletonLock");
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (Date.now() < deadline) {
    const owner = await readlink(lock).catch(() => "");
    const pid = Number(/-(\d+)$/.exec(owner)?.[1] ?? 0);
    if (pid === 0 || !(await isThere(pid))) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Whether a process runs. One that has ended may still be listed where nobody asks how it ended. */
async function isThere(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) Z/.test(stat);
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
