import type { IpcMain } from "./ipc-main.ts";
import type { Session } from "./session.ts";

/** What main asks of a window's page, as far as the stand-in looks at it; the rest is kept for tests. */
export type WebPreferences = {
  preload?: string;
  additionalArguments?: string[];
  backgroundThrottling?: boolean;
  [other: string]: unknown;
};
export type OpenHandler = (details: object) => { action: "allow" | "deny" };

/** What page contents need of the app around them. */
export type ContentsPorts = {
  session: Session;
  ipcMain: IpcMain;
  profileDir: () => string;
  /** The app's own events about pages. */
  tellApp: (event: string, ...args: unknown[]) => void;
};
