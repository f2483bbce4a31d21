import type { ClientId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { useEffect, useRef } from "react";
import { useMessage } from "../cache/hooks.ts";
import type { ChatView } from "../cache/read-models.ts";
import { useLiveState, useScope } from "./context.ts";

/** How many pages of history are asked for to find a message that a link names. */
const MAX_PAGES = 25;
const PAGE = LIMITS.pageEvents;
/** What was fetched is on its way out of the cache; if it is not there by then, it does not come. */
const ARRIVES_WITHIN_MS = 2_000;

export type SoughtMessage = {
  chat: ChatView;
  /** The message that was asked for and is not among the rows yet; null: none is sought. */
  clientId: ClientId | null;
  /** It is here: at this seq, or at the end of the chat, where it waits to be sent. */
  onFound: (seq: number | "newest") => void;
  /** It is not in this chat, or too far back. */
  onLost: () => void;
};

/**
 * Finds a message of a chat by its name: on this device, else in its history on the server, page by page
 * from the newest. Waits for what arrives while the chat is being caught up.
 */
export function useSoughtMessage({ chat, clientId, onFound, onLost }: SoughtMessage): void {
  const { session } = useScope();
  const { chatId, headSeq, cachedThroughSeq } = chat;
  const item = useMessage(session, chatId, clientId);
  const isLive = useLiveState((state) => state.connection?.state === "live");
  const answered = useRef<ClientId | null>(null);

  useEffect(() => {
    if (clientId === null) answered.current = null;
    if (clientId === null || !item || answered.current === clientId) return;
    answered.current = clientId;
    onFound(item.kind === "event" ? item.seq : "newest");
  }, [clientId, item, onFound]);

  const isMissing = clientId !== null && item === null;
  const isCurrent = isLive && cachedThroughSeq >= headSeq;
  useEffect(() => {
    if (!isMissing || !isCurrent) return;
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function walk(): Promise<void> {
      const last = Math.max(1, headSeq - MAX_PAGES * PAGE);
      for (let to = headSeq; to >= last; to -= PAGE) {
        const result = await session.loadAround(chatId, Math.max(1, to - PAGE / 2 + 1));
        // Found meanwhile, or no longer asked for.
        if (!current) return;
        if (!result.ok) return onLost();
      }
      timer = setTimeout(onLost, ARRIVES_WITHIN_MS);
    }
    void walk();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [isMissing, isCurrent, session, chatId, headSeq, onLost]);
}
