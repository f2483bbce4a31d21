import type { Event, Fold } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { StorageReads } from "../port.ts";
import { foldSeen, foldSize, isFoldSeen, shownEvent, shownSize, type Sight } from "../shown.ts";
import { eventOf } from "./row-mapping.ts";
import { joined, type SeqRange } from "../visible.ts";
import { int, type SqlRow, type Statements, textAs } from "./statements.ts";
import { storedEvent } from "./stored-events.ts";

type RelationReads = Pick<StorageReads, "shownEvents" | "movedFolds" | "seersOf">;

export const EVENTS = {
  oldest: "SELECT * FROM events WHERE chat_id = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?",
  newest:
    "SELECT * FROM events WHERE chat_id = ? AND seq >= ? AND seq <= ? ORDER BY seq DESC LIMIT ?",
};

const EVENT_AT = "SELECT * FROM events WHERE chat_id = ? AND seq = ?";

/** What changed the fold of one event. */
const RELATIONS = `
  SELECT * FROM events WHERE chat_id = ? AND coalesce(root_seq, target_seq) = ?
    AND rel_kind IN ('edit', 'reaction', 'redact')
  ORDER BY seq`;

/** V31: from the index alone. */
const MOVED = `
  SELECT seq, erased_seq FROM events INDEXED BY events_folded
  WHERE chat_id = ? AND fold_seq > 0 AND fold_seq > ? ORDER BY fold_seq DESC LIMIT ?`;

/** Folds that one answer looks through; where more moved, it is cut. */
const MOST_LOOKED_AT = 20_000;

const SEERS = `
  SELECT DISTINCT account_id FROM memberships
  WHERE chat_id = ? AND visible_from_seq <= ? AND (left_seq IS NULL OR left_seq >= ?)`;

/** V30: the fold of a stored event for whoever has this sight. */
function foldFor(sql: Statements, event: Event, sight: Sight): Fold | undefined {
  if (isFoldSeen(event, sight)) return event.fold;
  const rows = sql.all(RELATIONS, event.chatId, event.seq);
  return foldSeen(
    rows.map((row) => eventOf(row).event),
    sight,
  );
}

/** S12: a row the way it is shown to whoever has this sight. Costs nothing where nothing relates. */
export function shownRow(sql: Statements, row: SqlRow, sight: Sight): Event {
  if (row["fold_seq"] === 0 && row["rel_kind"] === null) return eventOf(row).event;
  const { event } = storedEvent(sql, row);
  return shownEvent(event, foldFor(sql, event, sight));
}

/** Erasures first, each kind newest first. */
function inOrder(found: readonly SqlRow[], ranges: readonly SeqRange[]): number[] {
  const ascending = joined(ranges);
  const erased: number[] = [];
  const others: number[] = [];
  for (const row of found) {
    const seq = int(row, "seq");
    if (!isWithin(ascending, seq)) continue;
    (row["erased_seq"] === null ? others : erased).push(seq);
  }
  const newestFirst = (a: number, b: number): number => b - a;
  return [...erased.sort(newestFirst), ...others.sort(newestFirst)];
}

/** Whether a seq lies in one of these ranges, which ascend and do not touch. */
function isWithin(ranges: readonly SeqRange[], seq: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.to ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return (ranges[low]?.from ?? Infinity) <= seq;
}

/** Questions about what later events did to earlier ones. */
export function relationReads(sql: Statements): RelationReads {
  return {
    async shownEvents(chatId, range, cut, sight) {
      const rows = sql.all(EVENTS[cut.order], chatId, range.from, range.to, cut.limit);
      const events: Event[] = [];
      let bytes = 0;
      for (const row of rows) {
        const event = shownRow(sql, row, sight);
        bytes += shownSize(event);
        if (events.length > 0 && bytes > cut.maxBytes) break;
        events.push(event);
      }
      return cut.order === "oldest" ? events : events.reverse();
    },
    async movedFolds(chatId, { after, ranges, limit, maxBytes }, sight) {
      const found = sql.all(MOVED, chatId, after, MOST_LOOKED_AT + 1);
      const moved: { seq: number; fold: Fold }[] = [];
      let bytes = 0;
      let refolds = 0;
      for (const seq of inOrder(found, ranges)) {
        const row = sql.get(EVENT_AT, chatId, seq);
        if (!row) continue;
        const { event } = storedEvent(sql, row);
        if (!isFoldSeen(event, sight)) refolds += 1;
        const fold = refolds > limit ? undefined : foldFor(sql, event, sight);
        if (fold === undefined || fold.foldSeq <= after) continue;
        bytes += foldSize(fold);
        if (moved.length === limit || bytes > maxBytes) return { moved, isCut: true };
        moved.push({ seq, fold });
      }
      return { moved, isCut: found.length > MOST_LOOKED_AT || refolds > limit };
    },
    async seersOf(chatId, seq) {
      const rows = sql.all(SEERS, chatId, seq, seq);
      return new Set(rows.map((row) => textAs<AccountId>(row, "account_id")));
    },
  };
}
