import { reviseDraft } from "@parley/client/sync/drafts.ts";
import type { JournalStore } from "@parley/client/sync/journal-store.ts";
import type { SyncClock } from "@parley/client/sync/ports.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";

/** Typing is written this long after it began, then again: at most so much is lost to a kill. */
const SAVE_AFTER_MS = 250;

type Typed = { text: string; replyTo: ClientId | null };

/** Saves composers as they are typed in, without a strict write for every key. */
export function createDraftKeeper(
  journal: JournalStore,
  clock: SyncClock,
  onFault: (cause: unknown) => void,
) {
  const pending = new Map<ChatId, Typed>();
  let cancelTimer: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function writeAll(): Promise<void> {
    for (const [chatId, typed] of Array.from(pending)) {
      await journal.changeDraft(chatId, (now, revisions) =>
        reviseDraft(chatId, now, revisions, typed, clock.nowMs()),
      );
      // What was typed meanwhile is written in the next round.
      if (pending.get(chatId) === typed) pending.delete(chatId);
    }
  }

  function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    writing = writing.then(writeAll).catch(onFault);
    return writing;
  }

  return {
    save(chatId: ChatId, text: string, replyTo: ClientId | null): void {
      pending.set(chatId, { text, replyTo });
      cancelTimer ??= clock.setTimer(() => void flush(), SAVE_AFTER_MS);
    },
    flush,
    /** Forgets what is not written of a chat whose text is being sent, after what is under way. */
    async release(chatId: ChatId): Promise<void> {
      pending.delete(chatId);
      await writing;
    },
  };
}

export type DraftKeeper = ReturnType<typeof createDraftKeeper>;
