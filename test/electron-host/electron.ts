import { endBrowser } from "./modules/web-contents.ts";
import { join } from "node:path";

import { App } from "./modules/app.ts";
import { BrowserWindow } from "./modules/browser-window.ts";
import { CrashReporter } from "./modules/crash-reporter.ts";
import { Dialog } from "./modules/dialog.ts";
import { GlobalShortcut } from "./modules/global-shortcut.ts";
import { IpcMain } from "./modules/ipc-main.ts";
import { Menu, MenuItem, onQuitRole } from "./modules/menu.ts";
import { NativeImage } from "./modules/native-image.ts";
import { Notification } from "./modules/notification.ts";
import { Clipboard, Net, Shell } from "./modules/outside.ts";
import { Protocol } from "./modules/protocol.ts";
import { SafeStorage } from "./modules/safe-storage.ts";
import { Session } from "./modules/session.ts";
import { NativeTheme, PowerMonitor, Screen } from "./modules/system.ts";
import { Tray } from "./modules/tray.ts";
import { WebContents } from "./modules/web-contents.ts";
import { facade, strictClass } from "./strict.ts";

export type StandInOptions = {
  /** Folder of the app's package.json. */
  appPath: string;
  argv: readonly string[];
  /** Where the key of safeStorage lies: outside the app's data. */
  keyringDir: string;
};

/** The objects behind the module `electron`, as the stand-in itself uses them. */
export type StandIn = ReturnType<typeof makeStandIn>;

/** Makes the module `electron` of one app. */
export function makeStandIn(options: StandInOptions) {
  const protocol = new Protocol();
  const session = new Session(facade(protocol, "protocol"));
  const ipcMain = new IpcMain();
  const screen = new Screen();
  const app = new App(options.appPath, options.argv, (exitCode) => {
    void endBrowser().finally(() => process.exit(exitCode));
  });
  onQuitRole(() => app.quit());
  const system = {
    powerMonitor: new PowerMonitor(),
    nativeTheme: new NativeTheme(),
    screen,
  };
  const defaultSession = facade(session, "session");
  const shown = {
    app: facade(app, "app"),
    BrowserWindow: strictClass(BrowserWindow, "BrowserWindow", ["allow"]),
    webContents: facade(
      {
        getAllWebContents: () => WebContents.getAllWebContents(),
        fromId: (id: number) => WebContents.fromId(id),
      },
      "webContents",
    ),
    ipcMain: facade(ipcMain, "ipcMain"),
    Menu: strictClass(Menu, "Menu"),
    MenuItem: strictClass(MenuItem, "MenuItem"),
    Tray: strictClass(Tray, "Tray", ["looks"]),
    Notification: strictClass(Notification, "Notification"),
    nativeImage: facade(
      {
        createEmpty: () => facade(NativeImage.createEmpty(), "NativeImage"),
        createFromPath: (path: string) => facade(NativeImage.createFromPath(path), "NativeImage"),
        createFromBuffer: (bytes: Buffer) =>
          facade(NativeImage.createFromBuffer(bytes), "NativeImage"),
        createFromDataURL: (url: string) =>
          facade(NativeImage.createFromDataURL(url), "NativeImage"),
      },
      "nativeImage",
    ),
    safeStorage: facade(new SafeStorage(options.keyringDir), "safeStorage"),
    powerMonitor: facade(system.powerMonitor, "powerMonitor"),
    nativeTheme: facade(system.nativeTheme, "nativeTheme"),
    screen: facade(screen, "screen"),
    shell: facade(new Shell(), "shell"),
    dialog: facade(new Dialog(), "dialog"),
    session: facade({ defaultSession, fromPartition: () => defaultSession }, "session"),
    protocol: facade(protocol, "protocol"),
    net: facade(new Net(), "net"),
    globalShortcut: facade(new GlobalShortcut(), "globalShortcut"),
    crashReporter: facade(new CrashReporter(), "crashReporter"),
    clipboard: facade(new Clipboard(), "clipboard"),
  };

  /** Once main has been read: what Electron does when its own start is over. */
  function becomeReady(): void {
    Protocol.ready(protocol);
    BrowserWindow.allow({
      session: defaultSession,
      ipcMain,
      profileDir: () => join(app.getPath("sessionData"), "chromium"),
      workArea: () => screen.getPrimaryDisplay().workArea,
      tellApp: (event, ...args) => app.emit(event, {}, ...args),
      windowsLeft: () => void App.windowsLeft(app),
    });
    App.becomeReady(app);
  }

  return { electron: facade(shown, "electron"), shown, app, session, system, becomeReady };
}
