import { readFileSync } from "node:fs";

import type { Page } from "@playwright/test";

import { runningBrowser, startBrowser } from "../browser/browser-process.ts";
import { type FrameInfo, type PageEvent, PageLink } from "../browser/page-link.ts";
import { answerRequests } from "../browser/requests.ts";
import { sameDocument, toBrowserUrl } from "../browser/scheme-origin.ts";
import { makeEvent } from "../host-emitter.ts";
import { makeCloneCodec } from "../page/clone-codec.ts";
import type { UpMessage, ViewState } from "../page/world-types.ts";
import { registry } from "../registry.ts";
import { facade, original } from "../strict.ts";
import { ContentsSettings } from "./contents-settings.ts";
import type { ContentsPorts, OpenHandler, WebPreferences } from "./contents-types.ts";
import { makeIpcEvent } from "./ipc-event.ts";
import { deliver, IpcMain } from "./ipc-main.ts";
import { Protocol } from "./protocol.ts";
import type { Session } from "./session.ts";
import { frameOf, type WebFrameMain } from "./web-frame-main.ts";

const codec = makeCloneCodec();
const byPage = new WeakMap<Page, WebContents>();
const all = new Map<number, WebContents>();
let nextId = 1;
let answering: Promise<void> | undefined;

/** One page: what shows in a window. */
export class WebContents extends ContentsSettings {
  readonly id = nextId++;
  readonly ipc = new IpcMain();
  readonly session: Session;
  readonly #ports: ContentsPorts;
  readonly #preferences: WebPreferences;
  #link: Promise<PageLink> | undefined;
  #opened: PageLink | undefined;
  #url = "";
  /** Addresses that main itself asked for: no will-navigate is told of them. */
  #expected: string | undefined;
  #openHandler: OpenHandler | null = null;
  #crashed = false;
  #destroyed = false;
  #view: ViewState;
  #loading = false;
  backgroundThrottling: boolean;

  constructor(preferences: WebPreferences, ports: ContentsPorts, view: ViewState) {
    super();
    this.#preferences = preferences;
    this.#ports = ports;
    this.session = ports.session;
    this.backgroundThrottling = preferences.backgroundThrottling ?? true;
    this.#view = view;
    all.set(this.id, this);
  }

