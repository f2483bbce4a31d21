import { type Browser, chromium, type Page } from "@playwright/test";

import type { DesktopControl } from "../control/contract.ts";

const WINDOW_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 50;

type Windows = Awaited<ReturnType<DesktopControl["windows"]>>;

/** The test's own line to the pages of the app. */
export class AttachedBrowser {
  readonly #control: DesktopControl;
  #browser: Browser | undefined;
  readonly #targetIds = new WeakMap<Page, string>();
  #hasEnded = false;

  constructor(control: DesktopControl, ended: Promise<unknown>) {
    this.#control = control;
    void ended.then(() => (this.#hasEnded = true));
  }

  /** Waits for the page of the window that `choose` picks. */
  async pageWhere(choose: (windows: Windows) => Windows[number] | undefined): Promise<Page> {
    const deadline = Date.now() + WINDOW_WITHIN_MS;
    while (Date.now() < deadline && !this.#hasEnded) {
      const window = choose(await this.#control.windows());
      const targetId = window?.targetId ?? null;
      const page = targetId !== null && window?.url ? await this.#pageOf(targetId) : undefined;
      if (page && page.url() !== "about:blank") return page;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    throw new Error("the window did not appear");
  }

  /** Lets go of the pages; the next one that is asked for is attached to anew. */
  async detach(): Promise<void> {
    const browser = this.#browser;
    this.#browser = undefined;
    await browser?.close().catch(() => undefined);
  }

  async #pageOf(targetId: string): Promise<Page | undefined> {
    const endpoint = await this.#control.endpoint();
    if (endpoint === null) return undefined;
    this.#browser ??= await chromium.connectOverCDP(endpoint, { timeout: WINDOW_WITHIN_MS });
    for (const context of this.#browser.contexts()) {
      for (const page of context.pages()) {
        if ((await this.#targetIdOf(page)) === targetId) return page;
      }
    }
    return undefined;
  }

  async #targetIdOf(page: Page): Promise<string | undefined> {
    const known = this.#targetIds.get(page);
    if (known !== undefined) return known;
    try {
      const session = await page.context().newCDPSession(page);
      const { targetInfo } = await session.send("Target.getTargetInfo");
      await session.detach();
      this.#targetIds.set(page, targetInfo.targetId);
      return targetInfo.targetId;
    } catch {
      // It closed in between.
      return undefined;
    }
  }
}
