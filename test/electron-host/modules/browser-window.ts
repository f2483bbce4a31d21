import { pathToFileURL } from "node:url";

import { makeEvent } from "../host-emitter.ts";
import { registry } from "../registry.ts";
import { facade, original } from "../strict.ts";
import type { ContentsPorts, WebPreferences } from "./contents-types.ts";
import { WebContents } from "./web-contents.ts";
import { WindowLooks } from "./window-looks.ts";
import {
  type Bounds,
  changeState,
  initialState,
  keepState,
  stateOf,
  type WindowOptions,
  type WindowState,
} from "./window-state.ts";

/** What windows need of the app around them. */
export type WindowPorts = ContentsPorts & {
  workArea: () => Bounds;
  windowsLeft: () => void;
};

let ports: WindowPorts | undefined;
let focused: BrowserWindow | null = null;
let nextId = 1;

/** A window: its place and state are kept here, its content is a page of the browser. */
export class BrowserWindow extends WindowLooks {
  readonly id = nextId++;
  readonly webContents: WebContents;
  #destroyed = false;

  constructor(options: WindowOptions = {}) {
    super();
    if (!ports) throw new Error("Cannot create BrowserWindow before app is ready");
    const state = initialState(options, ports.workArea());
    keepState(this, state);
    const preferences = (options.webPreferences ?? {}) as WebPreferences;
    const view = { visible: state.visible, focused: false };
    const contents = new WebContents(preferences, ports, view);
    this.webContents = facade(contents, "WebContents");
    contents.on("page-title-updated", (event: { defaultPrevented: boolean }, title: string) => {
      this.emit("page-title-updated", event, title, true);
      if (!event.defaultPrevented) state.title = title;
    });
    contents.once("dom-ready", () => this.#emit("ready-to-show"));
    for (const name of ["unresponsive", "responsive"] as const) {
      contents.on(name, () => this.#emit(name));
    }
    registry.windows.push(this);
    ports.tellApp("web-contents-created", this.webContents);
    ports.tellApp("browser-window-created", facade(this, "BrowserWindow"));
    if (state.visible) this.focus();
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
    if (!stateOf(this).visible) return;
    this.#loseFocus();
    this.#change({ visible: false });
    this.#emit("hide");
  }

  focus(): void {
    if (!stateOf(this).visible || stateOf(this).minimized || focused === this) return;
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
    return stateOf(this).visible;
  }

  minimize(): void {
    this.#loseFocus();
    this.#change({ minimized: true });
    this.#emit("minimize");
  }

  isMinimized(): boolean {
    return stateOf(this).minimized;
  }

  restore(): void {
    if (!stateOf(this).minimized) return;
    this.#change({ minimized: false });
    this.#emit("restore");
    this.focus();
  }

  maximize(): void {
    this.#change({ maximized: true, normalBounds: stateOf(this).bounds });
    this.#move(ports?.workArea() ?? stateOf(this).bounds);
    this.#appear();
    this.#emit("maximize");
  }

  unmaximize(): void {
    if (!stateOf(this).maximized) return;
    this.#change({ maximized: false });
    this.#move(stateOf(this).normalBounds);
    this.#emit("unmaximize");
  }

  isMaximized(): boolean {
    return stateOf(this).maximized;
  }

  setFullScreen(fullScreen: boolean): void {
    this.#change({ fullScreen });
    this.#emit(fullScreen ? "enter-full-screen" : "leave-full-screen");
  }

  isFullScreen(): boolean {
    return stateOf(this).fullScreen;
  }

  isNormal(): boolean {
    return !stateOf(this).minimized && !stateOf(this).maximized && !stateOf(this).fullScreen;
  }

  setBounds(bounds: Partial<Bounds>): void {
    const next = { ...stateOf(this).bounds, ...bounds };
    this.#move(next);
    this.#change({ normalBounds: next });
  }

  getBounds(): Bounds {
    return { ...stateOf(this).bounds };
  }

  getNormalBounds(): Bounds {
    return this.isNormal() ? this.getBounds() : { ...stateOf(this).normalBounds };
  }

  getContentBounds(): Bounds {
    return this.getBounds();
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  getSize(): number[] {
    return [stateOf(this).bounds.width, stateOf(this).bounds.height];
  }

  setPosition(x: number, y: number): void {
    this.setBounds({ x, y });
  }

  getPosition(): number[] {
    return [stateOf(this).bounds.x, stateOf(this).bounds.y];
  }

  center(): void {
    const area = ports?.workArea() ?? stateOf(this).bounds;
    const { width, height } = stateOf(this).bounds;
    this.setBounds({
      x: area.x + Math.round((area.width - width) / 2),
      y: area.y + Math.round((area.height - height) / 2),
    });
  }

  #appear(): void {
    if (stateOf(this).visible && !stateOf(this).minimized) return;
    this.#change({ visible: true, minimized: false });
    this.#emit("show");
  }

  #move(bounds: Bounds): void {
    const before = stateOf(this).bounds;
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
    changeState(this, change);
    this.#tellView();
  }

  #tellView(): void {
    const { visible, minimized } = stateOf(this);
    const view = { visible: visible && !minimized, focused: focused === this };
    WebContents.setView(original(this.webContents), view);
  }

  #emit(...names: string[]): void {
    for (const name of names) this.emit(name, makeEvent({ sender: this }));
  }
}
