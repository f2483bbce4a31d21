import { randomUUID } from "node:crypto";

import type { BrowserContext, CDPSession, Page } from "@playwright/test";

import type { DownMessage, UpMessage, ViewState } from "../page/world-types.ts";
import { ISOLATED_WORLD, pageScripts, UP_BINDING } from "./page-scripts.ts";
import { toAppUrl } from "./scheme-origin.ts";

export type FrameInfo = { frameId: string; url: string; parentId: string | null };

export type PageLinkOptions = {
  /** Source of the preload, or null for a window without one. */
  preload: string | null;
  additionalArguments: string[];
  view: ViewState;
  received(frame: FrameInfo, message: UpMessage): void;
  event(name: PageEvent, url: string): void;
  opened(url: string, frameName: string, features: string): void;
};

export type PageEvent = "navigated" | "navigated-in-page" | "dom-ready" | "loaded";

/** A page with the stand-in's scripts in it, and the line between its isolated world and main. */
export class PageLink {
  readonly page: Page;
  readonly targetId: string;
  readonly #cdp: CDPSession;
  readonly #frames = new Map<string, FrameInfo>();
  /** Execution contexts of isolated worlds, newest per frame. */
  readonly #contexts = new Map<number, string>();
  readonly #options: PageLinkOptions;
  #mainFrameId: string;

  private constructor(page: Page, cdp: CDPSession, targetId: string, options: PageLinkOptions) {
    this.page = page;
    this.#cdp = cdp;
    this.targetId = targetId;
    this.#mainFrameId = targetId;
    this.#options = options;
  }

  static async open(context: BrowserContext, options: PageLinkOptions): Promise<PageLink> {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    const { targetInfo } = await cdp.send("Target.getTargetInfo");
    const link = new PageLink(page, cdp, targetInfo.targetId, options);
    await link.#prepare();
    return link;
  }

  frames(): FrameInfo[] {
    return [...this.#frames.values()];
  }

  /** Sends to one frame, or to the top frame. A document that is gone gets nothing, as over IPC. */
  post(message: DownMessage, frameId = this.#mainFrameId): void {
    const contextId = this.#worldOf(frameId);
    if (contextId === undefined) return;
    const expression = `standInDown(${JSON.stringify(message)})`;
    this.#cdp.send("Runtime.evaluate", { expression, contextId }).catch(() => undefined);
  }

  /** Whether scripts of the stand-in run in a frame yet. */
  hasWorld(frameId: string): boolean {
    return this.#worldOf(frameId) !== undefined;
  }

  #worldOf(frameId: string): number | undefined {
    return [...this.#contexts].findLast(([, owner]) => owner === frameId)?.[0];
  }

  /** Speaks as a script in a frame's isolated world: what a test needs to pose as a foreign frame. */
  async invokeFrom(frameId: string, channel: string, args: unknown[]): Promise<string> {
    const contextId = this.#worldOf(frameId);
    if (contextId === undefined) throw new Error("the frame has no isolated world");
    const call = `standInIpc.invoke(...${JSON.stringify([channel, ...args])})`;
    const expression = `${call}.then((v) => JSON.stringify({ answer: v ?? null }), (e) => JSON.stringify({ error: e.message }))`;
    const { result } = await this.#cdp.send("Runtime.evaluate", {
      expression,
      contextId,
      awaitPromise: true,
    });
    return String(result.value);
  }

  /** Ends the renderer process of the page as a fault would. */
  crash(): void {
    // The call has no answer: whoever would give it is gone.
    this.#cdp.send("Page.crash").catch(() => undefined);
  }

  async #prepare(): Promise<void> {
    const cdp = this.#cdp;
    cdp.on("Page.frameAttached", ({ frameId, parentFrameId }) => {
      this.#frames.set(frameId, { frameId, url: "about:blank", parentId: parentFrameId });
    });
    cdp.on("Page.frameDetached", ({ frameId }) => this.#frames.delete(frameId));
    cdp.on("Page.frameNavigated", ({ frame }) => {
      const url = toAppUrl(frame.url + (frame.urlFragment ?? ""));
      this.#frames.set(frame.id, { frameId: frame.id, url, parentId: frame.parentId ?? null });
      if (frame.parentId !== undefined) return;
      this.#mainFrameId = frame.id;
      this.#options.event("navigated", url);
    });
    cdp.on("Page.navigatedWithinDocument", ({ frameId, url }) => {
      const known = this.#frames.get(frameId);
      if (known) this.#frames.set(frameId, { ...known, url: toAppUrl(url) });
      if (frameId === this.#mainFrameId) this.#options.event("navigated-in-page", toAppUrl(url));
    });
    cdp.on("Page.domContentEventFired", () => this.#options.event("dom-ready", ""));
    cdp.on("Page.loadEventFired", () => this.#options.event("loaded", ""));
    cdp.on("Page.windowOpen", ({ url, windowName, windowFeatures }) =>
      this.#options.opened(toAppUrl(url), windowName, windowFeatures.join(",")),
    );
    cdp.on("Runtime.executionContextCreated", ({ context }) => {
      if (context.name !== ISOLATED_WORLD) return;
      const aux = context.auxData as { frameId: string };
      this.#contexts.set(context.id, aux.frameId);
      if (aux.frameId === this.#mainFrameId) this.post({ kind: "view", ...this.#options.view });
    });
    cdp.on("Runtime.executionContextDestroyed", ({ executionContextId }) =>
      this.#contexts.delete(executionContextId),
    );
    cdp.on("Runtime.executionContextsCleared", () => this.#contexts.clear());
    cdp.on("Runtime.bindingCalled", ({ name, payload, executionContextId }) => {
      if (name !== UP_BINDING) return;
      const frameId = this.#contexts.get(executionContextId);
      const frame = frameId === undefined ? undefined : this.#frames.get(frameId);
      if (frame) this.#options.received(frame, JSON.parse(payload) as UpMessage);
    });
    await cdp.send("Page.enable");
    const { frameTree } = await cdp.send("Page.getFrameTree");
    this.#mainFrameId = frameTree.frame.id;
    await cdp.send("Runtime.enable");
    await cdp.send("Runtime.addBinding", {
      name: UP_BINDING,
      executionContextName: ISOLATED_WORLD,
    });
    const { preload, additionalArguments, view } = this.#options;
    const scripts = pageScripts(
      {
        handshake: `stand-in:${randomUUID()}`,
        process: {
          platform: process.platform,
          arch: process.arch,
          argv: ["electron", ...additionalArguments],
          versions: { ...process.versions, electron: process.versions["electron"] ?? "" },
        },
        view,
      },
      preload,
    );
    await cdp.send("Page.addScriptToEvaluateOnNewDocument", { source: scripts.main });
    await cdp.send("Page.addScriptToEvaluateOnNewDocument", {
      source: scripts.isolated,
      worldName: ISOLATED_WORLD,
    });
  }
}
