import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { useCallback, useMemo, useState } from "react";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { textOf } from "../features/timeline/Message.tsx";
import { useScope } from "./context.ts";

export type Edit = {
  /** The message that is edited, and its text as it stands. */
  target: { clientId: ClientId; original: string } | null;
  /** What was typed so far; begins with the original. */
  text: () => string;
  start: (item: MessageItem) => void;
  keep: (text: string) => void;
  stop: () => void;
};

/** The edit of a message in one chat. It outlives a look at another chat, and the draft is not touched by it. */
export function useEdit(chatId: ChatId): Edit {
  const { places } = useScope();
  const [target, setTarget] = useState<Edit["target"]>(() => places.get(chatId).edit);
  const text = useCallback(() => places.get(chatId).edit?.text ?? "", [places, chatId]);
  const start = useCallback(
    (item: MessageItem) => {
      const { clientId } = item;
      const original = textOf(item);
      if (original === null) return;
      places.set(chatId, { edit: { clientId, original, text: original } });
      setTarget({ clientId, original });
    },
    [places, chatId],
  );
  const keep = useCallback(
    (typed: string) => {
      const { edit } = places.get(chatId);
      if (edit !== null) places.set(chatId, { edit: { ...edit, text: typed } });
    },
    [places, chatId],
  );
  const stop = useCallback(() => {
    places.set(chatId, { edit: null });
    setTarget(null);
  }, [places, chatId]);
  return useMemo(() => ({ target, text, start, keep, stop }), [target, text, start, keep, stop]);
}
