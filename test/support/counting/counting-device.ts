import type { Browser, BrowserContext, Page } from "@playwright/test";

import { type Desktop, startDesktop } from "../../electron-host/driver/desktop.ts";
import { signInInWindow, windowIdOf } from "../desktop-person.ts";
import { expect } from "../expect.ts";
import { chatList, chatRow, conversation, expectOnline } from "../person.ts";
import { type TcpProxy, startTcpProxy } from "../tcp-proxy.ts";
import { type Shown, shownInPage, shownInTray } from "./places.ts";

type Owner = { handle: string; password: string };

/** A device of the account whose numbers are compared. */
export type CountingDevice = AsyncDisposable & {
  readonly name: string;
  /** Whether it is on, awake and has a network: then its numbers have to be right. */
  readonly isUp: boolean;
  shown(): Promise<Shown>;
  /** Looks at a chat. */
  read(title: string): Promise<void>;
  /** The user turns away, whatever is open. */
  lookAway(): Promise<void>;
  /** Takes the network away, or the device to sleep, or ends it as a crash would. */
  leave(how: Leaving): Promise<void>;
  /** On, awake, with a network and connected again. */
  comeBack(): Promise<void>;
};

export type Leaving = "no network" | "asleep" | "killed";

const VIEWPORT = { width: 1280, height: 800 };
const CLICK = { timeout: 60_000 };
/** A button that may go while one reaches for it. */
const IF_THERE = { timeout: 2_000 };

async function open(page: Page, title: string): Promise<void> {
  await chatRow(page, title).click(CLICK);
  await conversation(page, title).waitFor(CLICK);
}

/** Waits until a page is live again; who sits before it does not wait for the next try. */
async function connectedAgain(page: Page): Promise<void> {
  await chatList(page)
    .waitFor()
    .catch(async (error: unknown) => {
      const seen = await page.evaluate(() => `${location.href} ${document.body.innerText}`);
      throw new Error(`no chats are shown (${String(error)}), but: ${seen}`);
    });
  const line = page.getByRole("status", { name: "Connection" });
  const tryNow = line.getByRole("button", { name: "Try now" });
  await expect(async () => {
    if (await tryNow.isVisible()) await tryNow.click(IF_THERE);
    await expect(line).toHaveText("", { timeout: 1_000 });
  }).toPass({ timeout: 120_000 });
}

/** A desktop app with a tray, signed in, behind a network of its own. */
export class CountingDesktop implements CountingDevice {
  readonly name: string;
  readonly #proxy: TcpProxy;
  readonly #first: Desktop;
  #app: Desktop;
  #page: Page;
  #away: Leaving | undefined;

  private constructor(name: string, proxy: TcpProxy, app: Desktop, page: Page) {
    this.name = name;
    this.#proxy = proxy;
    this.#first = app;
    this.#app = app;
    this.#page = page;
  }

  static async start(name: string, serverPort: number, owner: Owner): Promise<CountingDesktop> {
    const proxy = await startTcpProxy({ targetPort: serverPort });
    const app = await startDesktop({ hasTray: true });
    const page = await app.firstWindow();
    await signInInWindow(page, proxy.url, owner.handle, owner.password);
    // Wide enough for the list, with its search, beside a chat.
    await page.setViewportSize(VIEWPORT);
    return new CountingDesktop(name, proxy, app, page);
  }

  get isUp(): boolean {
    return this.#away === undefined;
  }

