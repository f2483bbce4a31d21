import {
  BrowserWindow,
  type NativeImage,
  nativeTheme,
  type RenderProcessGoneDetails,
  screen,
} from "electron";
import type { Cancel, Clock, Log } from "@parley/client/connection/ports.ts";
import type { NoticeBody, NoticeName } from "@parley/protocol/bridge/contract.ts";
import { APP_ORIGIN } from "../app-scheme/policy.ts";
import type { Ipc } from "../ipc/ipc.ts";
import type { WindowState } from "@parley/protocol/bridge/shell.ts";
import { showContextMenu } from "../menu/show-context-menu.ts";
import { afterCrash, type AfterCrash, NO_CRASHES } from "./crash-policy.ts";
import { type Display, MIN_SIZE } from "./placement.ts";
import type { WindowLook, WindowPlaces } from "./window-places.ts";
import { zoomStep, zoomWithin } from "./zoom.ts";

/** A page that hangs this long is ended and loaded anew; the system has waited before it says so. */
const HUNG_MS = 10_000;
/** A page that ran so long has started to work, whatever it called. */
const SURELY_READY_MS = 60_000;
/** Calls that a page makes once it has read what it keeps. */
const READY_CALLS = new Set(["writer:ready", "account:report", "server:probe"]);
const KEEP_PLACE_AFTER_MS = 400;

export type AppWindowOptions = {
  kind: WindowState["kind"];
  /** Names the window over restarts: its page keeps its panes by it. */
  slot: string;
  /** The one chat that it shows. */
  chat?: Chat | undefined;
  ipc: Ipc;
  clock: Clock;
  log: Log;
  places: WindowPlaces;
  preloadPath: string;
  iconPath: string | undefined;
  /** What the sign-in form's server field starts with. */
  serverUrl: string;
  isDevelopment: boolean;
  /** The user closes the window: hides it, lets it close, or ends the app. */
  closing: () => "close" | "hide" | "quit";
  quit: () => void;
  closed: () => void;
  /** Whether the screen is locked. */
  isLocked: () => boolean;
  /** It got or lost the focus, or came into view. */
  attended: () => void;
  /** Its page crashed or hung. */
  crashed: (what: string, details: string) => void;
};

type Target = NoticeBody<"target:open">;
/** A chat in a window of its own. */
export type Chat = Pick<Target, "accountKey" | "chatId">;
/** Whether a new window takes the focus, comes into view without it, or not at all. */
export type Opening = "in-front" | "behind" | "hidden";
type Acted = NoticeBody<"notification:acted">;

function allDisplays(): [Display, ...Display[]] {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter((display) => display.id !== primary.id);
  return [primary, ...others];
}

/**
 * A window and its page, which comes back when it crashed or hangs. S21: the main one's page writes the
 * cache and sends what waits; it is made once, is never throttled and lives as long as the app.
 */
export class AppWindow {
  readonly #options: AppWindowOptions;
  readonly #window: BrowserWindow;
  #look: WindowLook;
  #crashes = NO_CRASHES;
  #loadedAtMs = 0;
  #wasReady = false;
  #hasGreeted = false;
  #page = "index.html";
  #target: Target | undefined;
  #acted: Acted[] = [];
  #link: NoticeBody<"link:open"> | undefined;
  #hung: Cancel | undefined;
  #keeping: Cancel | undefined;

  private constructor(options: AppWindowOptions, window: BrowserWindow, look: WindowLook) {
    this.#options = options;
    this.#window = window;
    this.#look = look;
  }

  /** Makes the window and loads its page; it shows once the page has drawn, unless it starts hidden. */
  static async open(options: AppWindowOptions, opens: Opening): Promise<AppWindow> {
    const { places, preloadPath, iconPath, isDevelopment, ipc } = options;
    const [place, look] = await Promise.all([places.find(allDisplays()), places.look()]);
    const window = new BrowserWindow({
      ...place.bounds,
      minWidth: MIN_SIZE.width,
      minHeight: MIN_SIZE.height,
      show: false,
      title: "Parley",
      alwaysOnTop: look.alwaysOnTop,
      backgroundColor: nativeTheme.shouldUseDarkColors ? "#14191c" : "#ffffff",
      ...(iconPath !== undefined && { icon: iconPath }),
      webPreferences: {
        preload: preloadPath,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        safeDialogs: true,
        backgroundThrottling: options.kind !== "main",
        spellcheck: true,
        devTools: isDevelopment,
      },
    });
    if (place.isMaximized) window.maximize();
    if (opens === "hidden" && place.isMaximized) window.hide();
    const main = new AppWindow(options, window, look);
    const { webContents } = window;
    ipc.addWindow({
      contentsId: webContents.id,
      send: (channel, body) => {
        if (!webContents.isDestroyed()) webContents.send(channel, body);
      },
    });
    // Chromium zooms all pages of an origin alike, unless told otherwise.
    webContents.setZoomMode("isolated");
    if (opens === "in-front") window.once("ready-to-show", () => window.show());
    if (opens === "behind") window.once("ready-to-show", () => window.showInactive());
    main.#watchWindow();
    main.#watchPage();
    main.#load();
    return main;
  }

