import { basename } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";

import { runningBrowser } from "../browser/browser-process.ts";
import type { StandIn } from "../electron.ts";
import { makeEvent } from "../host-emitter.ts";
import type { BrowserWindow } from "../modules/browser-window.ts";
import type { Menu, MenuItem } from "../modules/menu.ts";
import { Session } from "../modules/session.ts";
import { displayAt, Screen } from "../modules/system.ts";
import { Tray } from "../modules/tray.ts";
import { stateOf } from "../modules/window-state.ts";
import { WebContents } from "../modules/web-contents.ts";
import { registry } from "../registry.ts";
import { facade, original } from "../strict.ts";
import type {
  Bounds,
  DesktopControl,
  Machine,
  MenuEntry,
  NotificationDeed,
  PowerEvent,
  RightClick,
  WindowAct,
} from "./contract.ts";

const NS_PER_MS = 1_000_000;
const LAG_RESOLUTION_MS = 5;
const FRAME_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 20;

/** A test's hand in the process of the app. */
export class HostControl implements DesktopControl {
  readonly #standIn: StandIn;
  readonly #lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });

  constructor(standIn: StandIn) {
    this.#standIn = standIn;
    this.#lag.enable();
  }

  async windows() {
    return registry.windows.map((window) => {
      const link = WebContents.openedLink(original(window.webContents));
      return {
        id: window.id,
        title: window.getTitle(),
        url: window.webContents.getURL(),
        bounds: window.getBounds(),
        visible: window.isVisible(),
        focused: window.isFocused(),
        minimized: window.isMinimized(),
        maximized: window.isMaximized(),
        alwaysOnTop: window.isAlwaysOnTop(),
        flashing: stateOf(window).flashing,
        zoomFactor: window.webContents.getZoomFactor(),
        targetId: link?.targetId ?? null,
      };
    });
  }

  async actOnWindow(id: number, act: WindowAct) {
    windowOf(id)[act]();
  }

  async setBounds(id: number, bounds: Partial<Bounds>) {
    windowOf(id).setBounds(bounds);
  }

  async killRenderer(id: number) {
    const window = windowOf(id);
    const contents = original(window.webContents);
    const gone = new Promise((resolve) => contents.once("render-process-gone", resolve));
    // A page that is still being opened cannot die.
    await WebContents.linkOf(contents);
    contents.forcefullyCrashRenderer();
    await gone;
  }

  async webPreferences(id: number) {
    const preferences = WebContents.preferencesOf(original(windowOf(id).webContents));
    return JSON.parse(JSON.stringify(preferences)) as Record<string, unknown>;
  }

  async notifications() {
    return registry.notifications.map(({ title, body, silent, actions }) => {
      return { title, body, silent, buttons: actions.map(({ text }) => text) };
    });
  }

  async clickNotification(title: string) {
    const shown = registry.notifications.findLast((one) => one.title === title);
    if (!shown) throw new Error(`no notification says "${title}"`);
    shown.emit("click", makeEvent({}));
  }

  async doToNotification(title: string, deed: NotificationDeed) {
    const shown = registry.notifications.findLast((one) => one.title === title);
    if (!shown) throw new Error(`no notification says "${title}"`);
    if (deed.kind === "reply") shown.emit("reply", makeEvent({ reply: deed.text }), deed.text);
    else if (deed.kind === "close") {
      const reason = deed.byUser ? "userCanceled" : "timedOut";
      shown.emit("close", makeEvent({ reason }));
    } else {
      const actionIndex = shown.actions.findIndex(({ text }) => text === deed.label);
      if (actionIndex < 0) throw new Error(`"${title}" has no button "${deed.label}"`);
      shown.emit("action", makeEvent({ actionIndex, selectionIndex: -1 }), actionIndex, -1);
    }
  }

  async setTrayHost(): Promise<void> {
    throw new Error("only on Linux is somebody else asked for the tray");
  }

  async tray() {
    const tray = registry.trays.at(-1);
    if (!tray) return null;
    const { toolTip, menu, image } = Tray.looks(tray);
    return { toolTip, icon: basename(String(image)), menu: entriesOf(menu) };
  }

  async clickTray() {
    const tray = registry.trays.at(-1);
    if (!tray) throw new Error("there is no tray");
    tray.emit("click", makeEvent({}), { x: 0, y: 0, width: 0, height: 0 }, { x: 0, y: 0 });
  }

  async clickTrayItem(...labels: string[]) {
    const tray = registry.trays.at(-1);
    itemOf(tray ? Tray.looks(tray).menu : null, labels).click();
  }

  async menu() {
    return entriesOf(registry.applicationMenu);
  }

  async clickMenu(labels: string[]) {
    itemOf(registry.applicationMenu, labels).click();
  }

  async badge() {
    return registry.badge;
  }

