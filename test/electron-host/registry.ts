import type { BrowserWindow } from "./modules/browser-window.ts";
import type { Menu } from "./modules/menu.ts";
import type { Notification } from "./modules/notification.ts";
import type { Tray } from "./modules/tray.ts";

export type DialogAsked = {
  kind: "message" | "error" | "open" | "save" | "certificate";
  title: string;
  message: string;
  detail: string;
  buttons: string[];
};

/** What main has done so far that a person, or the system around the app, would see. */
export const registry = {
  windows: [] as BrowserWindow[],
  trays: [] as Tray[],
  notifications: [] as Notification[],
  applicationMenu: null as Menu | null,
  openedExternally: [] as string[],
  dialogs: [] as DialogAsked[],
  /** Button numbers that the next message boxes are answered with; then their default. */
  dialogAnswers: [] as number[],
  badge: 0,
  loginItem: { openAtLogin: false, openAsHidden: false },
  protocolClients: new Set<string>(),
  relaunched: false,
  /** What each registered key combination does. */
  shortcuts: new Map<string, () => void>(),
  /** Undefined: the crash reporter was not started. */
  uploadsCrashes: undefined as boolean | undefined,
  /** The dictionaries in use; null: spelling is not checked. */
  spellcheck: null as string[] | null,
  learntWords: [] as string[],
  /** What the last context menu offered. */
  contextMenu: null as Menu | null,
  replacedWords: [] as string[],
  downloads: [] as string[],
  clipboard: "",
  preloadErrors: [] as string[],
  /** What the test may set of the machine. */
  machine: {
    encryptionAvailable: process.env["STAND_IN_NO_KEYRING"] !== "1",
    notificationsSupported: true,
    idleSeconds: 0,
    online: true,
    takenShortcuts: [] as string[],
  },
};
