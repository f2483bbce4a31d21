import type { EventRow } from "../rows.ts";
import { eventOf } from "./row-mapping.ts";
import type { SqlRow, Statements } from "./statements.ts";

const EVENT_AT = "SELECT * FROM events WHERE chat_id = ? AND seq = ?";

/** An event with its whole fold: the newest edit's payload stands in a row of its own. */
export function storedEvent(sql: Statements, row: SqlRow): EventRow {
  const { chat_id: chatId, edit_seq: editSeq } = row;
  const isEdited = typeof editSeq === "number" && typeof chatId === "string";
  return eventOf(row, isEdited ? sql.get(EVENT_AT, chatId, editSeq) : undefined);
}
