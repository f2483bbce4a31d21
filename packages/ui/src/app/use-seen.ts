import { useCallback, useEffect, useRef, useState } from "react";
import type { ChatView } from "../cache/read-models.ts";
import { useScope } from "./context.ts";

/** A mark that could not be kept is tried again after this. */
const AGAIN_MS = 2_000;

/**
 * Marks a chat read as far as it was looked at (S8), and counts what waits below the view.
 * @param attentive whether the chat is in view in a window that has the user's attention
 */
export function useSeen(
  chat: ChatView,
  attentive: boolean,
): { unseen: number; onSeen: (seq: number) => void } {
  const { session } = useScope();
  const [seenSeq, setSeenSeq] = useState(0);
  const marked = useRef(0);
  const [again, setAgain] = useState(0);
  const { chatId, readSeq, unread, headSeq } = chat;

  // S6c: after a restore seqs are given away anew, and what was seen of the former ones says nothing.
  const head = useRef(headSeq);
  useEffect(() => {
    if (headSeq < head.current) {
      marked.current = 0;
      setSeenSeq((before) => Math.min(before, headSeq));
    }
    head.current = headSeq;
  }, [headSeq]);

  const onSeen = useCallback((seq: number) => setSeenSeq((before) => Math.max(before, seq)), []);

  useEffect(() => {
    if (!attentive || chat.left || seenSeq <= Math.max(readSeq, marked.current)) return;
    marked.current = seenSeq;
    void session.markRead(chatId, seenSeq).then((result) => {
      if (result.ok || marked.current !== seenSeq) return;
      marked.current = 0;
      // There may be no next message that would mark this one too.
      setTimeout(() => setAgain((before) => before + 1), AGAIN_MS);
    });
  }, [attentive, chat.left, seenSeq, readSeq, chatId, session, again]);

  return { unseen: seenSeq < headSeq ? unread : 0, onSeen };
}
