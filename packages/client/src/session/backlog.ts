import type { Change } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";

/** V52: notifications of a time away. */
export const MAX_NOTIFICATIONS = 5;

/** What a time away brought to one chat: its newest message, and what is unread in it. */
export type News = { event: Event; unread: number; mentions: number };

/** The newest unread message of each chat, as pages of a hello list them; later pages win. */
export function newsOf(changes: readonly Change[]): News[] {
  const newest = new Map<ChatId, News>();
  for (const change of changes) {
    if (change.kind !== "chat") continue;
    const { chatId, last, my } = change.chat;
    const { unread, mentions, readSeq } = my;
    if (last && unread > 0 && last.seq > readSeq) {
      newest.set(chatId, { event: last, unread, mentions });
    } else newest.delete(chatId);
  }
  return [...newest.values()];
}

/**
 * V52: at most five notifications. Chats with mentions come first, then those with most unread messages,
 * then the newest; where there are more than five, the last notification sums up.
 */
export function digestOf(news: readonly News[]): { told: News[]; summed: News[] } {
  const byWeight = news.toSorted(
    (a, b) => b.mentions - a.mentions || b.unread - a.unread || b.event.at - a.event.at,
  );
  const alone = byWeight.length > MAX_NOTIFICATIONS ? MAX_NOTIFICATIONS - 1 : byWeight.length;
  return { told: byWeight.slice(0, alone), summed: byWeight.slice(alone) };
}
