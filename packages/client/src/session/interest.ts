import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";

/** What one window shows of an account. */
export type View = {
  focused: boolean;
  visible: boolean;
  openChatIds: readonly ChatId[];
  watchAccountIds: readonly AccountId[];
};

export type Interest = {
  /** S10: chats whose typing is wanted. */
  openChatIds: ChatId[];
  /** S10: accounts whose presence is wanted. */
  watchAccountIds: AccountId[];
  /** S10: whether the user is there. */
  active: boolean;
};

function firstOf<Id>(lists: readonly (readonly Id[])[], max: number): Id[] {
  return [...new Set(lists.flat())].slice(0, max);
}

/**
 * S10: what all windows together want to hear of, within the limits. Where the limits bite, the
 * focused window comes first, then visible ones.
 */
export function interestOf(views: Iterable<View>): Interest {
  const byWeight = [...views].toSorted(
    (a, b) => Number(b.focused) - Number(a.focused) || Number(b.visible) - Number(a.visible),
  );
  return {
    openChatIds: firstOf(
      byWeight.map((view) => view.openChatIds),
      LIMITS.openChats,
    ),
    watchAccountIds: firstOf(
      byWeight.map((view) => view.watchAccountIds),
      LIMITS.presenceWatches,
    ),
    active: byWeight.some((view) => view.visible),
  };
}

/** S18: chats before the user's eyes: open in a window that has the focus. Within the limit. */
export function chatsInView(views: Iterable<View>): ChatId[] {
  const inView = [...views].filter((view) => view.focused && view.visible);
  return firstOf(
    inView.map((view) => view.openChatIds),
    LIMITS.openChats,
  );
}

/** Whether a chat is before the user's eyes. */
export function isInView(views: Iterable<View>, chatId: ChatId): boolean {
  return chatsInView(views).includes(chatId);
}
