import { type AccountKey, type ChatId, ClientId } from "@parley/protocol/ids.ts";
import { z } from "zod";
import { storedByChat } from "./stored-items.ts";

/** One step of a chat's edits: as far as one was typed, or null where it was left. */
const Step = z.object({ target: ClientId, original: z.string(), text: z.string() }).nullable();
export type EditStep = z.infer<typeof Step>;
const Steps = z.array(Step).min(1);

/**
 * What was done to unfinished edits and is not in the journal yet, as `UnsavedTexts` for drafts: written
 * within the key press itself.
 */
export type UnsavedEdits = {
  /** Replaces what is kept of a chat; no steps: the journal has them now. Throws without room. */
  put(chatId: ChatId, steps: readonly EditStep[]): void;
  /** What an earlier page left behind, by chat, in its order. */
  all(): Map<ChatId, EditStep[]>;
};

/** Keeps unsaved edits in a synchronous store such as localStorage, one item a chat. */
export function storedUnsavedEdits(storage: Storage, accountKey: AccountKey): UnsavedEdits {
  const prefix = `parley.unsaved-edit.${accountKey}.`;
  return {
    put(chatId, steps) {
      if (steps.length === 0) storage.removeItem(prefix + chatId);
      else storage.setItem(prefix + chatId, JSON.stringify(steps));
    },
    all: () => storedByChat(storage, prefix, Steps),
  };
}

/** For places without such a store: nothing is kept beyond the page. */
export const noUnsavedEdits: UnsavedEdits = { put: () => undefined, all: () => new Map() };
