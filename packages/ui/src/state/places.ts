import type { ChatId, ClientId } from "@parley/protocol/ids.ts";

/** Where a chat was left in this window: its scroll place, the caret in its composer, an unfinished edit. */
export type ChatPlace = {
  scroll: { key: string; seq: number; offsetPx: number } | null;
  caret: { start: number; end: number } | null;
  /** The message that was being edited: its text as it stood, and as far as it was typed. */
  edit: { clientId: ClientId; original: string; text: string } | null;
};

const NOWHERE: ChatPlace = { scroll: null, caret: null, edit: null };

/** Places of all chats of one account in this window. */
export type ChatPlaces = {
  get(chatId: ChatId): ChatPlace;
  set(chatId: ChatId, part: Partial<ChatPlace>): void;
};

/** Keeps places in memory: they mean nothing after a restart, when new messages have arrived. */
export function createChatPlaces(): ChatPlaces {
  const places = new Map<ChatId, ChatPlace>();
  const get = (chatId: ChatId): ChatPlace => places.get(chatId) ?? NOWHERE;
  return { get, set: (chatId, part) => void places.set(chatId, { ...get(chatId), ...part }) };
}
