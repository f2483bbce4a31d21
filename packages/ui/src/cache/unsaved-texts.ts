import { type AccountKey, type ChatId, ClientId } from "@parley/protocol/ids.ts";
import { z } from "zod";
import { storedByChat, storedItem } from "./stored-items.ts";

/** What a composer holds. */
export const Typed = z.object({ text: z.string(), replyTo: ClientId.nullable() });
export type Typed = z.infer<typeof Typed>;

/** What an earlier page left: with the id of the message as which the text was being sent, if it was. */
const Left = Typed.extend({ sendingAs: ClientId.optional() });
export type Left = z.infer<typeof Left>;

/**
 * What was typed but is not in the journal yet. Writing the journal takes some milliseconds, in which a
 * page can be reloaded, closed or killed; this is written within the key press itself.
 */
export type UnsavedTexts = {
  /** Throws where there is no room left. */
  put(chatId: ChatId, typed: Typed): void;
  /** What is kept of a chat is about to be journaled as this message. */
  sending(chatId: ChatId, clientId: ClientId): void;
  /** The journal has it now. */
  drop(chatId: ChatId): void;
  /** What an earlier page left behind, by chat. */
  all(): Map<ChatId, Left>;
};

/** Keeps unsaved texts in a synchronous store such as localStorage, one item a chat. */
export function storedUnsavedTexts(storage: Storage, accountKey: AccountKey): UnsavedTexts {
  const prefix = `parley.unsaved.${accountKey}.`;
  return {
    put: (chatId, typed) => storage.setItem(prefix + chatId, JSON.stringify(typed)),
    sending(chatId, clientId) {
      const kept = storedItem(storage, prefix + chatId, Left);
      if (!kept) return;
      storage.setItem(prefix + chatId, JSON.stringify({ ...kept, sendingAs: clientId }));
    },
    drop: (chatId) => storage.removeItem(prefix + chatId),
    all: () => storedByChat(storage, prefix, Left),
  };
}

/** For places without such a store: nothing is kept beyond the page. */
export const noUnsavedTexts: UnsavedTexts = {
  put: () => undefined,
  sending: () => undefined,
  drop: () => undefined,
  all: () => new Map(),
};
