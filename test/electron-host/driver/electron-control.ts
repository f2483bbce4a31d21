import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ElectronApplication } from "@playwright/test";
import type { Menu, Notification, Tray, WebContents } from "electron";

import type { AskedDialog, DesktopControl, MenuEntry } from "../control/contract.ts";

/** What recorder.cjs keeps in the main process. */
type Seen = {
  notifications: Notification[];
  trays: { tray: Tray; toolTip: string; icon: string; menu: Menu | undefined }[];
  opened: string[];
  dialogs: AskedDialog[];
  answers: number[];
  badge: number;
  permissionRequest?: (
    contents: WebContents,
    permission: string,
    answer: (granted: boolean) => void,
    details: object,
  ) => void;
  permissionCheck?: (
    contents: WebContents,
    permission: string,
    origin: string,
    details: object,
  ) => boolean;
};
declare global {
  // Set up in the main process by `prepare`, for the functions below that are evaluated there.
  var seenByTest: () => Seen;
  var entriesOfMenu: (menu: Menu | null | undefined) => MenuEntry[];
  var clickInMenu: (menu: Menu | null | undefined, labels: string[]) => void;
}

/** Puts the helpers of the other functions into the main process. */
async function prepare(app: ElectronApplication): Promise<void> {
  await app.evaluate(() => {
    globalThis.seenByTest = () =>
      (globalThis as unknown as Record<symbol, Seen>)[Symbol.for("parley.seen")]!;
    globalThis.entriesOfMenu = (menu) =>
      (menu?.items ?? []).map((item) => ({
        label: item.label,
        type: item.type,
        role: item.role ?? null,
        enabled: item.enabled,
        checked: item.checked,
        visible: item.visible,
        accelerator: item.accelerator?.toString() ?? null,
        submenu: globalThis.entriesOfMenu(item.submenu),
      }));
    globalThis.clickInMenu = (menu, [label, ...rest]) => {
      const found = menu?.items.find((item) => item.label.replaceAll("&", "") === label);
      if (!found) throw new Error(`no menu has an item "${label}"`);
      if (rest.length > 0) globalThis.clickInMenu(found.submenu, rest);
      // Electron's types call it a Function, without saying of what.
      else (found.click as () => void)();
    };
  });
}

function onlyInStandIn(what: string): never {
  throw new Error(`${what} cannot be done to the real runtime: skip the test there`);
}

