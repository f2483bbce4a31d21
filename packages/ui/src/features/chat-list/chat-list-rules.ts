import type { ChatListRow } from "../../cache/read-models.ts";
import { chatTitle, matchesQuery } from "../../state/names.ts";

/** Which chats the list shows. */
export type ChatFilter = "all" | "unread" | "groups" | "mentions";

const PASSES: Record<ChatFilter, (row: ChatListRow) => boolean> = {
  all: () => true,
  unread: (row) => row.unread > 0,
  groups: (row) => row.kind === "group",
  mentions: (row) => row.mentions > 0,
};

/** The chats of the archive, or those outside of it. */
export function rowsOf(rows: readonly ChatListRow[], archive: boolean): readonly ChatListRow[] {
  return rows.some((row) => row.archived !== archive)
    ? rows.filter((row) => row.archived === archive)
    : rows;
}

/**
 * The rows to show, pinned ones first as they come. A query looks through all chats, whatever the
 * filter, archived ones too. The archive itself is not filtered.
 */
export function filterRows(
  rows: readonly ChatListRow[],
  filter: ChatFilter,
  query: string,
  archive = false,
): readonly ChatListRow[] {
  const typed = query.trim();
  if (typed === "") {
    const here = rowsOf(rows, archive);
    return archive || filter === "all" ? here : here.filter(PASSES[filter]);
  }
  return rows.filter((row) =>
    matchesQuery(
      row.peer === null ? chatTitle(row) : `${chatTitle(row)} ${row.peer.handle}`,
      typed,
    ),
  );
}

/** Chats that hold something unread, and those that name me. */
export function filterCounts(rows: readonly ChatListRow[]): { unread: number; mentions: number } {
  return {
    unread: rows.filter(PASSES.unread).length,
    mentions: rows.filter(PASSES.mentions).length,
  };
}

/** What a badge shows: large numbers stay small. */
export function badgeText(count: number): string {
  return count > 999 ? "999+" : String(count);
}
