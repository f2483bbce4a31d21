import { pathToFileURL } from "node:url";

import { HostEmitter, makeEvent } from "../host-emitter.ts";
import { registry } from "../registry.ts";
import { facade, original } from "../strict.ts";
import { type ContentsPorts, WebContents, type WebPreferences } from "./web-contents.ts";
import { type Bounds, initialState, type WindowOptions, type WindowState } from "./window-state.ts";

/** What windows need of the app around them. */
export type WindowPorts = ContentsPorts & {
  workArea: () => Bounds;
  windowsLeft: () => void;
};

let ports: WindowPorts | undefined;
let focused: BrowserWindow | null = null;
let nextId = 1;

/** A window: its place and state are kept here, its content is a page of the browser. */
export class BrowserWindow extends HostEmitter {
  readonly id = nextId++;
  readonly webContents: WebContents;
  readonly #state: WindowState;
  #destroyed = false;

  constructor(options: WindowOptions = {}) {
    super("BrowserWindow");
    if (!ports) throw new Error("Cannot create BrowserWindow before app is ready");
    this.#state = initialState(options, ports.workArea());
    const preferences = (options.webPreferences ?? {}) as WebPreferences;
    const view = { visible: this.#state.visible, focused: false };
    const contents = new WebContents(preferences, ports, view);
    this.webContents = facade(contents, "WebContents");
    contents.on("page-title-updated", (event: { defaultPrevented: boolean }, title: string) => {
      this.emit("page-title-updated", event, title, true);
      if (!event.defaultPrevented) this.#state.title = title;
    });
    contents.once("dom-ready", () => this.#emit("ready-to-show"));
    for (const name of ["unresponsive", "responsive"] as const) {
      contents.on(name, () => this.#emit(name));
    }
    registry.windows.push(this);
    ports.tellApp("web-contents-created", this.webContents);
    ports.tellApp("browser-window-created", facade(this, "BrowserWindow"));
    if (this.#state.visible) this.focus();
  }

  /** Windows can be made from now on. */
  static allow(given: WindowPorts): void {
    ports = given;
  }

  static getAllWindows(): BrowserWindow[] {
    return registry.windows.map((window) => facade(window, "BrowserWindow"));
  }

  static getFocusedWindow(): BrowserWindow | null {
    return focused && facade(focused, "BrowserWindow");
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    const found = WebContents.windowOf(contents);
    return found ? facade(found, "BrowserWindow") : null;
  }

  static fromId(id: number): BrowserWindow | null {
    const found = registry.windows.find((window) => window.id === id);
    return found ? facade(found, "BrowserWindow") : null;
  }

  async loadURL(url: string, options?: object): Promise<void> {
    await this.webContents.loadURL(url, options);
  }

  async loadFile(path: string): Promise<void> {
    await this.loadURL(pathToFileURL(path).href);
  }

  reload(): void {
    this.webContents.reload();
  }

  close(): void {
    if (this.#destroyed) return;
    const event = makeEvent({});
    this.emit("close", event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#loseFocus();
    registry.windows = registry.windows.filter((window) => window !== this);
    void WebContents.destroy(original(this.webContents));
    this.emit("closed");
    if (registry.windows.length === 0) ports?.windowsLeft();
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  show(): void {
    this.#appear();
    this.focus();
  }

  showInactive(): void {
    this.#appear();
  }

  hide(): void {
    if (!this.#state.visible) return;
    this.#loseFocus();
    this.#change({ visible: false });
    this.#emit("hide");
  }

  focus(): void {
    if (!this.#state.visible || this.#state.minimized || focused === this) return;
    focused?.blur();
    // oxlint-disable-next-line typescript/no-this-alias -- the one window that has it
    focused = this;
    this.#tellView();
    this.#emit("focus");
    ports?.tellApp("browser-window-focus", facade(this, "BrowserWindow"));
  }

  blur(): void {
    this.#loseFocus();
  }

  isFocused(): boolean {
    return focused === this;
  }

  isVisible(): boolean {
    return this.#state.visible;
  }

  minimize(): void {
    this.#loseFocus();
    this.#change({ minimized: true });
    this.#emit("minimize");
  }

  isMinimized(): boolean {
    return this.#state.minimized;
  }

  restore(): void {
    if (!this.#state.minimized) return;
    this.#change({ minimized: false });
    this.#emit("restore");
    this.focus();
  }

  maximize(): void {
    this.#change({ maximized: true, normalBounds: this.#state.bounds });
    this.#move(ports?.workArea() ?? this.#state.bounds);
    this.#appear();
    this.#emit("maximize");
  }

  unmaximize(): void {
    if (!this.#state.maximized) return;
    this.#change({ maximized: false });
    this.#move(this.#state.normalBounds);
    this.#emit("unmaximize");
  }

  isMaximized(): boolean {
    return this.#state.maximized;
  }

  setFullScreen(fullScreen: boolean): void {
    this.#change({ fullScreen });
    this.#emit(fullScreen ? "enter-full-screen" : "leave-full-screen");
  }

  isFullScreen(): boolean {
    return this.#state.fullScreen;
  }

  isNormal(): boolean {
    return !this.#state.minimized && !this.#state.maximized && !this.#state.fullScreen;
  }

  setBounds(bounds: Partial<Bounds>): void {
    const next = { ...this.#state.bounds, ...bounds };
    this.#move(next);
    this.#change({ normalBounds: next });
  }

  getBounds(): Bounds {
    return { ...this.#state.bounds };
  }

  getNormalBounds(): Bounds {
    return this.isNormal() ? this.getBounds() : { ...this.#state.normalBounds };
  }

  getContentBounds(): Bounds {
    return this.getBounds();
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  getSize(): number[] {
    return [this.#state.bounds.width, this.#state.bounds.height];
  }

  setPosition(x: number, y: number): void {
    this.setBounds({ x, y });
  }

  getPosition(): number[] {
    return [this.#state.bounds.x, this.#state.bounds.y];
  }

  center(): void {
    const area = ports?.workArea() ?? this.#state.bounds;
    const { width, height } = this.#state.bounds;
    this.setBounds({
      x: area.x + Math.round((area.width - width) / 2),
      y: area.y + Math.round((area.height - height) / 2),
    });
  }

  setMinimumSize(width: number, height: number): void {
    this.#change({ minimumSize: [width, height] });
  }

  getMinimumSize(): number[] {
    return this.#state.minimumSize;
  }

  setTitle(title: string): void {
    this.#change({ title });
  }

  getTitle(): string {
    return this.#state.title;
  }

  setAlwaysOnTop(alwaysOnTop: boolean): void {
    this.#change({ alwaysOnTop });
  }

  isAlwaysOnTop(): boolean {
    return this.#state.alwaysOnTop;
  }

  setMenuBarVisibility(menuBarVisible: boolean): void {
    this.#change({ menuBarVisible });
  }

  setAutoHideMenuBar(hide: boolean): void {
    this.#change({ menuBarVisible: !hide });
  }

  setMenu(_menu: object | null): void {
    this.#change({ menuBarVisible: false });
  }

  removeMenu(): void {
    this.setMenu(null);
  }

  setSkipTaskbar(skipTaskbar: boolean): void {
    this.#change({ skipTaskbar });
  }

  flashFrame(flashing: boolean): void {
    this.#change({ flashing });
  }

  setOverlayIcon(_icon: object | null, overlayDescription: string): void {
    this.#change({ overlayDescription });
  }

  setBackgroundColor(backgroundColor: string): void {
    this.#change({ backgroundColor });
  }

  setIcon(_icon: unknown): void {
    // Nothing shows the icon of a window here.
  }

  moveTop(): void {
    // Windows of the stand-in do not cover each other.
  }

  #appear(): void {
    if (this.#state.visible && !this.#state.minimized) return;
    this.#change({ visible: true, minimized: false });
    this.#emit("show");
  }

  #move(bounds: Bounds): void {
    const before = this.#state.bounds;
    this.#change({ bounds });
    if (before.x !== bounds.x || before.y !== bounds.y) this.#emit("move", "moved");
    if (before.width === bounds.width && before.height === bounds.height) return;
    this.#emit("resize", "resized");
  }

  #loseFocus(): void {
    if (focused !== this) return;
    focused = null;
    this.#tellView();
    this.#emit("blur");
    ports?.tellApp("browser-window-blur", facade(this, "BrowserWindow"));
  }

  #change(change: Partial<WindowState>): void {
    if (this.#destroyed) throw new Error("Object has been destroyed");
    Object.assign(this.#state, change);
    this.#tellView();
  }

  #tellView(): void {
    const { visible, minimized } = this.#state;
    const view = { visible: visible && !minimized, focused: focused === this };
    WebContents.setView(original(this.webContents), view);
  }

  #emit(...names: string[]): void {
    for (const name of names) this.emit(name, makeEvent({ sender: this }));
  }
}
