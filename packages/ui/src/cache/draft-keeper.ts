import { reviseDraft } from "@parley/client/sync/drafts.ts";
import type { JournalStore } from "@parley/client/sync/journal-store.ts";
import type { SyncClock } from "@parley/client/sync/ports.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { typedOn } from "./typed-steps.ts";
import type { Typed, UnsavedTexts } from "./unsaved-texts.ts";

/** Typing is written to the journal this long after it began, then again. */
const SAVE_AFTER_MS = 250;
/** The journal could not take it. */
const RETRY_MS = 2_000;

/**
 * Saves composers as they are typed in, without a strict write for every key: until the journal has a
 * text, `unsaved` has it, and what an earlier page left there is taken over.
 */
export function createDraftKeeper(
  journal: JournalStore,
  unsaved: UnsavedTexts,
  clock: SyncClock,
  { onWritten, onFault }: { onWritten: () => void; onFault: (cause: unknown) => void },
) {
  /** What the journal has not got yet, by chat, in order. */
  const pending = new Map<ChatId, Typed[]>();
  let cancelTimer: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isStopped = false;

  async function writeAll(): Promise<void> {
    const isNews = pending.size > 0;
    for (const [chatId, steps] of Array.from(pending)) {
      for (const typed of steps) {
        await journal.changeDraft(chatId, (now, revisions) =>
          reviseDraft(chatId, now, revisions, typed, clock.nowMs()),
        );
        // What was typed meanwhile is written in the next round; what is being sent is not.
        const left = pending.get(chatId)?.filter((other) => other !== typed);
        if (left === undefined) break;
        if (left.length > 0) pending.set(chatId, left);
        else {
          pending.delete(chatId);
          unsaved.drop(chatId);
        }
      }
    }
    if (isNews) onWritten();
  }

  function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    writing = writing.then(writeAll).catch((cause: unknown) => {
      onFault(cause);
      // The last key may have been pressed: what the journal could not take is tried again (V58).
      if (!isStopped) cancelTimer ??= clock.setTimer(() => void flush(), RETRY_MS);
    });
    return writing;
  }

  return {
    save(chatId: ChatId, text: string, replyTo: ClientId | null): void {
      const typed = { text, replyTo };
      pending.set(
        chatId,
        typedOn(pending.get(chatId) ?? [], typed, () => true),
      );
      try {
        unsaved.put(chatId, typed);
      } catch (cause) {
        onFault(cause);
      }
      cancelTimer ??= clock.setTimer(() => void flush(), SAVE_AFTER_MS);
    },
    flush,
    /** The journal is about to be closed: nothing is tried again. */
    stop(): void {
      isStopped = true;
      cancelTimer?.();
    },
    /**
     * Writes what an earlier page could not; before any composer reads its draft. S11: a text that
     * became a message just before the page ended is not offered for sending again.
     */
    async recover(isMessage: (clientId: ClientId) => Promise<boolean>): Promise<void> {
      for (const [chatId, { text, replyTo, sendingAs }] of unsaved.all()) {
        if (sendingAs !== undefined && (await isMessage(sendingAs))) unsaved.drop(chatId);
        else pending.set(chatId, [{ text, replyTo }]);
      }
      if (pending.size > 0) await flush();
    },
    /** The text of a chat is in the outbox now: it need not be kept as unsaved. */
    sent(chatId: ChatId): void {
      if (!pending.has(chatId)) unsaved.drop(chatId);
    },
    /** Forgets what is not written of a chat whose text is being sent, after what is under way. */
    async release(chatId: ChatId, clientId: ClientId): Promise<void> {
      // What was written over just before is kept; the rest is what is being sent.
      if ((pending.get(chatId)?.length ?? 0) > 1) await flush();
      pending.delete(chatId);
      try {
        unsaved.sending(chatId, clientId);
      } catch (cause) {
        onFault(cause);
      }
      await writing;
    },
  };
}

export type DraftKeeper = ReturnType<typeof createDraftKeeper>;
