import type { Event, Fold } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { StorageReads } from "../port.ts";
import { foldSeen, foldSize, isFoldSeen, shownEvent, shownSize, type Sight } from "../shown.ts";
import { eventOf } from "./row-mapping.ts";
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

/** V31: from the index alone, also where a great many folds moved. */
const MOVED = `
  SELECT seq FROM events INDEXED BY events_folded
  WHERE chat_id = ?1 AND fold_seq > 0 AND fold_seq > ?2
    AND EXISTS (SELECT 1 FROM json_each(?3) AS span
      WHERE events.seq BETWEEN span.value ->> 'from' AND span.value ->> 'to')
  ORDER BY erased_seq IS NULL, seq DESC LIMIT ?4`;

/** Targets looked at for each one that may be listed: not every fold that moved is seen to have. */
const LOOKED_AT = 4;

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
      const mostLooks = limit * LOOKED_AT;
      const found = sql.all(MOVED, chatId, after, JSON.stringify(ranges), mostLooks + 1);
      const moved: { seq: number; fold: Fold }[] = [];
      let bytes = 0;
      for (const row of found) {
        const stored = sql.get(EVENT_AT, chatId, int(row, "seq"));
        if (!stored) continue;
        const { event } = storedEvent(sql, stored);
        const fold = foldFor(sql, event, sight);
        if (fold === undefined || fold.foldSeq <= after) continue;
        bytes += foldSize(fold);
        if (moved.length === limit || bytes > maxBytes) return { moved, isCut: true };
        moved.push({ seq: event.seq, fold });
      }
      return { moved, isCut: found.length > mostLooks };
    },
    async seersOf(chatId, seq) {
      const rows = sql.all(SEERS, chatId, seq, seq);
      return new Set(rows.map((row) => textAs<AccountId>(row, "account_id")));
    },
  };
}