  get contentsId(): number {
    return this.#window.webContents.id;
  }

  get isFocused(): boolean {
    return !this.#window.isDestroyed() && this.#window.isFocused();
  }

  get state(): WindowState {
    return { kind: this.#options.kind, ...this.#look };
  }

  /** Changes how the window looks, at once and for the next time. */
  configure(change: Partial<WindowLook>): void {
    if (this.#window.isDestroyed()) return;
    const before = this.#look;
    this.#look = { ...before, ...change };
    const { alwaysOnTop, zoomPercent } = this.#look;
    if (alwaysOnTop !== before.alwaysOnTop) this.#window.setAlwaysOnTop(alwaysOnTop);
    if (zoomPercent !== before.zoomPercent) this.#zoom();
    this.#options.places.keepLook(this.#look).catch((error: unknown) => {
      this.#options.log.warn("The window's look could not be kept.", { error: String(error) });
    });
  }

  zoom(direction: "in" | "out" | "reset"): void {
    this.configure({ zoomPercent: zoomStep(this.#look.zoomPercent, direction) });
  }

  /** Says how things stand; a window for one chat goes on naming its chat. */
  setTitle(title: string): void {
    if (this.#options.chat === undefined && !this.#window.isDestroyed()) {
      this.#window.setTitle(title);
    }
  }

  /** Windows: a picture over the icon in the taskbar, or none. */
  setOverlay(icon: NativeImage | null, description: string): void {
    if (!this.#window.isDestroyed()) this.#window.setOverlayIcon(icon, description);
  }

  /** Has the taskbar or dock ask for attention, until the window is looked at. */
  flash(isWanted: boolean): void {
    if (!this.#window.isDestroyed()) this.#window.flashFrame(isWanted);
  }

  close(): void {
    this.#window.close();
  }

  /** Whether the user could see it: on the screen, not minimised. */
  get isInView(): boolean {
    const window = this.#window;
    return !window.isDestroyed() && window.isVisible() && !window.isMinimized();
  }

  /** Neither on the screen nor in the taskbar. */
  get isHidden(): boolean {
    return !this.#window.isDestroyed() && !this.#window.isVisible() && !this.#window.isMinimized();
  }

  /** Brings the window before the user. */
  show(): void {
    const window = this.#window;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  hide(): void {
    this.#window.hide();
  }

  minimize(): void {
    this.#window.minimize();
  }

  /** Opens account, chat and message in the window, now or once its page is there. */
  openTarget(target: Target): void {
    this.show();
    if (this.#hasGreeted) this.#options.ipc.tell(this.contentsId, "target:open", target);
    else this.#target = target;
  }

  /** Hands the page what the user did to a notification, now or once the page is there. */
  acted(acted: Acted): void {
    if (this.#hasGreeted) this.#options.ipc.tell(this.contentsId, "notification:acted", acted);
    else this.#acted.push(acted);
  }

  /** The page has said hello: it hears what it could not know. */
  greeted(): void {
    this.#hasGreeted = true;
    this.#tellAttention();
    if (this.#target) this.#options.ipc.tell(this.contentsId, "target:open", this.#target);
    this.#target = undefined;
    if (this.#link !== undefined) this.tell("link:open", this.#link);
    this.#link = undefined;
    for (const acted of this.#acted.splice(0)) this.acted(acted);
  }

  /** Tells the page, if it is there. */
  tell<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    if (this.#hasGreeted) this.#options.ipc.tell(this.contentsId, name, body);
  }

  /** Hands the page a link that the user opened, now or once it is there. */
  openLink(link: NoticeBody<"link:open">): void {
    this.show();
    if (this.#hasGreeted) this.tell("link:open", link);
    else this.#link = link;
  }

  /** Tells the page anew whether it is seen. */
  attend(): void {
    this.#tellAttention();
  }

  called(name: string): void {
    if (READY_CALLS.has(name)) this.#wasReady = true;
  }

  #load(after?: AfterCrash): void {
    const { clock, serverUrl, log, kind, slot, chat } = this.#options;
    this.#loadedAtMs = clock.nowMs();
    this.#wasReady = false;
    const url = new URL(`${APP_ORIGIN}/${this.#page}`);
    if (serverUrl !== "") url.searchParams.set("server", serverUrl);
    if (kind !== "main") {
      url.searchParams.set("window", slot);
      url.searchParams.set("kind", kind);
    }
    if (chat) {
      url.searchParams.set("account", chat.accountKey);
      url.searchParams.set("chat", chat.chatId);
    }
    if (after !== undefined) url.searchParams.set("after-crash", after);
    this.#window.loadURL(url.href).catch((error: unknown) => {
      log.warn("The page could not be loaded.", { error: String(error) });
    });
  }

  #watchWindow(): void {
    const window = this.#window;
    const { closing, quit } = this.#options;
    window.on("close", (event) => {
      this.#keepPlace();
      const what = closing();
      if (what === "close") return;
      event.preventDefault();
      if (what === "hide") window.hide();
      else quit();
    });
    const attention = (): void => {
      this.#tellAttention();
      this.#options.attended();
    };
    window.on("focus", attention);
    window.on("blur", attention);
    window.on("show", attention);
    window.on("hide", attention);
    window.on("minimize", attention);
    window.on("restore", attention);
    const moved = (): void => {
      this.#keeping?.();
      this.#keeping = this.#options.clock.setTimer(() => this.#keepPlace(), KEEP_PLACE_AFTER_MS);
    };
    window.on("resize", moved);
    window.on("move", moved);
    window.on("maximize", moved);
    window.on("unmaximize", moved);
    // One count for tray, badge and title: main sets it. A chat's window is named by its page.
    window.on("page-title-updated", (event) => {
      if (this.#options.chat === undefined) event.preventDefault();
    });
    window.on("closed", () => {
      this.#keeping?.();
      this.#hung?.();
      this.#options.closed();
    });
  }

  #watchPage(): void {
    const { webContents } = this.#window;
    const { ipc, clock } = this.#options;
    const { contentsId } = this;
    webContents.on("did-navigate", () => this.#pageGone());
    webContents.on("render-process-gone", (_event, details) => this.#crashed(details));
    webContents.on("did-finish-load", () => this.#zoom());
    webContents.on("zoom-changed", (_event, direction) => this.zoom(direction));
    webContents.on("context-menu", (_event, click) => showContextMenu(this.#window, click));
    webContents.on("unresponsive", () => {
      ipc.setResponsive(contentsId, false);
      this.#options.crashed("page hangs", "The page does not answer.");
      this.#hung?.();
      this.#hung = clock.setTimer(() => webContents.forcefullyCrashRenderer(), HUNG_MS);
    });
    webContents.on("responsive", () => {
      this.#hung?.();
      ipc.setResponsive(contentsId, true);
    });
    webContents.once("destroyed", () => ipc.removeWindow(contentsId));
  }

  #pageGone(): void {
    this.#hasGreeted = false;
    this.#hung?.();
    this.#options.ipc.pageGone(this.contentsId);
  }

  #crashed({ reason, exitCode }: RenderProcessGoneDetails): void {
    const { clock, log } = this.#options;
    this.#pageGone();
    if (reason === "clean-exit" || this.#window.isDestroyed()) return;
    const nowMs = clock.nowMs();
    const wasReady = this.#wasReady || nowMs - this.#loadedAtMs > SURELY_READY_MS;
    const { history, next } = afterCrash(this.#crashes, { nowMs, wasReady });
    this.#crashes = history;
    log.warn("The page was lost and is loaded anew.", { reason, next });
    this.#options.crashed("page", `reason: ${reason}\nexit code: ${exitCode}\nthen: ${next}`);
    this.#reload(next);
  }

  #reload(next: AfterCrash): void {
    // Only the main window has texts of its own to rescue; another one that crashes on and on is closed.
    if (next !== "reload" && this.#options.kind !== "main") return this.#window.destroy();
    if (next === "rescue") {
      this.#page = "rescue.html";
      this.show();
    }
    this.#load(next);
  }

  #zoom(): void {
    const { webContents } = this.#window;
    webContents.setZoomFactor(zoomWithin(this.#look.zoomPercent) / 100);
  }

  #tellAttention(): void {
    if (this.#window.isDestroyed()) return;
    const visible = this.isInView && !this.#options.isLocked();
    const focused = visible && this.#window.isFocused();
    this.#options.ipc.tell(this.contentsId, "window:changed", { focused, visible });
  }

  #keepPlace(): void {
    this.#keeping?.();
    const window = this.#window;
    if (window.isDestroyed() || window.isMinimized()) return;
    const place = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
    this.#options.places.keep(allDisplays(), place).catch((error: unknown) => {
      this.#options.log.warn("The window's place could not be kept.", { error: String(error) });
    });
  }
}
