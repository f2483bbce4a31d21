import { AccountKey, ChatId } from "@parley/protocol/ids.ts";
import type { OpenTarget } from "./deps.ts";

/** A window that shows one chat only; in a browser its address names the chat, the desktop tells it. */
export type Solo = { target: OpenTarget | null };

/** Reads from a window's address whether it is one for a single chat. */
export function readSolo(search: string): Solo | null {
  const query = new URLSearchParams(search);
  if (query.get("kind") !== "chat") return null;
  const accountKey = AccountKey.safeParse(query.get("account"));
  const chatId = ChatId.safeParse(query.get("chat"));
  return {
    target:
      accountKey.success && chatId.success
        ? { accountKey: accountKey.data, chatId: chatId.data }
        : null,
  };
}

/** The address of a window for one chat, below the app's own. */
export function soloAddress({ accountKey, chatId }: OpenTarget): string {
  return `?${new URLSearchParams({ kind: "chat", account: accountKey, chat: chatId }).toString()}`;
}
