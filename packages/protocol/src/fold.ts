import { type Event, type Fold, REL } from "./event.ts";

/** S12: how many of the newest reactions a fold names one by one. */
const RECENT_REACTIONS = 20;

const UNTOUCHED: Fold = { foldSeq: 0, reactions: [], recent: [] };

/** The seq whose fold a rel event changes, or undefined if it changes none. */
export function foldTargetOf(
  event: Pick<Event, "rel" | "targetSeq" | "rootSeq">,
): number | undefined {
  const kind = event.rel?.kind;
  if (kind === REL.redact) return event.rootSeq ?? event.targetSeq;
  return kind === REL.edit || kind === REL.reaction ? event.targetSeq : undefined;
}

function addReaction(fold: Fold, event: Event, key: string): Fold {
  const known = fold.reactions.some((row) => row.key === key);
  const reactions = known
    ? fold.reactions.map((row) => (row.key === key ? { key, count: row.count + 1 } : row))
    : [...fold.reactions, { key, count: 1 }];
  const row = {
    clientId: event.clientId,
    accountId: event.senderId,
    key,
    seq: event.seq,
    at: event.at,
  };
  return { ...fold, reactions, recent: [...fold.recent, row].slice(-RECENT_REACTIONS) };
}

function removeReaction(fold: Fold, event: Event, key: string): Fold {
  const total = fold.reactions.reduce((sum, row) => sum + row.count, 0);
  const isNamed = fold.recent.some((row) => row.clientId === event.rel?.target);
  // Where all are named, one that is not was never seen here (V40): there is nothing to take away.
  if (!isNamed && total === fold.recent.length) return fold;
  const reactions = fold.reactions
    .map((row) => (row.key === key ? { key, count: row.count - 1 } : row))
    .filter((row) => row.count > 0);
  return {
    ...fold,
    reactions,
    recent: fold.recent.filter((row) => row.clientId !== event.rel?.target),
  };
}

/**
 * S12: applies one rel event to the fold of its target. Reads envelopes only, apart from carrying an
 * edit's payload whole. Pure, and shared by server and clients. Events must come in seq order; one at
 * or below `foldSeq` changes nothing, so applying twice is the same as once. An erased target takes
 * no further change.
 */
export function foldEvent(before: Fold | undefined, event: Event): Fold {
  const fold = before ?? UNTOUCHED;
  if (event.seq <= fold.foldSeq || event.rel === undefined) return fold;
  const next: Fold = { ...fold, foldSeq: event.seq };
  if (fold.erased) return next;
  const { kind, key } = event.rel;
  if (kind === REL.redact) {
    if (event.rootSeq !== undefined)
      return key === undefined ? next : removeReaction(next, event, key);
    const erased = { seq: event.seq, at: event.at, by: event.senderId };
    return { foldSeq: event.seq, erased, reactions: [], recent: [] };
  }
  if (kind === REL.reaction && key !== undefined) return addReaction(next, event, key);
  if (kind === REL.edit && event.payload !== null) {
    return {
      ...next,
      edit: {
        seq: event.seq,
        at: event.at,
        alg: event.alg,
        payload: event.payload,
        ...(event.mentions && { mentions: event.mentions }),
        ...(event.mediaIds && { mediaIds: event.mediaIds }),
      },
    };
  }
  return next;
}