  async shown(): Promise<Shown> {
    const { control } = this.#app;
    const [inPage, tray, badge, windows] = await Promise.all([
      shownInPage(this.#page),
      control.tray(),
      control.badge(),
      control.windows(),
    ]);
    const titles = [...new Set(windows.map(({ title }) => title))].join(" and ");
    return { ...inPage, ...shownInTray(tray), badge: String(badge), "window titles": titles };
  }

  async read(title: string): Promise<void> {
    await this.#app.control.actOnWindow(await windowIdOf(this.#app), "focus");
    await open(this.#page, title);
  }

  async lookAway(): Promise<void> {
    await this.#app.control.actOnWindow(await windowIdOf(this.#app), "blur");
  }

  async leave(how: Leaving): Promise<void> {
    // Nobody is killed while asleep.
    if (this.#away !== undefined) await this.comeBack();
    this.#away = how;
    if (how === "no network") await this.#proxy.cut();
    if (how === "killed") await this.#app.kill();
    if (how === "asleep") {
      await this.#app.control.power("suspend");
      process.kill(this.#app.pid, "SIGSTOP");
    }
  }

  async comeBack(): Promise<void> {
    const from = this.#away;
    if (from === undefined) return;
    if (from === "no network") await this.#proxy.restore();
    if (from === "asleep") {
      process.kill(this.#app.pid, "SIGCONT");
      await this.#app.control.power("resume");
    }
    if (from === "killed") {
      this.#app = await this.#app.relaunch();
      this.#page = await this.#app.firstWindow();
      await this.#page.setViewportSize(VIEWPORT);
    }
    await connectedAgain(this.#page);
    this.#away = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#app !== this.#first) await this.#app[Symbol.asyncDispose]();
    await this.#first[Symbol.asyncDispose]();
    await this.#proxy[Symbol.asyncDispose]();
  }
}

declare global {
  // Set by the script below, in the page.
  var badgeOfTest: number;
  var focusOfTest: (isFocused: boolean) => void;
}

/** Stands for what an installed app has: a badge, and a focus that comes and goes. */
function installed(): void {
  globalThis.badgeOfTest = 0;
  Object.assign(navigator, {
    setAppBadge: async (count: number) => void (globalThis.badgeOfTest = count),
    clearAppBadge: async () => void (globalThis.badgeOfTest = 0),
  });
  let isFocused = false;
  document.hasFocus = () => isFocused;
  globalThis.focusOfTest = (now) => {
    isFocused = now;
    dispatchEvent(new Event(now ? "focus" : "blur"));
  };
}

/** A tab of the web app, signed in, behind a network of its own. */
export class CountingTab implements CountingDevice {
  readonly name: string;
  readonly #proxy: TcpProxy;
  readonly #context: BrowserContext;
  #page: Page;
  #away: Leaving | undefined;

  private constructor(name: string, proxy: TcpProxy, context: BrowserContext, page: Page) {
    this.name = name;
    this.#proxy = proxy;
    this.#context = context;
    this.#page = page;
  }

  static async start(
    name: string,
    browser: Browser,
    serverPort: number,
    owner: Owner,
  ): Promise<CountingTab> {
    const proxy = await startTcpProxy({ targetPort: serverPort });
    const context = await browser.newContext({ viewport: VIEWPORT });
    await context.addInitScript(installed);
    const page = await context.newPage();
    await page.goto(proxy.url);
    const form = page.getByRole("form", { name: "Sign in" });
    await form.getByRole("textbox", { name: "Handle" }).fill(owner.handle);
    await form.getByRole("textbox", { name: "Password" }).fill(owner.password);
    await form.getByRole("button", { name: "Sign in" }).click();
    await chatList(page).waitFor();
    await expectOnline(page);
    return new CountingTab(name, proxy, context, page);
  }

  get isUp(): boolean {
    return this.#away === undefined;
  }

  async shown(): Promise<Shown> {
    const badge = await this.#page.evaluate(() => globalThis.badgeOfTest);
    return { ...(await shownInPage(this.#page)), badge: String(badge) };
  }

  async read(title: string): Promise<void> {
    await this.#page.evaluate(() => globalThis.focusOfTest(true));
    await open(this.#page, title);
  }

  async lookAway(): Promise<void> {
    await this.#page.evaluate(() => globalThis.focusOfTest(false));
  }

  async leave(how: Leaving): Promise<void> {
    this.#away = how;
    if (how === "no network") await this.#proxy.cut();
    // A tab has no process of its own to stop: what it hears stops.
    if (how === "asleep") this.#proxy.halfOpen();
    if (how === "killed") await this.#page.close();
  }

  async comeBack(): Promise<void> {
    const from = this.#away;
    if (from === undefined) return;
    if (from === "no network") await this.#proxy.restore();
    if (from === "asleep") await this.#wakeUp();
    if (from === "killed") {
      this.#page = await this.#context.newPage();
      await this.#page.goto(this.#proxy.url);
    }
    await connectedAgain(this.#page);
    this.#away = undefined;
  }

  /** It finds its connection broken: one that is there still is not the one that counts. */
  async #wakeUp(): Promise<void> {
    const { acceptedCount } = this.#proxy;
    const line = this.#page.getByRole("status", { name: "Connection" });
    this.#proxy.reset();
    await expect
      .poll(
        async () => this.#proxy.acceptedCount > acceptedCount || (await line.innerText()) !== "",
      )
      .toBe(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    await this.#proxy[Symbol.asyncDispose]();
  }
}
