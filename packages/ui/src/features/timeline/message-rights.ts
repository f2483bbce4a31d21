import type { ChatView } from "../../cache/read-models.ts";
import type { MessageItem } from "./build-rows.ts";
import { isErased, textOf } from "./Message.tsx";

/** What may be done with a message here and now; the server decides in the end (V29). */
export type MessageRights = {
  react: boolean;
  reply: boolean;
  edit: boolean;
  copy: boolean;
  /** Delete for everyone. */
  remove: boolean;
  /** Retry and discard of one that failed, or that the server lost. */
  resend: boolean;
};

/** Whether one may write in a chat: not after leaving it, nor to somebody one has blocked (V33). */
export function isWritable(chat: Pick<ChatView, "left" | "blocked" | "lost">): boolean {
  return !chat.left && !chat.blocked && !chat.lost;
}

/** V29: an edit is the sender's; a deletion the sender's, or of a group's owner and admins. */
export function messageRights(
  item: MessageItem,
  chat: Pick<ChatView, "kind" | "myRole" | "left" | "blocked" | "lost">,
): MessageRights {
  const resend = item.kind === "entry" && (item.state === "failed" || item.state === "offered");
  const erased = isErased(item);
  const live = isWritable(chat) && !resend && !erased && item.kind !== "lost";
  const hasText = !erased && textOf(item) !== null;
  const overAll = chat.kind === "group" && chat.myRole !== "member";
  return {
    react: live,
    reply: live && hasText,
    edit: live && item.mine && hasText,
    copy: hasText,
    remove: live && (item.mine || overAll),
    resend,
  };
}
