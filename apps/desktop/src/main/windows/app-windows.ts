import type { Log } from "@parley/client/connection/ports.ts";
import type { HostStore } from "@parley/client/session/ports.ts";
import type { NoticeBody, NoticeName } from "@parley/protocol/bridge/contract.ts";
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { AppWindow, type AppWindowOptions, type Chat, type Opening } from "./app-window.ts";
import { decideToggle } from "./close-decision.ts";
import {
  decideOpen,
  keepWindows,
  keptWindows,
  type OpenWindow,
  windowOfChat,
} from "./open-windows.ts";
import { WindowPlaces } from "./window-places.ts";

type Target = NoticeBody<"target:open">;

type Options = {
  store: HostStore;
  log: Log;
  /** What all windows have in common. */
  common: Omit<AppWindowOptions, "kind" | "slot" | "chat" | "places" | "closing" | "closed">;
  /** Whether somebody is signed in to this account; waits until that is known. */
  isSignedIn: (accountKey: AccountKey) => Promise<boolean>;
  /** What closing the main window does. */
  closingMain: () => "close" | "hide" | "quit";
  isQuitting: () => boolean;
  /** A window came or went. */
  changed: () => void;
};

/** The windows of the app: the main one, which lives as long as the app, and those beside it. */
export class AppWindows {
  readonly #options: Options;
  readonly #beside = new Map<string, { window: AppWindow; as: OpenWindow }>();
  #main: AppWindow | undefined;
  /** The main one was closed where nothing would bring it back: the last of the others ends the app. */
  #endsWithOthers = false;
  readonly #early: ((main: AppWindow) => void)[] = [];
  /** Windows open one after the other: two at once would take the same name. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  get main(): AppWindow | undefined {
    return this.#main;
  }

  get all(): AppWindow[] {
    const beside = [...this.#beside.values()].map(({ window }) => window);
    return this.#main ? [this.#main, ...beside] : beside;
  }

  get focused(): AppWindow | undefined {
    return this.all.find((window) => window.isFocused);
  }

  /** Opens the main window, and those beside it that were open when the app ended. */
  async start({ isHidden }: { isHidden: boolean }): Promise<void> {
    const { store, common, log } = this.#options;
    this.#main = await AppWindow.open(
      {
        ...common,
        kind: "main",
        slot: "main",
        places: new WindowPlaces(store),
        closing: () => this.#closeMain(),
        closed: () => undefined,
      },
      isHidden ? "hidden" : "in-front",
    );
    for (const act of this.#early.splice(0)) act(this.#main);
    this.#options.changed();
    // Who starts the app hidden wants to see no window; the others come with the main one.
    for (const as of await keptWindows(store)) {
      if (as.chat && !(await this.#options.isSignedIn(as.chat.accountKey))) continue;
      await this.#openBeside(as, isHidden ? "hidden" : "behind").catch((error: unknown) => {
        log.warn("A window could not be opened again.", { error: String(error) });
      });
    }
    this.#changed();
  }

  byContents(contentsId: number): AppWindow | undefined {
    return this.all.find((window) => window.contentsId === contentsId);
  }

  /** Brings the app before the user: the window in front, or all that are hidden, the main one first. */
  show(): void {
    const { focused } = this;
    if (focused && this.#main?.isHidden === false) return focused.show();
    for (const { window } of this.#beside.values()) if (window.isHidden) window.show();
    this.#main?.show();
  }

  /** The global shortcut: away if it is in front, else before the user. */
  toggle(around: { platform: NodeJS.Platform; hasTray: boolean }): void {
    const window = this.focused ?? this.#main;
    if (!window) return;
    const { kind } = window.state;
    const act = decideToggle({ isFocused: window.isFocused, kind, ...around });
    window[act]();
  }

  /**
   * Opens one more window, or one for a chat; one that is there already is shown. Fails with
   * `window_refused` where there are too many or the system opens none, with `not_found` for a chat of
   * nobody who is signed in.
   */
  open(chat?: Chat): Promise<Result<Record<string, never>>> {
    const opened = this.#opening.then(async () => {
      if (chat && !(await this.#options.isSignedIn(chat.accountKey))) {
        return failure("not_found", "Nobody is signed in to this account.");
      }
      const decision = decideOpen(this.#open, chat);
      if (decision.act === "refuse") return failure("window_refused", "Too many windows.");
      if (decision.act === "open") await this.#openBeside(decision.window);
      else this.#beside.get(decision.slot)?.window.show();
      return success({});
    });
    const answer = opened.catch((error: unknown) => {
      this.#options.log.warn("A window could not be opened.", { error: String(error) });
      return failure("window_refused", "The window could not be opened.");
    });
    this.#opening = answer;
    return answer;
  }

  /** Closes what shows chats of an account that is gone: nobody may read on there. */
  signedOut(accountKey: AccountKey): void {
    for (const { window, as } of this.#beside.values()) {
      if (as.chat?.accountKey === accountKey) window.close();
    }
  }

  /** Shows a chat or message: in the window into which it was popped out, else in the main one. */
  openTarget(target: Target): void {
    const popped = windowOfChat(this.#open, target);
    const window = popped && this.#beside.get(popped.slot)?.window;
    if (window) window.openTarget(target);
    else this.#withMain((main) => main.openTarget(target));
  }

  /** Hands the main window's page what the user did to a notification. */
  acted(acted: NoticeBody<"notification:acted">): void {
    this.#withMain((main) => main.acted(acted));
  }

  /** Now, or once the main window is there: a click may be what started the app. */
  #withMain(act: (main: AppWindow) => void): void {
    if (this.#main) act(this.#main);
    else this.#early.push(act);
  }

  /** The screen was locked or unlocked. */
  attend(): void {
    for (const window of this.all) window.attend();
  }

  /** Tells the pages of all windows. */
  tell<Name extends NoticeName>(name: Name, body: NoticeBody<Name>): void {
    for (const window of this.all) window.tell(name, body);
  }

  get #open(): OpenWindow[] {
    return [...this.#beside.values()].map(({ as }) => as);
  }

  /** Without a tray the app ends with its last window, whichever that is: the others are not taken along. */
  #closeMain(): "close" | "hide" | "quit" {
    const what = this.#options.closingMain();
    const others = [...this.#beside.values()].some(({ window }) => window.isInView);
    this.#endsWithOthers = what === "quit" && others;
    return this.#endsWithOthers ? "hide" : what;
  }

  #besideClosed(slot: string): void {
    // What is open when the app ends comes back with it.
    if (this.#options.isQuitting()) return;
    this.#beside.delete(slot);
    this.#changed();
    const isLast = this.#beside.size === 0 && this.#main?.isHidden === true;
    if (isLast && this.#endsWithOthers) this.#options.common.quit();
  }

  async #openBeside(as: OpenWindow, opens: Opening = "in-front"): Promise<void> {
    const { store, common } = this.#options;
    const { slot, kind, chat } = as;
    const window = await AppWindow.open(
      {
        ...common,
        kind,
        slot,
        chat,
        places: new WindowPlaces(store, slot),
        closing: () => "close",
        closed: () => this.#besideClosed(slot),
      },
      opens,
    );
    this.#beside.set(slot, { window, as });
    this.#changed();
  }

  #changed(): void {
    keepWindows(this.#options.store, this.#open).catch((error: unknown) => {
      this.#options.log.warn("The open windows could not be kept.", { error: String(error) });
    });
    this.#options.changed();
  }
}
