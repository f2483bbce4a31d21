import type { NoticeBody } from "@parley/protocol/bridge/contract.ts";
import type { NotificationAct } from "@parley/protocol/bridge/shell.ts";
import type { NoticeEvent, SystemNotice } from "./system-notifier.ts";

export type MessageNotice = NoticeBody<"notification:show">;

export type NoticeTexts = {
  open: string;
  markRead: string;
  muteHour: string;
  reply: string;
  /** Stands in the empty field of a reply; the title above it says to whom. */
  replyPlaceholder: string;
};

const MARK_READ = "mark-read";
const MUTE_HOUR = "mute-hour";
/** The buttons of every notice, in their order. */
export const NOTICE_BUTTONS = [MARK_READ, MUTE_HOUR] as const;
const MAX_REPLY_UNITS = 10_000;

/** S19: one notification a chat of an account. */
export function tagOf({
  accountKey,
  chatId,
}: Pick<MessageNotice, "accountKey" | "chatId">): string {
  return `${accountKey}/${chatId}`;
}

/** What the host decided to show, as the system is asked for it. */
export function systemNotice(notice: MessageNotice, texts: NoticeTexts): SystemNotice {
  const { title, body, sound } = notice;
  return {
    tag: tagOf(notice),
    group: notice.accountKey,
    title,
    body,
    openLabel: texts.open,
    buttons: [
      { id: MARK_READ, label: texts.markRead },
      { id: MUTE_HOUR, label: texts.muteHour },
    ],
    ...(notice.canReply !== false && {
      reply: { placeholder: texts.replyPlaceholder, label: texts.reply },
    }),
    silent: notice.silent ?? false,
    ...(sound !== undefined && { sound }),
    urgent: notice.urgent ?? false,
  };
}

/** What follows from what the user did: the message opens, or its account's writer does something. */
export function whatToDo(event: NoticeEvent): "open" | NotificationAct | undefined {
  switch (event.kind) {
    case "clicked":
      return "open";
    case "button":
      if (event.id === MARK_READ) return { act: MARK_READ };
      return event.id === MUTE_HOUR ? { act: MUTE_HOUR } : undefined;
    case "replied": {
      const text = event.text.slice(0, MAX_REPLY_UNITS).toWellFormed();
      return text.trim() === "" ? undefined : { act: "reply", text };
    }
    case "gone":
      return undefined;
  }
}
