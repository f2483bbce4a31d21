import type { ChatId } from "@parley/protocol/ids.ts";
import { useCallback, useMemo } from "react";
import type { EditTarget } from "../cache/edit-keeper.ts";
import { useEditTarget } from "../cache/hooks.ts";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { textOf } from "../features/timeline/Message.tsx";
import { t } from "../i18n/i18n.ts";
import { useScope } from "./context.ts";

export type Edit = {
  /** The message that is edited, and its text when that began. */
  target: EditTarget | null;
  start: (item: MessageItem) => void;
  /** Leaves it; says where its text is if there is one. */
  stop: () => void;
};

/**
 * The edit of a message in one chat (S21). It outlives a look at another chat, the window and the
 * program, and the draft is not touched by it.
 */
export function useEdit(chatId: ChatId, say: (note: string) => void): Edit {
  const { session } = useScope();
  const target = useEditTarget(session, chatId);
  const start = useCallback(
    (item: MessageItem) => {
      const original = textOf(item);
      if (original !== null) session.beginEdit(chatId, item.clientId, original);
    },
    [session, chatId],
  );
  const stop = useCallback(() => {
    const now = session.reads.edit(chatId).get();
    if (!now) return;
    const typed = session.reads.editText(chatId).get() ?? "";
    if (typed.trim() !== "" && !now.original.startsWith(typed)) say(t("drafts.editKept"));
    session.endEdit(chatId);
  }, [session, chatId, say]);
  return useMemo(() => ({ target, start, stop }), [target, start, stop]);
}
