import { parseWith } from "@parley/client/connection/parse.ts";
import { NotificationAct } from "@parley/protocol/bridge/shell.ts";
import { type CallBody, type NoticeBody } from "@parley/protocol/bridge/contract.ts";
import { AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { OpenTarget } from "@parley/ui/app/deps.ts";
import { readSolo } from "@parley/ui/app/solo.ts";
import {
  type Click,
  isNotifiedAddress,
  readAddress,
  readWord,
  type WindowAnswer,
} from "./notified.ts";

type View = CallBody<"view:set">;
type Acted = NoticeBody<"notification:acted">;

type Options = {
  worker: ServiceWorkerContainer | undefined;
  /** Hands what the user did to a notification to the app. */
  acted: (acted: Acted) => void;
};

/** Reads what the service worker found in a notification, which may be of an older build. */
function readTarget({ accountKey, chatId, clientId }: Click): Omit<Acted, "what"> | undefined {
  const account = parseWith(AccountKey, accountKey);
  const chat = parseWith(ChatId, chatId);
  const message = parseWith(ClientId, clientId);
  if (!account.ok || !chat.ok || !message.ok) return undefined;
  return { accountKey: account.value, chatId: chat.value, clientId: message.value };
}

/** Takes what this window was opened for out of its address, so that a reload does it no second time. */
function takeAddress(): Click | undefined {
  const { hash } = location;
  if (!isNotifiedAddress(hash)) return undefined;
  history.replaceState(null, "", location.pathname + location.search);
  return readAddress(hash);
}

/**
 * This window's part in notifications that the user clicked: answers the service worker how well it fits,
 * and hands on what was clicked, here or to open this window.
 */
export class NotificationTargets {
  readonly #options: Options;
  readonly #listeners = new Set<(target: OpenTarget) => void>();
  readonly #views = new Map<string, View>();
  #waiting: OpenTarget | undefined;

  constructor(options: Options) {
    this.#options = options;
    const { worker } = options;
    worker?.addEventListener("message", ({ data, ports }: MessageEvent<unknown>) => {
      const word = readWord(data);
      if (word?.kind === "ask") ports[0]?.postMessage(this.#answer(word.accountKey, word.chatId));
      if (word?.kind === "clicked") this.#clicked(word.click);
    });
    const click = takeAddress();
    if (click) this.#clicked(click);
  }

  /** What the app shows in this window now. */
  viewed(view: View): void {
    this.#views.set(view.accountKey, view);
  }

  /** Tells which chat to open; what came before anybody listened is told at once. */
  readonly onOpen = (listener: (target: OpenTarget) => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#waiting) listener(this.#waiting);
    this.#waiting = undefined;
    return () => this.#listeners.delete(listener);
  };

  #answer(accountKey: string, chatId: string): WindowAnswer {
    const view = this.#views.get(accountKey);
    return {
      shows: view?.openChatIds.some((one) => one === chatId) ?? false,
      solo: readSolo(location.search) !== null,
      focused: document.hasFocus(),
    };
  }

  #clicked(click: Click): void {
    const target = readTarget(click);
    if (!target) return;
    const what = parseWith(NotificationAct.optional(), click.what);
    if (!what.ok) return;
    if (what.value) this.#options.acted({ ...target, what: what.value });
    else this.#open(target);
  }

  #open(target: OpenTarget): void {
    if (this.#listeners.size === 0) this.#waiting = target;
    for (const listener of this.#listeners) listener(target);
  }
}