/** The same hand in the real runtime: every act is a function that runs in its main process. */
export async function electronControl(
  app: ElectronApplication,
  userDataDir: string,
): Promise<DesktopControl> {
  await prepare(app);
  return {
    windows: () =>
      app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => ({
          id: window.id,
          title: window.getTitle(),
          url: window.webContents.getURL(),
          bounds: window.getBounds(),
          visible: window.isVisible(),
          focused: window.isFocused(),
          minimized: window.isMinimized(),
          maximized: window.isMaximized(),
          alwaysOnTop: window.isAlwaysOnTop(),
          flashing: false,
          zoomFactor: window.webContents.getZoomFactor(),
          targetId: window.webContents.getOrCreateDevToolsTargetId(),
        })),
      ),
    actOnWindow: (id, act) =>
      app.evaluate(({ BrowserWindow }, given) => BrowserWindow.fromId(given.id)?.[given.act](), {
        id,
        act,
      }),
    setBounds: (id, bounds) =>
      app.evaluate(
        ({ BrowserWindow }, given) => BrowserWindow.fromId(given.id)?.setBounds(given.bounds),
        { id, bounds },
      ),
    killRenderer: (id) =>
      app.evaluate(async ({ BrowserWindow }, windowId) => {
        const contents = BrowserWindow.fromId(windowId)?.webContents;
        const gone = new Promise((resolve) => contents?.once("render-process-gone", resolve));
        contents?.forcefullyCrashRenderer();
        await gone;
      }, id),
    webPreferences: (id) =>
      app.evaluate(({ BrowserWindow }, windowId) => {
        const contents = BrowserWindow.fromId(windowId)?.webContents as unknown as {
          getLastWebPreferences(): Record<string, unknown>;
        };
        return JSON.parse(JSON.stringify(contents.getLastWebPreferences())) as Record<
          string,
          unknown
        >;
      }, id),
    notifications: () =>
      app.evaluate(() =>
        seenByTest().notifications.map(({ title, body, silent, actions }) => {
          return { title, body, silent, buttons: actions.map(({ text }) => text ?? "") };
        }),
      ),
    clickNotification: (title) =>
      app.evaluate((_electron, wanted) => {
        const shown = seenByTest().notifications.findLast((one) => one.title === wanted);
        if (!shown) throw new Error(`no notification says "${wanted}"`);
        shown.emit("click");
      }, title),
    doToNotification: (title, deed) =>
      app.evaluate(
        (_electron, given) => {
          const shown = seenByTest().notifications.findLast((one) => one.title === given.title);
          if (!shown) throw new Error(`no notification says "${given.title}"`);
          const { deed: done } = given;
          if (done.kind === "reply") shown.emit("reply", { reply: done.text }, done.text);
          else if (done.kind === "close") {
            shown.emit("close", { reason: done.byUser ? "userCanceled" : "timedOut" });
          } else {
            const actionIndex = shown.actions.findIndex(({ text }) => text === done.label);
            if (actionIndex < 0) throw new Error(`there is no button "${done.label}"`);
            shown.emit("action", { actionIndex, selectionIndex: -1 }, actionIndex, -1);
          }
        },
        { title, deed },
      ),
    setTrayHost: async () => onlyInStandIn("a tray that comes and goes in the app's process"),
    tray: () =>
      app.evaluate(() => {
        const tray = seenByTest().trays.at(-1);
        if (!tray) return null;
        const { toolTip, icon, menu } = tray;
        return { toolTip, icon, menu: entriesOfMenu(menu) };
      }),
    clickTray: () => app.evaluate(() => void seenByTest().trays.at(-1)?.tray.emit("click")),
    clickTrayItem: (...labels) =>
      app.evaluate(
        (_electron, wanted) => clickInMenu(seenByTest().trays.at(-1)?.menu, wanted),
        labels,
      ),
    menu: () => app.evaluate(({ Menu }) => entriesOfMenu(Menu.getApplicationMenu())),
    clickMenu: (labels) =>
      app.evaluate(({ Menu }, wanted) => clickInMenu(Menu.getApplicationMenu(), wanted), labels),
    badge: () => app.evaluate(() => seenByTest().badge),
    rightClick: async () => onlyInStandIn("a click with the right button"),
    clickContextMenu: async () => onlyInStandIn("a click into a native menu"),
    pressShortcut: async () => onlyInStandIn("pressing keys outside of the app"),
    openUrl: (url) =>
      app.evaluate((electron, given) => {
        electron.app.emit("open-url", { preventDefault: () => undefined }, given);
      }, url),
    traces: async () => onlyInStandIn("looking at what the machine was told"),
    setResponsive: (id, isResponsive) =>
      app.evaluate(
        ({ BrowserWindow }, given) => {
          const contents = BrowserWindow.fromId(given.id)?.webContents;
          contents?.emit(given.isResponsive ? "responsive" : "unresponsive", {});
        },
        { id, isResponsive },
      ),
    power: (event) =>
      app.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name, {}), event),
    activate: () => app.evaluate((electron) => void electron.app.emit("activate", {}, true)),
    openedExternally: () => app.evaluate(() => seenByTest().opened),
    dialogs: () => app.evaluate(() => seenByTest().dialogs),
    answerDialogs: (buttons) =>
      app.evaluate((_electron, given) => void seenByTest().answers.push(...given), buttons),
    invokeFromFrame: async () => onlyInStandIn("calling from a frame"),
    askPermission: (id, permission) =>
      app.evaluate(
        async ({ BrowserWindow }, given) => {
          const contents = BrowserWindow.fromId(given.id)!.webContents;
          const { permissionRequest, permissionCheck } = seenByTest();
          const url = contents.getURL();
          const asked = await new Promise<boolean>((resolve) => {
            if (!permissionRequest) return resolve(true);
            permissionRequest(contents, given.permission, resolve, { requestingUrl: url });
          });
          return { asked, checked: permissionCheck?.(contents, given.permission, url, {}) ?? true };
        },
        { id, permission },
      ),
    setDisplays: async () => onlyInStandIn("changing monitors"),
    setMachine: async () => onlyInStandIn("changing the machine"),
    memory: () =>
      app.evaluate(() => {
        const { heapUsed, rss } = process.memoryUsage();
        return { heapUsedBytes: heapUsed, residentBytes: rss };
      }),
    loopLag: async () => onlyInStandIn("measuring the main loop"),
    endpoint: async () => {
      const [port = ""] = readFileSync(join(userDataDir, "DevToolsActivePort"), "utf8").split("\n");
      return `http://127.0.0.1:${port}`;
    },
    paths: () => app.evaluate((electron) => ({ userData: electron.app.getPath("userData") })),
    // The process may be gone before it has answered.
    quit: () => app.evaluate((electron) => electron.app.quit()).catch(() => undefined),
  };
}
