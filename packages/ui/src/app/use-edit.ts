import type { ClientId } from "@parley/protocol/ids.ts";
import { useCallback, useMemo, useRef, useState } from "react";
import type { MessageItem } from "../features/timeline/build-rows.ts";
import { textOf } from "../features/timeline/Message.tsx";

/** The message that a composer edits: its text as it stands, and as it was typed so far. */
export type EditTarget = { clientId: ClientId; original: string };

export type Edit = {
  target: EditTarget | null;
  /** What was typed so far; begins with the original. */
  text: () => string;
  start: (item: MessageItem) => void;
  keep: (text: string) => void;
  stop: () => void;
};

/** The edit of a message in one pane. The chat's draft is not touched by it. */
export function useEdit(): Edit {
  const [target, setTarget] = useState<EditTarget | null>(null);
  const typed = useRef("");
  const start = useCallback((item: MessageItem) => {
    const original = textOf(item);
    if (original === null) return;
    typed.current = original;
    setTarget({ clientId: item.clientId, original });
  }, []);
  const keep = useCallback((text: string) => {
    typed.current = text;
  }, []);
  const stop = useCallback(() => setTarget(null), []);
  return useMemo(
    () => ({ target, text: () => typed.current, start, keep, stop }),
    [target, start, keep, stop],
  );
}
