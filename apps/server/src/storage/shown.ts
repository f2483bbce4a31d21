import type { Event, Fold } from "@parley/protocol/event.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import type { ChatRow, MembershipRow } from "./rows.ts";
import { isVisible, newestPeriod, type SeqRange, visibleRanges } from "./visible.ts";

/** X3: what of a chat an account may see, and through which seq it is told of every erasure (V40). */
export type Sight = { ranges: readonly SeqRange[]; toldToSeq: number };

/** X3: the sight of an account with these periods. There must be one. */
export function sightOf(chat: Pick<ChatRow, "headSeq">, periods: readonly MembershipRow[]): Sight {
  const toldToSeq = newestPeriod(periods).leftSeq ?? Infinity;
  return { ranges: visibleRanges(chat, periods), toldToSeq };
}

/**
 * V30: whether the stored fold of an event says just what may be seen. Else it is to be folded from
 * those relations that may be seen. Everybody is told of every erasure up to their last event (S13).
 */
export function isFoldSeen({ seq, fold }: Pick<Event, "seq" | "fold">, sight: Sight): boolean {
  if (fold === undefined) return true;
  if (fold.erased && fold.erased.seq <= sight.toldToSeq) return true;
  return sight.ranges.some((range) => range.from <= seq && fold.foldSeq <= range.to);
}

/** V30: the fold of one event as far as its relations, given in seq order, may be seen. */
export function foldSeen(relations: readonly Event[], sight: Sight): Fold | undefined {
  return relations
    .filter((event) => isVisible(sight.ranges, event.seq))
    .reduce<Fold | undefined>((fold, event) => foldEvent(fold, event), undefined);
}

/** About how much a fold takes in an answer, in UTF-16 units of JSON. */
export function foldSize(fold: Fold | undefined): number {
  return fold === undefined ? 0 : JSON.stringify(fold).length;
}

/** About how much of an answer an event takes beyond its envelope. */
export function shownSize({ payload, fold }: Event): number {
  return (payload?.length ?? 0) + foldSize(fold);
}

/**
 * S12: an event the way a page shows it: with this fold, without the payload where that is replaced or
 * erased, and a relation without payload.
 */
export function shownEvent(event: Event, fold: Fold | undefined): Event {
  const { fold: _stored, ...bare } = event;
  const isRelation = foldTargetOf(event) !== undefined;
  const isReplaced = fold?.edit !== undefined || fold?.erased !== undefined;
  const payload = isRelation || isReplaced ? null : event.payload;
  return { ...bare, payload, ...(fold && { fold }) };
}
