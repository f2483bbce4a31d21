import { type Event, isMessage } from "./event.ts";
import type { AccountId } from "./ids.ts";

/** S9: unread numbers of one chat for one account, exact up to and including `countedThroughSeq`. */
export type Counts = { unread: number; mentions: number; countedThroughSeq: number };

type Counted = Pick<Event, "seq" | "senderId" | "rel" | "system" | "mentions" | "fold">;

/** S9: whether an event is unread for `me` once it lies after the read mark. */
export function countsAsUnread(event: Counted, me: AccountId): boolean {
  return isMessage(event) && event.senderId !== me && event.fold?.erased === undefined;
}

/**
 * S9: adds events later than `counts.countedThroughSeq` to the server's numbers. The one function
 * with which clients count between two statements of the server. Events may come in any order and
 * more than once across calls; those already counted are passed over.
 */
export function addToCounts(counts: Counts, events: readonly Counted[], me: AccountId): Counts {
  let { unread, mentions, countedThroughSeq } = counts;
  const later = events
    .filter((event) => event.seq > countedThroughSeq)
    .sort((a, b) => a.seq - b.seq);
  for (const event of later) {
    if (event.seq === countedThroughSeq) continue;
    countedThroughSeq = event.seq;
    if (!countsAsUnread(event, me)) continue;
    unread += 1;
    if (event.mentions?.includes(me)) mentions += 1;
  }
  return { unread, mentions, countedThroughSeq };
}
