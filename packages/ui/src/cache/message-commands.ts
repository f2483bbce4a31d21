import { composeText } from "@parley/client/sync/compose.ts";
import { clearSentDraft, keepDiscarded } from "@parley/client/sync/drafts.ts";
import type { SyncEngine } from "@parley/client/sync/engine.ts";
import type { JournalStore } from "@parley/client/sync/journal-store.ts";
import type { OutboxEntry } from "@parley/client/sync/model.ts";
import type { SyncClock } from "@parley/client/sync/ports.ts";
import type { StepPort } from "@parley/client/sync/steps.ts";
import { openPayload } from "@parley/protocol/content.ts";
import { failure, success } from "@parley/protocol/errors.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { AccountSession } from "./account-session.ts";
import type { DraftKeeper } from "./draft-keeper.ts";
import { newEntryOf, notWritten } from "./journal-entry.ts";

type MessageCommands = Pick<
  AccountSession,
  | "sendText"
  | "retry"
  | "discard"
  | "sendOffered"
  | "discardOffered"
  | "saveDraft"
  | "flushDrafts"
  | "markRead"
>;

export type MessageDeps = {
  journal: JournalStore;
  engine: SyncEngine;
  drafts: DraftKeeper;
  /** Writes what was typed, and sends it to the account's other devices. */
  flushDrafts: () => Promise<void>;
  clock: SyncClock;
  steps?: StepPort | undefined;
};

/** What writes the journal (S11). Works without a connection. */
export function createMessageCommands(deps: MessageDeps): MessageCommands {
  const { journal, engine, drafts, clock } = deps;

  async function keepText(chatId: ChatId, alg: string, payload: string): Promise<void> {
    const content = openPayload(alg, payload);
    if (content.type !== "text") return;
    await journal.changeDraft(chatId, (now, revisions) =>
      keepDiscarded(chatId, now, revisions, content.text, clock.nowMs()),
    );
  }

  async function offeredIn(chatId: ChatId): Promise<OutboxEntry[]> {
    return (await journal.entries(chatId)).filter((entry) => entry.state === "offered");
  }

  return {
    async sendText(chatId, input, draft = "sent") {
      const composed = composeText(chatId, input);
      if (!composed.ok) return composed;
      const send = composed.value;
      const nowMs = clock.nowMs();
      const isDraft = draft === "sent";
      try {
        if (isDraft) await drafts.release(chatId, send.clientId);
        await deps.steps?.("journal:writing");
        await journal.add(
          newEntryOf(chatId, send, nowMs),
          isDraft
            ? (now, revisions) => clearSentDraft(chatId, now, revisions, input.text, nowMs)
            : undefined,
        );
      } catch (cause) {
        return notWritten(cause);
      }
      await deps.steps?.("journal:written");
      if (isDraft) drafts.sent(chatId);
      engine.nudge();
      return success({ clientId: send.clientId });
    },
    async retry(clientId) {
      try {
        const entry = await journal.entry(clientId);
        if (entry === undefined) return failure("not_found", "There is no such message to send.");
        if (entry.state === "failed" || entry.state === "offered") await journal.requeue(clientId);
      } catch (cause) {
        return notWritten(cause);
      }
      engine.nudge();
      return success(undefined);
    },
    async discard(clientId: ClientId) {
      try {
        const entry = await journal.entry(clientId);
        if (entry === undefined) return success(undefined);
        if (entry.state === "sent") return failure("not_allowed", "The server already has it.");
        await keepText(entry.chatId, entry.send.alg, entry.send.payload);
        await journal.decide(entry.chatId, (entries) => {
          const now = entries.find((other) => other.clientId === clientId);
          return new Map(now === undefined || now.state === "sent" ? [] : [[clientId, "drop"]]);
        });
        return success(undefined);
      } catch (cause) {
        return notWritten(cause);
      }
    },
    async sendOffered(chatId) {
      try {
        await journal.decide(chatId, (entries) => {
          const offered = entries.filter((entry) => entry.state === "offered");
          const sending = { state: "journaled" as const, seq: null, error: null };
          return new Map(offered.map((entry) => [entry.clientId, { ...entry, ...sending }]));
        });
      } catch (cause) {
        return notWritten(cause);
      }
      engine.nudge();
      return success(undefined);
    },
    async discardOffered(chatId) {
      try {
        const offered = await offeredIn(chatId);
        // More revisions than that are not kept.
        for (const { send } of offered.slice(-LIMITS.draftRevisions)) {
          await keepText(chatId, send.alg, send.payload);
        }
        await journal.decide(chatId, (entries) => {
          const now = entries.filter((entry) => entry.state === "offered");
          return new Map(now.map((entry) => [entry.clientId, "drop"]));
        });
        return success(undefined);
      } catch (cause) {
        return notWritten(cause);
      }
    },
    saveDraft: (chatId, text, replyTo = null) => drafts.save(chatId, text, replyTo),
    flushDrafts: () => deps.flushDrafts(),
    async markRead(chatId, seq) {
      try {
        await journal.putReadMark({ chatId, readSeq: seq });
      } catch (cause) {
        return notWritten(cause);
      }
      const marked = await engine.link.mark([{ chatId, readSeq: seq }]);
      // S8: without a connection the mark waits in the journal.
      return marked.ok || marked.error.code === "offline" ? success(undefined) : marked;
    },
  };
}
