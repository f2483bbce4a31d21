/** What a test sees of an app, and does to it, from outside its windows. All values can be cloned. */

export type Bounds = { x: number; y: number; width: number; height: number };

export type WindowInfo = {
  id: number;
  title: string;
  url: string;
  bounds: Bounds;
  visible: boolean;
  focused: boolean;
  minimized: boolean;
  maximized: boolean;
  alwaysOnTop: boolean;
  flashing: boolean;
  zoomFactor: number;
  /** The page's id in the browser; null until there is one. */
  targetId: string | null;
};

export type MenuEntry = {
  label: string;
  type: string;
  role: string | null;
  enabled: boolean;
  checked: boolean;
  visible: boolean;
  accelerator: string | null;
  submenu: MenuEntry[];
};

export type ShownNotification = {
  title: string;
  body: string;
  silent: boolean;
  /** Labels, without that of the notification itself in Electron. */
  buttons: string[];
};
/** What a person does to a notification besides clicking it. */
export type NotificationDeed =
  | { kind: "button"; label: string }
  | { kind: "reply"; text: string }
  | { kind: "close"; byUser: boolean };
/** `icon` is the name of its file. */
export type TrayInfo = { toolTip: string; icon: string; menu: MenuEntry[] };
/** What lies under a click with the right button, as Chromium tells it. */
export type RightClick = {
  isEditable?: boolean;
  selectionText?: string;
  linkURL?: string;
  mediaType?: string;
  srcURL?: string;
  misspelledWord?: string;
  dictionarySuggestions?: string[];
};
/** What the app did to the machine that nobody sees at once. */
export type Traces = {
  spellcheck: string[] | null;
  learntWords: string[];
  replacedWords: string[];
  downloads: string[];
  clipboard: string;
  openAtLogin: boolean;
  shortcuts: string[];
  uploadsCrashes: boolean | null;
};
export type WindowAct =
  | "close"
  | "show"
  | "hide"
  | "focus"
  | "blur"
  | "minimize"
  | "restore"
  | "maximize";
export type PowerEvent = "suspend" | "resume" | "lock-screen" | "unlock-screen";
export type AskedDialog = {
  kind: string;
  title: string;
  message: string;
  detail: string;
  buttons: string[];
};

/** What only the stand-in can do; a spec that asks for it is skipped elsewhere. */
export type Machine = {
  encryptionAvailable: boolean;
  notificationsSupported: boolean;
  idleSeconds: number;
  online: boolean;
  /** Combinations that other programs have. */
  takenShortcuts: string[];
};

export type DesktopControl = {
  windows(): Promise<WindowInfo[]>;
  actOnWindow(id: number, act: WindowAct): Promise<void>;
  setBounds(id: number, bounds: Partial<Bounds>): Promise<void>;
  /** Kills the process behind a window's page. */
  killRenderer(id: number): Promise<void>;
  /** Every preference that main gave the window, as far as it can be cloned. */
  webPreferences(id: number): Promise<Record<string, unknown>>;
  notifications(): Promise<ShownNotification[]>;
  /** Clicks the newest shown notification with this title. */
  clickNotification(title: string): Promise<void>;
  doToNotification(title: string, deed: NotificationDeed): Promise<void>;
  /** On Linux: whoever shows tray icons comes, or goes. */
  setTrayHost(isThere: boolean): Promise<void>;
  tray(): Promise<TrayInfo | null>;
  clickTray(): Promise<void>;
  /** By labels, from the tray's menu down. */
  clickTrayItem(...labels: string[]): Promise<void>;
  menu(): Promise<MenuEntry[]>;
  /** By labels, from the menu bar down. */
  clickMenu(labels: string[]): Promise<void>;
  badge(): Promise<number>;
  /** Clicks into a page with the right button; answers the menu that opens, empty if none does. */
  rightClick(id: number, at: RightClick): Promise<MenuEntry[]>;
  clickContextMenu(label: string): Promise<void>;
  pressShortcut(accelerator: string): Promise<void>;
  /** The system hands the app a link, as macOS does. */
  openUrl(url: string): Promise<void>;
  traces(): Promise<Traces>;
  /** The page answers the system no more, or again. */
  setResponsive(id: number, isResponsive: boolean): Promise<void>;
  power(event: PowerEvent): Promise<void>;
  activate(): Promise<void>;
  openedExternally(): Promise<string[]>;
  dialogs(): Promise<AskedDialog[]>;
  /** The numbers of the buttons that the next message boxes are answered with. */
  answerDialogs(buttons: number[]): Promise<void>;
  /** Sends to main by a channel as the frame with this address in a window would, and says what it gets. */
  invokeFromFrame(id: number, frameUrl: string, channel: string, args: unknown[]): Promise<string>;
  askPermission(id: number, permission: string): Promise<{ asked: boolean; checked: boolean }>;
  setDisplays(displays: Bounds[]): Promise<void>;
  setMachine(change: Partial<Machine>): Promise<void>;
  /** The end of the process's own memory, bytes. */
  memory(): Promise<{ heapUsedBytes: number; residentBytes: number }>;
  /** How late the main loop was since it was asked before, ms: usually, 99 of 100 times, at worst. */
  loopLag(): Promise<{ p50Ms: number; p99Ms: number; maxMs: number }>;
  /** Where the browser can be attached to; null before the first window. */
  endpoint(): Promise<string | null>;
  paths(): Promise<{ userData: string }>;
  quit(): Promise<void>;
};

/** What on Linux happens beside the app, on the session bus, and not in its process. */
export type Bus = Pick<
  DesktopControl,
  "notifications" | "clickNotification" | "doToNotification" | "setTrayHost"
>;
