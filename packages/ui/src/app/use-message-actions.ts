import type { Result } from "@parley/protocol/errors.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { type MouseEvent, useEffect, useMemo, useState } from "react";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { type MessageActions, textOf } from "../features/timeline/Message.tsx";
import { errorText, t } from "../i18n/i18n.ts";
import { useScope } from "./context.ts";
import type { OpenMessageMenu } from "./MessageMenu.tsx";

/** How long a note about an action stays. */
const NOTE_MS = 4_000;

/** A line that says what an action came to, and goes by itself. */
export function useNote(): [note: string, say: (note: string) => void] {
  const [note, setNote] = useState("");
  useEffect(() => {
    if (note === "") return;
    const timer = setTimeout(() => setNote(""), NOTE_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return [note, setNote];
}

/** Copies a text; the answer says how it went, in words. */
export async function copyText(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return t("message.copied");
  } catch {
    // Browsers refuse the clipboard without a secure origin or permission.
    return t("message.copyFailed");
  }
}

/** What a message's own controls do; stable between draws. */
export function useMessageActions(
  chatId: ChatId,
  openMenu: (menu: OpenMessageMenu) => void,
  say: (note: string) => void,
): Omit<MessageActions, "onJump" | "onKey"> {
  const { session } = useScope();
  return useMemo(() => {
    const sayFailure = (result: Result<void>): void => {
      if (!result.ok) say(errorText(result.error));
    };
    return {
      onMenu(item: MessageItem, event: MouseEvent<HTMLElement>) {
        event.preventDefault();
        const row = event.currentTarget.closest<HTMLElement>("article");
        const point = event.type === "contextmenu" && (event.clientX !== 0 || event.clientY !== 0);
        const at = point ? { x: event.clientX, y: event.clientY } : event.currentTarget;
        openMenu({ item, at: at === row ? (row.querySelector(".bubble") ?? at) : at, from: row });
      },
      onRetry: ({ clientId }) => void session.retry(clientId).then(sayFailure),
      onDiscard: ({ clientId }) => void session.discard(clientId).then(sayFailure),
      onSendNow: () => session.sendNow(),
      onCopy: (item) => void copyText(textOf(item) ?? "").then(say),
      onReact: ({ clientId }, { key, mine }) => {
        const done = mine
          ? session.unreact(chatId, clientId, key)
          : session.react(chatId, clientId, key);
        void done.then(sayFailure);
      },
    };
  }, [session, chatId, openMenu, say]);
}
