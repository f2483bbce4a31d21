import type { Bridge } from "@parley/protocol/bridge/bridge.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import type { AccountKey, ChatId } from "@parley/protocol/ids.ts";
import { CAN_REPLY } from "./notified.ts";
import { texts } from "./texts.ts";

const TEST_TAG = "test";
const DETAIL_UNITS = 500;
/** A service worker that is not there within this time shows nothing. */
const READY_MS = 5_000;
/** Nor does one that says nothing within this time take replies. */
const ASKED_MS = 1_000;
const ICON = "/icons/icon-192.png";

/** A button of a notification. `type` is only looked at by browsers that take replies. */
type Action = {
  action: "reply" | "mark-read" | "mute-hour";
  title: string;
  type?: "text";
  placeholder?: string;
};

/** As browsers know it; the types of pages leave out what few have. */
type Options = NotificationOptions & { tag: string; renotify?: boolean; actions?: Action[] };

/**
 * The buttons of a notification, most useful first, as many as the browser shows. The reply stands last:
 * some browsers on Linux do not count it and would take a later button for the one before.
 */
export function actionsOf(can: { reply: boolean; count: number }): Action[] {
  const buttons: Action[] = [
    { action: "mark-read", title: texts.markRead },
    { action: "mute-hour", title: texts.muteHour },
  ];
  if (!can.reply || can.count === 0) return buttons.slice(0, can.count);
  const { reply: title, replyHint: placeholder } = texts;
  const reply: Action = { action: "reply", type: "text", title, placeholder };
  return [...buttons.slice(0, can.count - 1), reply];
}

/** How many buttons the browser shows; it does not say so where it shows none. */
function shownActions(): number {
  const count: unknown = Reflect.get(Notification, "maxActions");
  return typeof count === "number" ? count : 0;
}

/** S19: one notification per chat; a newer message replaces it. */
function tagOf(accountKey: AccountKey, chatId: ChatId): string {
  return `${accountKey}/${chatId}`;
}

async function within<T>(promise: Promise<T>, timeoutMs: number, message: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(message)), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Shows and withdraws notifications through the registration of the service worker, one after the other. */
export class Notifications {
  readonly #worker: ServiceWorkerContainer;
  #last: Promise<unknown> = Promise.resolve();
  #canReply: Promise<boolean> | undefined;

  constructor(worker: ServiceWorkerContainer) {
    this.#worker = worker;
  }

  /** Shows it, and asks the browser whether it is there. Never fails. */
  show(notice: NoticeBody<"notification:show">): Promise<NotificationOutcome> {
    const { accountKey, chatId, clientId, title, body, silent, canReply } = notice;
    return this.#inTurn(title, async () => ({
      body,
      dir: "auto",
      tag: tagOf(accountKey, chatId),
      icon: ICON,
      data: { accountKey, chatId, clientId },
      actions: actionsOf({
        reply: canReply !== false && (await this.#takesReplies()),
        count: shownActions(),
      }),
      // The browser refuses both at once.
      ...(silent === true ? { silent: true } : { renotify: true }),
    }));
  }

  /** Shows one to try it out; resolves to what the browser did with it. */
  test(): Promise<NotificationOutcome> {
    return this.#inTurn(texts.testTitle, async () => ({
      body: texts.testBody,
      tag: TEST_TAG,
      icon: ICON,
    }));
  }

  /** Withdraws that of a chat, also one that is just being shown. */
  clear(accountKey: AccountKey, chatId: ChatId): Promise<void> {
    return this.#queue(async () => {
      try {
        const registration = await this.#registration();
        const shown = await registration.getNotifications({ tag: tagOf(accountKey, chatId) });
        for (const notification of shown) notification.close();
      } catch (error) {
        console.warn("A notification could not be withdrawn.", error);
      }
    });
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result;
    return result;
  }

  #inTurn(title: string, optionsOf: () => Promise<Options>): Promise<NotificationOutcome> {
    return this.#queue(async () => {
      const atMs = Date.now();
      if (typeof Notification === "undefined") return { state: "unavailable", atMs };
      if (Notification.permission !== "granted") {
        return { state: "denied", atMs, detail: Notification.permission };
      }
      try {
        const registration = await this.#registration();
        const options = await optionsOf();
        await registration.showNotification(title, options);
        const shown = await registration.getNotifications({ tag: options.tag });
        return { state: shown.length > 0 ? "shown" : "waiting", atMs };
      } catch (error) {
        const detail = String(error).slice(0, DETAIL_UNITS).toWellFormed();
        return { state: "failed", atMs, detail };
      }
    });
  }

  #registration(): Promise<ServiceWorkerRegistration> {
    return within(this.#worker.ready, READY_MS, "No service worker is ready.");
  }

  /** Only the service worker can tell. */
  #takesReplies(): Promise<boolean> {
    this.#canReply ??= this.#askReplies().catch(() => false);
    return this.#canReply;
  }

  async #askReplies(): Promise<boolean> {
    const { active } = await this.#registration();
    const { port1, port2 } = new MessageChannel();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    port1.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data === true);
    active?.postMessage(CAN_REPLY, [port2]);
    try {
      return await within(promise, ASKED_MS, "The service worker does not answer.");
    } finally {
      port1.close();
    }
  }
}

/** Shows what the host decided to show, and tells the host what became of it. */
export function showNotifications(bridge: Bridge, notifications: Notifications): void {
  bridge.on("notification:show", (notice) => {
    const { accountKey, chatId, clientId } = notice;
    const of = { accountKey, chatId, clientId };
    void notifications
      .show(notice)
      .then((outcome) => bridge.call("notification:told", { ...outcome, of }));
  });
  bridge.on("notification:clear", ({ accountKey, chatId }) => {
    void notifications.clear(accountKey, chatId);
  });
}

/** What a browser without service workers answers to a test. */
export function noNotification(): Promise<NotificationOutcome> {
  return Promise.resolve({ state: "unavailable", atMs: Date.now() });
}