  get mainFrame(): WebFrameMain {
    const frames = this.#opened?.frames() ?? [];
    const main = frames.find((frame) => frame.parentId === null);
    return frameOf(main ?? { frameId: "", url: this.#url, parentId: null }, frames);
  }

  static of(page: Page): WebContents | undefined {
    return byPage.get(page);
  }

  static getAllWebContents(): WebContents[] {
    return [...all.values()].map((contents) => facade(contents, "WebContents"));
  }

  static fromId(id: number): WebContents | undefined {
    const found = all.get(id);
    return found && facade(found, "WebContents");
  }

  async loadURL(url: string, _options?: object): Promise<void> {
    this.#expected = url;
    this.#url = url;
    this.#crashed = false;
    this.#loading = true;
    this.#tell("did-start-loading");
    try {
      const link = await this.#page();
      const schemes = Protocol.schemes(original(this.session.protocol));
      await link.page.goto(toBrowserUrl(url, schemes), { waitUntil: "load" });
    } catch (error) {
      if (this.#destroyed) return;
      const failed = `ERR_FAILED (-2) loading '${url}'`;
      this.#tell("did-fail-load", -2, "ERR_FAILED", url, true);
      throw Object.assign(new Error(failed, { cause: error }), { code: "ERR_FAILED", url });
    } finally {
      this.#loading = false;
    }
  }

  reload(): void {
    this.loadURL(this.#url).catch(() => undefined);
  }

  reloadIgnoringCache(): void {
    this.reload();
  }

  send(channel: string, ...args: unknown[]): void {
    const text = codec.encode(args);
    this.#opened?.post({ kind: "message", channel, args: text });
  }

  getURL(): string {
    return this.#url;
  }

  getTitle(): string {
    return WebContents.windowOf(this)?.getTitle() ?? "";
  }

  isLoading(): boolean {
    return this.#loading;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isCrashed(): boolean {
    return this.#crashed;
  }

  isFocused(): boolean {
    return this.#view.focused;
  }

  focus(): void {
    WebContents.windowOf(this)?.focus();
  }

  forcefullyCrashRenderer(): void {
    this.#opened?.crash();
  }

  replaceMisspelling(text: string): void {
    registry.replacedWords.push(text);
  }

  copyImageAt(_x: number, _y: number): void {
    registry.clipboard = "[picture]";
  }

  downloadURL(url: string): void {
    registry.downloads.push(url);
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  setBackgroundThrottling(allowed: boolean): void {
    this.backgroundThrottling = allowed;
    this.#showView();
  }

  getBackgroundThrottling(): boolean {
    return this.backgroundThrottling;
  }

  getOSProcessId(): number {
    return this.#opened ? 1 : 0;
  }

  async executeJavaScript(code: string): Promise<unknown> {
    const link = await this.#page();
    return link.page.evaluate(code);
  }

  close(): void {
    void WebContents.destroy(this);
  }

  static windowOf(contents: WebContents) {
    return registry.windows.find((window) => original(window.webContents) === original(contents));
  }

  /** What the window's state means for the page. */
  static setView(contents: WebContents, view: ViewState): void {
    contents.#view = view;
    contents.#showView();
  }

  static async linkOf(contents: WebContents): Promise<PageLink> {
    return contents.#page();
  }

  static openedLink(contents: WebContents): PageLink | undefined {
    return contents.#opened;
  }

  static preferencesOf(contents: WebContents): WebPreferences {
    return contents.#preferences;
  }

  static async destroy(contents: WebContents): Promise<void> {
    if (contents.#destroyed) return;
    contents.#destroyed = true;
    all.delete(contents.id);
    contents.emit("destroyed");
    const link = await contents.#link;
    await link?.page.close().catch(() => undefined);
  }

  #tell(name: string, ...args: unknown[]): void {
    if (this.#destroyed) return;
    this.emit(name, makeEvent({ sender: facade(this, "WebContents") }), ...args);
  }

  #showView(): void {
    // Without throttling a page of a hidden window goes on believing that it is seen.
    const visible = this.#view.visible || !this.backgroundThrottling;
    this.#shown.visible = visible;
    this.#shown.focused = this.#view.focused;
    this.#opened?.post({ kind: "view", ...this.#shown });
  }

  readonly #shown: ViewState = { visible: true, focused: false };

  /** The page; a new one after a crash, for the browser does not give a dead one a new process. */
  #page(): Promise<PageLink> {
    if (this.#destroyed) throw new Error("Object has been destroyed");
    this.#link ??= this.#open();
    return this.#link;
  }

  async #open(): Promise<PageLink> {
    const { profileDir, session } = this.#ports;
    const { context } = await startBrowser(profileDir());
    answering ??= answerRequests(context, session, (page, url, isMainFrame) => {
      const contents = byPage.get(page);
      return contents ? contents.#mayNavigate(url, isMainFrame) : false;
    });
    await answering;
    const { preload, additionalArguments } = this.#preferences;
    this.#showView();
    const link = await PageLink.open(context, {
      preload: preload === undefined ? null : readFileSync(preload, "utf8"),
      additionalArguments: additionalArguments ?? [],
      view: this.#shown,
      received: (frame, message) => void this.#received(frame, message),
      event: (name, url) => this.#happened(name, url),
      opened: (url, frameName, features) => this.#windowOpened(url, frameName, features),
    });
    byPage.set(link.page, this);
    this.#opened = link;
    link.page.on("crash", () => this.#rendererGone(link));
    link.page.on("popup", (popup) => void popup.close().catch(() => undefined));
    return link;
  }

  #mayNavigate(url: string, isMainFrame: boolean): boolean {
    if (isMainFrame && this.#expected !== undefined && sameDocument(this.#expected, url)) {
      this.#expected = undefined;
      return true;
    }
    const event = makeEvent({ url, isMainFrame, isSameDocument: false });
    if (isMainFrame) this.emit("will-navigate", event, url);
    if (!event.defaultPrevented) this.emit("will-frame-navigate", event);
    return !event.defaultPrevented;
  }

  #windowOpened(url: string, frameName: string, features: string): void {
    const details = { url, frameName, features, disposition: "foreground-tab", referrer: {} };
    const decision = this.#openHandler?.(details) ?? { action: "allow" };
    if (decision.action === "allow") {
      throw new Error(`the stand-in opens no windows for pages, but ${url} was allowed`);
    }
  }

  #happened(name: PageEvent, url: string): void {
    if (name === "navigated") {
      this.#url = url;
      this.#tell("did-navigate", url, 200, "OK");
    } else if (name === "navigated-in-page") {
      this.#url = url;
      this.#tell("did-navigate-in-page", url, true);
    } else if (name === "dom-ready") {
      this.#tell("dom-ready");
    } else {
      this.#tell("did-finish-load");
      this.#tell("did-stop-loading");
      void this.#tellTitle();
    }
  }

  async #tellTitle(): Promise<void> {
    const title = await this.#opened?.page.title().catch(() => undefined);
    if (title) this.#tell("page-title-updated", title, true);
  }

  #rendererGone(link: PageLink): void {
    if (this.#destroyed || this.#opened !== link) return;
    this.#crashed = true;
    this.#link = undefined;
    this.#opened = undefined;
    void link.page.close().catch(() => undefined);
    const details = { reason: "crashed", exitCode: 5 };
    this.#tell("render-process-gone", details);
    this.#ports.tellApp("render-process-gone", facade(this, "WebContents"), details);
  }

  async #received(frame: FrameInfo, message: UpMessage): Promise<void> {
    const link = this.#opened;
    if (this.#destroyed || !link) return;
    if (message.kind === "window-open") {
      this.#windowOpened(message.url, message.frameName, message.features);
      return;
    }
    if (message.kind === "window-close") {
      WebContents.windowOf(this)?.close();
      return;
    }
    if (message.kind === "title") {
      this.#tell("page-title-updated", message.title, true);
      return;
    }
    if (message.kind === "preload-error") {
      registry.preloadErrors.push(`${message.message}\n${message.stack}`);
      this.#tell("preload-error", this.#preferences.preload, new Error(message.message));
      return;
    }
    const sender = facade(this, "WebContents");
    const event = makeIpcEvent(sender, frame, link);
    const answer = await deliver([this.ipc, this.#ports.ipcMain], event, message);
    if (!answer || message.kind !== "invoke") return;
    link.post({ ...answer, id: message.id }, frame.frameId);
  }
}

/** Ends the browser, if a window has started it. */
export async function endBrowser(): Promise<void> {
  const browser = await runningBrowser();
  await browser?.context.close().catch(() => undefined);
}
