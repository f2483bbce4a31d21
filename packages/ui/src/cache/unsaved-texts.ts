import { type AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { z } from "zod";

/** What a composer holds. */
export const Typed = z.object({ text: z.string(), replyTo: ClientId.nullable() });
export type Typed = z.infer<typeof Typed>;

/**
 * What was typed but is not in the journal yet. Writing the journal takes some milliseconds, in which a
 * page can be reloaded, closed or killed; this is written within the key press itself.
 */
export type UnsavedTexts = {
  /** Throws where there is no room left. */
  put(chatId: ChatId, typed: Typed): void;
  /** The journal has it now. */
  drop(chatId: ChatId): void;
  /** What an earlier page left behind, by chat. */
  all(): Map<ChatId, Typed>;
};

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

/** Keeps unsaved texts in a synchronous store such as localStorage, one item a chat. */
export function storedUnsavedTexts(storage: Storage, accountKey: AccountKey): UnsavedTexts {
  const prefix = `parley.unsaved.${accountKey}.`;
  return {
    put: (chatId, typed) => storage.setItem(prefix + chatId, JSON.stringify(typed)),
    drop: (chatId) => storage.removeItem(prefix + chatId),
    all() {
      const found = new Map<ChatId, Typed>();
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
      for (const key of keys) {
        if (key?.startsWith(prefix) !== true) continue;
        const chatId = ChatId.safeParse(key.slice(prefix.length));
        const typed = Typed.safeParse(parsed(storage.getItem(key)));
        if (chatId.success && typed.success) found.set(chatId.data, typed.data);
      }
      return found;
    },
  };
}

/** For places without such a store: nothing is kept beyond the page. */
export const noUnsavedTexts: UnsavedTexts = {
  put: () => undefined,
  drop: () => undefined,
  all: () => new Map(),
};
