import { ChatId } from "@parley/protocol/ids.ts";
import { z } from "zod";
import { type Memory, recall, remember } from "./remembered.ts";

const Scroll = z.object({ key: z.string().max(200), seq: z.number().int(), offsetPx: z.number() });
const Caret = z.object({ start: z.number().int(), end: z.number().int() });

/** Where a chat was left in this window: its scroll place and the caret in its composer. */
export type ChatPlace = {
  scroll: z.infer<typeof Scroll> | null;
  caret: z.infer<typeof Caret> | null;
};

const NOWHERE: ChatPlace = { scroll: null, caret: null };

/** Places of all chats of one account in this window. */
export type ChatPlaces = {
  get(chatId: ChatId): ChatPlace;
  set(chatId: ChatId, part: Partial<ChatPlace>): void;
};

/** What is kept for a page that takes over from one that crashed: no texts, of the chats used last. */
const Kept = z.array(
  z.tuple([ChatId, z.object({ scroll: Scroll.nullable(), caret: Caret.nullable() })]),
);
const MOST_KEPT = 20;
/** While one scrolls, places change with every frame. */
const KEEP_EVERY_MS = 300;

/** Where places are kept, and whether a page that crashed has left some of use there. */
export type KeptPlaces = { memory: Memory; key: string; resumes: boolean };

/**
 * Places in memory: they mean nothing after a restart, when new messages have arrived. With `kept` a page
 * that is loaded after a crash goes on where the one before it was (S21).
 */
export function createChatPlaces(kept?: KeptPlaces): ChatPlaces {
  const places = new Map<ChatId, ChatPlace>();
  if (kept?.resumes === true) {
    for (const [chatId, place] of recall(kept.memory, kept.key, Kept, [])) {
      places.set(chatId, { ...NOWHERE, ...place });
    }
  }
  let isWaiting = false;
  function keep({ memory, key }: KeptPlaces): void {
    isWaiting = false;
    const newest = [...places].slice(-MOST_KEPT);
    remember(
      memory,
      key,
      newest.map(([chatId, { scroll, caret }]) => [chatId, { scroll, caret }]),
    );
  }
  const get = (chatId: ChatId): ChatPlace => places.get(chatId) ?? NOWHERE;
  return {
    get,
    set(chatId, part) {
      const place = { ...get(chatId), ...part };
      // Last again: the map tells in which order chats were used.
      places.delete(chatId);
      places.set(chatId, place);
      if (kept === undefined || isWaiting) return;
      isWaiting = true;
      setTimeout(() => keep(kept), KEEP_EVERY_MS);
    },
  };
}
