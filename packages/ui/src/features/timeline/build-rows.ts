import type {
  EntryItem,
  EventItem,
  GapItem,
  LostItem,
  Timeline,
  TimelineItem,
  WithheldItem,
} from "../../cache/read-models.ts";
import { dayKey, type Region } from "../../i18n/format.ts";

/** Bubbles of one sender stand together within this time. */
export const GROUP_MS = 5 * 60_000;

/** What a bubble shows. */
export type MessageItem = EventItem | EntryItem | LostItem;

/** One row of the drawn timeline. Keys are stable through loading, sending and receiving. */
export type TimelineRow =
  | { kind: "day"; key: string; atMs: number }
  | { kind: "unread"; key: string; count: number }
  | { kind: "system"; key: string; item: EventItem }
  /** S6c: what follows was lost when the server was restored. */
  | { kind: "restored"; key: string; count: number }
  | { kind: "message"; key: string; item: MessageItem; first: boolean }
  | { kind: "gap"; key: string; gap: GapItem }
  | { kind: "withheld"; key: string; withheld: WithheldItem };

export type RowsInput = {
  timeline: Pick<Timeline, "items" | "seqsBefore">;
  /** Where the divider of new messages stands; null for none. Decided once, when the chat is opened. */
  unreadAfterSeq: number | null;
  /** Messages from then on; the divider says how many. */
  unreadCount: number;
  region: Region;
};

/** Whether an item is drawn as a bubble: reactions and edits only change another one. */
function isBubble(item: TimelineItem): item is MessageItem {
  if (item.kind === "entry") return true;
  if (item.kind !== "event" && item.kind !== "lost") return false;
  return item.system === null && (item.rel === null || item.rel.kind === "reply");
}

function follows(before: MessageItem | null, item: MessageItem): boolean {
  if (before === null || before.senderId !== item.senderId) return false;
  const apart = item.atMs - before.atMs;
  return apart <= GROUP_MS && apart >= -GROUP_MS;
}

/** Where the divider belongs: before the first message of someone else after the mark. */
function isFirstNew(item: TimelineItem, afterSeq: number | null): boolean {
  if (afterSeq === null || item.kind === "entry" || item.kind === "lost") return false;
  if (item.kind === "gap" || item.kind === "withheld")
    return item.to > afterSeq && item.kind === "gap";
  return item.seq > afterSeq && !item.mine && isBubble(item);
}

/**
 * Turns the items of a chat into rows: day dividers, the divider of new messages, system lines, and
 * bubbles grouped by sender. While older items exist, the first one serves as context only, so that
 * loading more never changes a row that is already drawn (its place would jump).
 */
export function buildRows({
  timeline,
  unreadAfterSeq,
  unreadCount,
  region,
}: RowsInput): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const { items, seqsBefore } = timeline;
  const context = seqsBefore > 0 && items.length > 1 && items[0]?.kind === "event" ? 1 : 0;
  let day: string | null = null;
  let previous: MessageItem | null = null;
  let divided = false;

  for (const [index, item] of items.entries()) {
    const hidden = index < context;
    if (item.kind === "gap" || item.kind === "withheld") {
      if (!divided && unreadCount > 0 && isFirstNew(item, unreadAfterSeq)) {
        rows.push({ kind: "unread", key: "unread", count: unreadCount });
        divided = true;
      }
      rows.push(
        item.kind === "gap"
          ? { kind: "gap", key: item.key, gap: item }
          : { kind: "withheld", key: item.key, withheld: item },
      );
      previous = null;
      continue;
    }
    const system = item.kind === "event" && item.system !== null;
    if (!system && !isBubble(item)) continue;
    const itemDay = dayKey(item.atMs, region);
    if (itemDay !== day) {
      if (!hidden) rows.push({ kind: "day", key: `day-${itemDay}-${item.key}`, atMs: item.atMs });
      day = itemDay;
      previous = null;
    }
    if (!divided && unreadCount > 0 && isFirstNew(item, unreadAfterSeq)) {
      if (!hidden) rows.push({ kind: "unread", key: "unread", count: unreadCount });
      divided = true;
      previous = null;
    }
    if (item.kind === "lost" && items[index - 1]?.kind !== "lost") {
      const end = items.findIndex((other, at) => at > index && other.kind !== "lost");
      const count = (end < 0 ? items.length : end) - index;
      rows.push({ kind: "restored", key: `restored-${item.key}`, count });
      previous = null;
    }
    if (system) {
      if (!hidden && item.kind === "event") rows.push({ kind: "system", key: item.key, item });
      previous = null;
      continue;
    }
    if (!hidden)
      rows.push({ kind: "message", key: item.key, item, first: !follows(previous, item) });
    previous = item;
  }
  return rows;
}

/** The seq of a row, if it stands in the server's stream: that of a lost message counts no more. */
export function seqOfRow(row: TimelineRow): number | null {
  switch (row.kind) {
    case "system":
      return row.item.seq;
    case "message":
      return row.item.kind === "event" ? row.item.seq : null;
    case "gap":
      return row.gap.to;
    case "withheld":
      return row.withheld.to;
    case "day":
    case "unread":
    case "restored":
      return null;
  }
}