  async rightClick(id: number, at: RightClick) {
    registry.contextMenu = null;
    const { isEditable = false, selectionText = "" } = at;
    const editFlags = {
      canUndo: isEditable,
      canRedo: false,
      canCut: isEditable && selectionText !== "",
      canCopy: selectionText !== "",
      canPaste: isEditable,
      canSelectAll: isEditable,
    };
    const nothing = {
      linkURL: "",
      mediaType: "none",
      srcURL: "",
      misspelledWord: "",
      dictionarySuggestions: [],
    };
    const click = { x: 1, y: 1, ...nothing, isEditable, selectionText, editFlags, ...at };
    original(windowOf(id).webContents).emit("context-menu", makeEvent({}), click);
    return entriesOf(registry.contextMenu);
  }

  async clickContextMenu(label: string) {
    itemOf(registry.contextMenu, [label]).click();
  }

  async pressShortcut(accelerator: string) {
    const act = registry.shortcuts.get(accelerator);
    if (!act) throw new Error(`nobody registered ${accelerator}`);
    act();
  }

  async openUrl(url: string) {
    this.#standIn.app.emit("open-url", makeEvent({}), url);
  }

  async traces() {
    const { spellcheck, learntWords, replacedWords, downloads, clipboard } = registry;
    return {
      spellcheck,
      learntWords,
      replacedWords,
      downloads,
      clipboard,
      openAtLogin: registry.loginItem.openAtLogin,
      shortcuts: [...registry.shortcuts.keys()],
      uploadsCrashes: registry.uploadsCrashes ?? null,
    };
  }

  async setResponsive(id: number, isResponsive: boolean) {
    const contents = original(windowOf(id).webContents);
    contents.emit(isResponsive ? "responsive" : "unresponsive", makeEvent({}));
  }

  async power(event: PowerEvent) {
    this.#standIn.system.powerMonitor.emit(event, makeEvent({}));
  }

  async activate() {
    this.#standIn.app.emit("activate", makeEvent({}), registry.windows.length > 0);
  }

  async openedExternally() {
    return [...registry.openedExternally];
  }

  async dialogs() {
    return registry.dialogs.map((asked) => ({ ...asked }));
  }

  async answerDialogs(buttons: number[]) {
    registry.dialogAnswers.push(...buttons);
  }

  async invokeFromFrame(id: number, frameUrl: string, channel: string, args: unknown[]) {
    const link = await WebContents.linkOf(original(windowOf(id).webContents));
    const deadline = Date.now() + FRAME_WITHIN_MS;
    for (;;) {
      const frame = link.frames().find(({ url }) => url === frameUrl);
      if (frame && link.hasWorld(frame.frameId)) {
        return link.invokeFrom(frame.frameId, channel, args);
      }
      if (Date.now() > deadline) throw new Error(`the window has no frame ${frameUrl}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async askPermission(id: number, permission: string) {
    const contents = facade(original(windowOf(id).webContents), "WebContents");
    const { session } = this.#standIn;
    return {
      asked: await Session.askedFor(session, contents, permission),
      checked: Session.checked(session, contents, permission, contents.getURL()),
    };
  }

  async setDisplays(displays: Bounds[]) {
    const made = displays.map((bounds, index) => displayAt(index + 1, bounds));
    Screen.change(this.#standIn.system.screen, made);
  }

  async setMachine(change: Partial<Machine>) {
    Object.assign(registry.machine, change);
  }

  async memory() {
    const { heapUsed, rss } = process.memoryUsage();
    return { heapUsedBytes: heapUsed, residentBytes: rss };
  }

  async loopLag() {
    const lag = this.#lag;
    // It counts from one look to the next: what the loop was late is beyond the time between looks.
    const late = (ns: number): number => Math.max(0, ns / NS_PER_MS - LAG_RESOLUTION_MS);
    const asked = {
      p50Ms: late(lag.percentile(50)),
      p99Ms: late(lag.percentile(99)),
      maxMs: late(lag.max),
    };
    lag.reset();
    return asked;
  }

  async endpoint() {
    return (await runningBrowser())?.endpoint ?? null;
  }

  async paths() {
    return { userData: this.#standIn.app.getPath("userData") };
  }

  async quit() {
    this.#standIn.app.quit();
  }
}

function windowOf(id: number): BrowserWindow {
  const window = registry.windows.find((one) => one.id === id);
  if (!window) throw new Error(`there is no window ${id}`);
  return window;
}

function entriesOf(menu: Menu | null): MenuEntry[] {
  return (menu?.items ?? []).map((item) => ({
    label: item.label,
    type: item.type,
    role: item.role ?? null,
    enabled: item.enabled,
    checked: item.checked,
    visible: item.visible,
    accelerator: item.accelerator ?? null,
    submenu: entriesOf(item.submenu ?? null),
  }));
}

function itemOf(menu: Menu | null, labels: string[]): MenuItem {
  const [label, ...rest] = labels;
  const found = menu?.items.find((item) => item.label.replaceAll("&", "") === label);
  if (!found) throw new Error(`no menu has an item "${label}"`);
  return rest.length === 0 ? found : itemOf(found.submenu ?? null, rest);
}
