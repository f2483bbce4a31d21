import type { Failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { useSyncExternalStore } from "react";
import type { AccountSession } from "./account-session.ts";
import type { EditTarget } from "./edit-keeper.ts";
import { type Live, NO_LIVE } from "./live.ts";
import type {
  ChatList,
  ChatView,
  DraftRevision,
  DraftView,
  EntryItem,
  EventItem,
  OutboxSummary,
  People,
  Roster,
  Timeline,
  TimelineWindow,
  TotalUnread,
} from "./read-models.ts";

/** Reads a live model; undefined until its first result. */
export function useLive<T>(live: Live<T>): T | undefined {
  return useSyncExternalStore(live.subscribe, live.get, live.get);
}

/** The chat list, newest activity first; at most `limit` rows. */
export function useChatList(session: AccountSession, limit?: number): ChatList | undefined {
  return useLive(session.reads.chatList(limit));
}

/** Undefined while loading, null if the chat is not known here. */
export function useChat(session: AccountSession, chatId: ChatId): ChatView | null | undefined {
  return useLive(session.reads.chat(chatId));
}

/** Part of a chat. While a grown or moved window loads, the chat's last result stays. */
export function useTimeline(
  session: AccountSession,
  chatId: ChatId,
  window: TimelineWindow,
): Timeline | undefined {
  return useLive(session.reads.timeline(chatId, window));
}

export function useDraft(session: AccountSession, chatId: ChatId): DraftView | null | undefined {
  return useLive(session.reads.draft(chatId));
}

/** What a chat's composer held before, newest first; not read while no chat is asked for. */
export function useDraftRevisions(
  session: AccountSession,
  chatId: ChatId | null,
): readonly DraftRevision[] | undefined {
  return useLive(chatId === null ? NO_LIVE : session.reads.draftRevisions(chatId));
}

/** S21: the message that a chat's composer edits. */
export function useEditTarget(session: AccountSession, chatId: ChatId): EditTarget | null {
  return useLive(session.reads.edit(chatId)) ?? null;
}

/** How far a chat's edit was typed. */
export function useEditText(session: AccountSession, chatId: ChatId): string {
  return useLive(session.reads.editText(chatId)) ?? "";
}

/** One message of a chat; null if it is not on this device, undefined while it is read. */
export function useMessage(
  session: AccountSession,
  chatId: ChatId,
  clientId: ClientId | null,
): EventItem | EntryItem | null | undefined {
  return useLive(clientId === null ? NO_LIVE : session.reads.message(chatId, clientId));
}

export function useOutboxSummary(session: AccountSession): OutboxSummary | undefined {
  return useLive(session.reads.outbox());
}

export function usePeople(
  session: AccountSession,
  accountIds: readonly AccountId[],
): People | undefined {
  return useLive(session.reads.people(accountIds));
}

export function useRoster(session: AccountSession, chatId: ChatId): Roster | null | undefined {
  return useLive(session.reads.roster(chatId));
}

export function useTotalUnread(session: AccountSession): TotalUnread | undefined {
  return useLive(session.reads.totalUnread());
}

export function useTrouble(session: AccountSession): Failure | null | undefined {
  return useLive(session.trouble);
}
