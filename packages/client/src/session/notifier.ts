import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, AccountKey, ChatId } from "@parley/protocol/ids.ts";
import type { Log } from "../connection/ports.ts";
import type { Directory } from "./directory.ts";
import { decideNotification, type NotificationReason } from "./notification-decision.ts";
import type { NotificationPermission, OpenContent } from "./ports.ts";

/** Words that the host itself puts into a notification; the shell gives them in the user's language. */
export type NotificationTexts = {
  /** Title where the sender's name is not known. */
  someone: string;
  /** Body where the content cannot be shown. */
  newMessage: string;
};

export type Decided = { chatId: ChatId; seq: number; reason: NotificationReason };

type Options = {
  accountKey: AccountKey;
  me: AccountId;
  directory: Directory;
  log: Log;
  texts: NotificationTexts;
  permission: () => NotificationPermission;
  isSnoozed: () => boolean;
  open: OpenContent;
  isInView: (chatId: ChatId) => boolean;
  /** Shows it through one window; false if there is none. */
  show: (notice: NoticeBody<"notification:show">) => boolean;
  clear: (chatId: ChatId) => void;
};

/** Longest text of a notification, in UTF-16 units; systems cut it anyway. */
const BODY_UNITS = 240;
const KEPT_DECISIONS = 100;

function shorten(text: string): string {
  if (text.length <= BODY_UNITS) return text;
  return `${text.slice(0, BODY_UNITS).toWellFormed()}…`;
}

/** Decides on every arrived event, and shows or withdraws notifications through a window. */
export class Notifier {
  readonly #options: Options;
  readonly #decisions: Decided[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  /** The last decisions, newest last, to answer "why was I not notified?". */
  get decisions(): readonly Decided[] {
    return this.#decisions;
  }

  async arrived(event: Event, backlog: boolean): Promise<void> {
    const { directory, me, permission, isSnoozed, isInView, log } = this.#options;
    const known = directory.chat(event.chatId);
    const { show, reason } = decideNotification({
      event,
      me,
      backlog,
      readSeq: known?.readSeq ?? 0,
      notifiedThroughSeq: known?.notifiedThroughSeq ?? 0,
      muted: directory.isMuted(event.chatId, event.at),
      blocked: directory.hasBlocked(event.senderId),
      chatInView: isInView(event.chatId),
      snoozed: isSnoozed(),
      permission: permission(),
    });
    this.#decisions.push({ chatId: event.chatId, seq: event.seq, reason });
    if (this.#decisions.length > KEPT_DECISIONS) this.#decisions.shift();
    if (!show) return;
    // Before anything asynchronous: the same event arriving again is not notified again.
    directory.notified(event.chatId, event.seq);
    try {
      await this.#show(event);
    } catch (error) {
      log.warn("A notification could not be shown.", { error: String(error) });
    }
  }

  /** Chats were read, here or on another device. */
  read(chatIds: readonly ChatId[]): void {
    for (const chatId of chatIds) {
      const known = this.#options.directory.chat(chatId);
      if (known && known.notifiedThroughSeq > 0 && known.readSeq >= known.notifiedThroughSeq) {
        this.#options.clear(chatId);
      }
    }
  }

  async #show(event: Event): Promise<void> {
    const { accountKey, directory, texts, open, show } = this.#options;
    const content = await open(event);
    const text = content.type === "text" ? shorten(content.text) : texts.newMessage;
    const sender = directory.nameOf(event.senderId) ?? texts.someone;
    const groupTitle = directory.chat(event.chatId)?.title ?? null;
    show({
      accountKey,
      chatId: event.chatId,
      clientId: event.clientId,
      title: groupTitle ?? sender,
      body: groupTitle === null ? text : `${sender}: ${text}`,
    });
  }
}
