import type { AsideRow, EventRow, OutboxEntry, Range } from "@parley/client/sync/model.ts";
import { overlay, type PendingRelations } from "@parley/client/sync/pending.ts";
import { contentOf } from "@parley/client/sync/preview.ts";
import { gapsWithin, rangesWithin, type Span } from "@parley/client/sync/ranges.ts";
import { waitReason } from "@parley/client/sync/waiting.ts";
import { type Event, type Fold, isMessage } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { entryState } from "./own-state.ts";
import type { EntryItem, EventItem, LostItem, ReactionView, TimelineItem } from "./read-models.ts";

/** The rows of a timeline, made out of what cache and journal hold. All of it is pure. */

/** What of an event stands as a row of its own: messages and what happened to the chat. */
export function isShown(event: Event): boolean {
  return event.system !== undefined || isMessage(event);
}

function reactionViews(fold: Fold | undefined, me: AccountId): ReactionView[] {
  return (fold?.reactions ?? []).map(({ key, count }) => {
    const accountIds = (fold?.recent ?? [])
      .filter((row) => row.key === key)
      .map((row) => row.accountId);
    return { key, count, mine: accountIds.includes(me), accountIds };
  });
}

/** An event as the timeline shows it, own waiting changes folded over it (S11). */
export function eventItem(
  row: EventRow,
  me: AccountId,
  pending: PendingRelations = new Map(),
): EventItem {
  const overlaid = overlay(row, pending, me);
  const fold = overlaid?.fold ?? row.fold;
  const erased = fold?.erased;
  return {
    kind: "event",
    key: row.clientId,
    seq: row.seq,
    clientId: row.clientId,
    atMs: row.at,
    senderId: row.senderId,
    mine: row.senderId === me && row.system === undefined,
    system: row.system ?? null,
    content:
      row.system === undefined
        ? contentOf({ alg: row.alg, payload: row.payload, ...(fold && { fold }) })
        : null,
    rel: row.rel === undefined ? null : { ...row.rel, seq: row.targetSeq ?? null },
    mentions: fold?.edit?.mentions ?? row.mentions ?? [],
    editedAtMs: fold?.edit?.at ?? null,
    erased: erased !== undefined,
    erasedBy:
      erased === undefined ? null : { by: erased.by, mine: erased.by === me, atMs: erased.at },
    reactions: reactionViews(fold, me),
    pending: overlaid?.changes ?? [],
    fault: row.fault ?? null,
  };
}

/**
 * An entry as the timeline shows it. `queue`: the chat's entries in order of writing, for what keeps
 * it waiting.
 */
export function entryItem(
  entry: OutboxEntry,
  me: AccountId,
  queue: readonly OutboxEntry[] = [entry],
  pending: PendingRelations = new Map(),
): EntryItem {
  const { send } = entry;
  const overlaid = overlay({ ...send, foldSeq: 0 }, pending, me);
  const fold = overlaid?.fold;
  return {
    kind: "entry",
    key: entry.clientId,
    clientId: entry.clientId,
    seq: entry.seq,
    atMs: entry.createdAtMs,
    senderId: me,
    mine: true,
    state: entryState(entry),
    error: entry.error,
    waiting: waitReason(entry, queue),
    content: contentOf({ alg: send.alg, payload: send.payload, ...(fold && { fold }) }),
    rel: send.rel === undefined ? null : { ...send.rel, seq: null },
    mentions: fold?.edit?.mentions ?? send.mentions ?? [],
    editedAtMs: fold?.edit?.at ?? null,
    reactions: reactionViews(fold, me),
    pending: overlaid?.changes ?? [],
  };
}

/** S6c: what the server lost, as it was. */
export function lostItem(row: AsideRow, me: AccountId): LostItem {
  const item = eventItem({ ...row.event, foldSeq: row.event.fold?.foldSeq ?? 0 }, me);
  return { ...item, kind: "lost", key: `lost:${item.clientId}` };
}

/**
 * S6c: the lost messages that belong between the events of a window, by the time that the server gave
 * both: their seqs were given away again. `open`: whether the window leaves older or newer rows out.
 */
export function lostAmong(
  lost: readonly LostItem[],
  events: readonly EventItem[],
  open: { older: boolean; newer: boolean },
): LostItem[] {
  const first = events.at(0)?.atMs ?? Infinity;
  const last = events.at(-1)?.atMs ?? -Infinity;
  return lost
    .filter(({ atMs }) => (!open.older || atMs >= first) && (!open.newer || atMs < last))
    .sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
}

/** Puts gaps, withheld ranges and lost messages in their place among the events of a span (S6b, S7, S6c). */
export function withHoles(
  events: readonly EventItem[],
  lost: readonly LostItem[],
  ranges: readonly Range[],
  span: Span,
): TimelineItem[] {
  const holes: { at: number; item: TimelineItem }[] = [
    ...gapsWithin(ranges, span).map(({ from, to }) => ({
      at: from,
      item: { kind: "gap" as const, key: `gap:${from}`, from, to },
    })),
    ...rangesWithin(ranges, span)
      .filter((range) => range.kind === "withheld")
      .map(({ from, to }) => ({
        at: from,
        item: { kind: "withheld" as const, key: `withheld:${from}`, from, to },
      })),
  ];
  const rows: typeof holes = events.map((item) => ({ at: item.seq, item }));
  for (const item of lost) {
    const next = events.find((event) => event.atMs > item.atMs);
    rows.push({ at: next === undefined ? Infinity : next.seq - 0.5, item });
  }
  return [...rows, ...holes]
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ item }) => item);
}
