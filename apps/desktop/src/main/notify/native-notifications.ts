import type { Log } from "@parley/client/connection/ports.ts";
import type { NotificationSurface } from "@parley/client/session/ports.ts";
import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey, ChatId } from "@parley/protocol/ids.ts";

/** One notification of the system. */
export type NativeNotification = {
  show(): void;
  close(): void;
};

/** How the system shows notifications; another way on each platform may stand behind it. */
export type NotificationPort = {
  isSupported(): boolean;
  create(content: { title: string; body: string }, clicked: () => void): NativeNotification;
};

type Notice = NoticeBody<"notification:show">;

/**
 * Notifications without a window's help. S19: one a chat, of which the newest message takes the place of
 * the one before. Each is held until its chat was read: a click long after it left the screen still
 * opens its message.
 */
export class NativeNotifications implements NotificationSurface {
  readonly #port: NotificationPort;
  readonly #log: Log;
  readonly #clicked: (notice: Notice) => void;
  readonly #shown = new Map<string, NativeNotification>();

  constructor(port: NotificationPort, log: Log, clicked: (notice: Notice) => void) {
    this.#port = port;
    this.#log = log;
    this.#clicked = clicked;
  }

  show(notice: Notice): boolean {
    if (!this.#port.isSupported()) return false;
    const tag = tagOf(notice.accountKey, notice.chatId);
    try {
      this.#shown.get(tag)?.close();
      const { title, body } = notice;
      const notification = this.#port.create({ title, body }, () => this.#clicked(notice));
      this.#shown.set(tag, notification);
      notification.show();
      return true;
    } catch (error) {
      this.#log.warn("A notification could not be shown.", { error: String(error) });
      return false;
    }
  }

  clear(accountKey: AccountKey, chatId: ChatId): void {
    const tag = tagOf(accountKey, chatId);
    this.#shown.get(tag)?.close();
    this.#shown.delete(tag);
  }
}

function tagOf(accountKey: AccountKey, chatId: ChatId): string {
  return `${accountKey}/${chatId}`;
}
