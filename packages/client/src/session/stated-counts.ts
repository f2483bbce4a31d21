import { addToCounts, type Counts } from "@parley/protocol/counts.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";

type Counted = Parameters<typeof addToCounts>[1][number];
type Known = { change: number; later: Counted[] };

/** Of a chat that the server does not count anew for so long, the oldest are counted for good. */
const KEPT_PER_CHAT = 1_000;

/**
 * S9: the server's numbers of each chat plus what arrived since. Answers to requests may be older than
 * what arrived before them: numbers of an older commit say nothing, and events after those that the
 * numbers include are counted again.
 */
export class StatedCounts {
  readonly #me: AccountId;
  readonly #chats = new Map<ChatId, Known>();

  constructor(me: AccountId) {
    this.#me = me;
  }

  /** @returns the numbers with this event, which arrived live; null as long as none were stated */
  add(counts: Counts | null, event: Event): Counts | null {
    const { chatId, seq, senderId, rel, system, mentions, fold } = event;
    const known = this.#of(chatId);
    known.later.push({ seq, senderId, rel, system, mentions, fold });
    if (known.later.length > KEPT_PER_CHAT) known.later.shift();
    return counts && addToCounts(counts, [event], this.#me);
  }

  /** @returns the numbers now, undefined if what was stated is older than what is known */
  state(chatId: ChatId, stated: Counts, change: number): Counts | undefined {
    const known = this.#of(chatId);
    if (change < known.change) return undefined;
    known.change = change;
    known.later = known.later.filter(({ seq }) => seq > stated.countedThroughSeq);
    return addToCounts(stated, known.later, this.#me);
  }

  /** S6c: numbers of another data epoch mean nothing. */
  forget(): void {
    this.#chats.clear();
  }

  #of(chatId: ChatId): Known {
    const known = this.#chats.get(chatId) ?? { change: 0, later: [] };
    this.#chats.set(chatId, known);
    return known;
  }
}
