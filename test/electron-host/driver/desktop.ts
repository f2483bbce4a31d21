import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Page } from "@playwright/test";

import type { DesktopControl } from "../control/contract.ts";
import { startInElectron } from "./electron-driver.ts";
import { startInStandIn } from "./stand-in-driver.ts";
import { Surroundings } from "./surroundings.ts";

export type DesktopOptions = {
  /** Where the app keeps its data; a folder of its own, gone with the app, unless given. */
  userDataDir?: string;
  /** Where the key of safeStorage lies in the stand-in; beside, never inside, the data. */
  keyringDir?: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Folder of the app's package.json. */
  appDir?: string;
  /** On Linux: whether somebody shows tray icons; nobody unless said. Elsewhere there always is a tray. */
  hasTray?: boolean;
};

/** A running desktop app: one interface, whether the stand-in or the real runtime runs it. */
export type Desktop = AsyncDisposable & {
  readonly kind: "stand-in" | "electron";
  readonly pid: number;
  readonly userDataDir: string;
  readonly keyringDir: string;
  readonly control: DesktopControl;
  /** Resolves to the exit code once the app has ended, null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** The page of the app's first window, loaded. */
  firstWindow(): Promise<Page>;
  /** The page of a window; after a crash the new one. */
  pageOf(windowId: number): Promise<Page>;
  /** All that the app has written to its outputs. */
  logs(): string;
  /** Asks the app to quit and waits for its end. */
  quit(): Promise<number | null>;
  /** Ends the app as a crash would. */
  kill(): Promise<void>;
  /** Starts the app on the same data; this one must have ended. */
  relaunch(options?: DesktopOptions): Promise<Desktop>;
};

const APP_DIR = fileURLToPath(new URL("../../../apps/desktop", import.meta.url));
const RUNTIME = fileURLToPath(new URL("../../node_modules/electron/dist", import.meta.url));

/**
 * Whether the specs run in the real runtime: where one is, or as PARLEY_DESKTOP says ("electron" or
 * "stand-in"), so that a workflow that means the one never runs in the other.
 */
function usesElectron(env: NodeJS.ProcessEnv = process.env): boolean {
  const wanted = env["PARLEY_DESKTOP"] ?? "";
  if (wanted !== "") return wanted === "electron";
  return (env["ELECTRON_OVERRIDE_DIST_PATH"] ?? "") !== "" || existsSync(RUNTIME);
}

/**
 * Starts the built desktop app, in the real runtime where there is one, else in the stand-in. On Linux it
 * gets a session bus of its own, unless `env` names one: nothing of a test shows on the machine's desktop.
 */
export async function startDesktop(options: DesktopOptions = {}): Promise<Desktop> {
  const full = { ...options, appDir: options.appDir ?? APP_DIR };
  const start = usesElectron() ? startInElectron : startInStandIn;
  const ownsBus = options.env?.["DBUS_SESSION_BUS_ADDRESS"] !== undefined;
  if (process.platform !== "linux" || ownsBus) return start(full);
  const around = await Surroundings.start({ hasTray: options.hasTray ?? false });
  try {
    const desktop = await start({ ...full, env: { ...around.env, ...full.env } });
    return onDesktop(desktop, around, true);
  } catch (error) {
    await around[Symbol.asyncDispose]();
    throw error;
  }
}

/** An app with what is around it. Started again it is on the same desktop. */
function onDesktop(desktop: Desktop, around: Surroundings, isFirst: boolean): Desktop {
  return {
    ...desktop,
    control: around.control(desktop.control),
    relaunch: async (options) => {
      const env = options?.env && { env: { ...around.env, ...options.env } };
      return onDesktop(await desktop.relaunch({ ...options, ...env }), around, false);
    },
    async [Symbol.asyncDispose]() {
      await desktop[Symbol.asyncDispose]();
      if (isFirst) await around[Symbol.asyncDispose]();
    },
  };
}
