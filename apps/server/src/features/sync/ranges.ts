import type { RangePart } from "@parley/protocol/socket/requests.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { ChatAccess, StorageReads } from "../../storage/port.ts";
import { gapsIn, type SeqRange, visibleHead, visibleRanges } from "../../storage/visible.ts";

/** What is left of an answer that several chats share. */
export type Budget = { events: number; bytes: number };

/** Reads what may be seen of a range, up to the budget, which it lowers. `whole`: nothing was cut. */
async function readVisible(
  storage: Pick<StorageReads, "events">,
  access: ChatAccess,
  whole: SeqRange,
  order: "oldest" | "newest",
  budget: Budget,
): Promise<{ events: RangePart["events"]; whole: boolean }> {
  const ranges = visibleRanges(access.chat, access.periods)
    .map(({ from, to }) => ({ from: Math.max(from, whole.from), to: Math.min(to, whole.to) }))
    .filter(({ from, to }) => from <= to);
  if (order === "newest") ranges.reverse();
  const parts: RangePart["events"][] = [];
  let isWhole = true;
  for (const range of ranges) {
    isWhole = false;
    if (budget.events <= 0 || budget.bytes <= 0) break;
    const cut = { order, limit: budget.events, maxBytes: budget.bytes };
    const rows = await storage.events(access.chat.chatId, range, cut);
    parts.push(rows.map((row) => row.event));
    budget.events -= rows.length;
    for (const row of rows) budget.bytes -= row.event.payload?.length ?? 0;
    isWhole = rows.length === range.to - range.from + 1;
    if (!isWhole) break;
  }
  if (order === "newest") parts.reverse();
  return { events: parts.flat(), whole: isWhole };
}

function partOf(
  access: ChatAccess,
  covered: SeqRange,
  events: RangePart["events"],
  snapshot: boolean,
): RangePart {
  const { chat, periods } = access;
  return {
    chatId: chat.chatId,
    headSeq: visibleHead(chat, periods),
    events,
    withheld: gapsIn(covered, visibleRanges(chat, periods)),
    snapshot,
    moved: [],
    movedCut: false,
  };
}

/** A history page: the newest events before `before`. What is withheld between them is named (S7). */
export async function pageBefore(
  storage: Pick<StorageReads, "events">,
  access: ChatAccess,
  before: number,
  budget: Budget,
  snapshot = false,
): Promise<RangePart> {
  const to = Math.min(before - 1, visibleHead(access.chat, access.periods));
  const { events, whole } = await readVisible(storage, access, { from: 1, to }, "newest", budget);
  // Cut short, the page begins at its oldest event; else it reaches back to the first seq.
  const from = whole ? 1 : (events.at(0)?.seq ?? to + 1);
  return partOf(access, { from, to }, events, snapshot);
}

/**
 * S6a: what follows a cursor, up to the budget; S6b: the newest page instead when too much is missing
 * in between.
 */
export async function eventsAfter(
  storage: Pick<StorageReads, "events">,
  access: ChatAccess,
  after: number,
  budget: Budget,
): Promise<{ part: RangePart; complete: boolean }> {
  const head = visibleHead(access.chat, access.periods);
  if (head - after > LIMITS.snapshotGapEvents) {
    const page = { events: Math.min(LIMITS.pageEvents, budget.events), bytes: budget.bytes };
    const asked = page.events;
    const part = await pageBefore(storage, access, head + 1, page, true);
    budget.events -= asked - page.events;
    budget.bytes = page.bytes;
    return { part, complete: true };
  }
  const whole = { from: after + 1, to: head };
  const { events } = await readVisible(storage, access, whole, "oldest", budget);
  const reached = reachedBy(access, whole, events);
  return {
    part: partOf(access, { from: whole.from, to: reached }, events, false),
    complete: reached >= head,
  };
}

/** Last seq that an answer accounts for: what is withheld right after its last event included. */
function reachedBy(access: ChatAccess, whole: SeqRange, events: RangePart["events"]): number {
  const ranges = visibleRanges(access.chat, access.periods);
  const last = events.at(-1)?.seq ?? whole.from - 1;
  const next = ranges.find((range) => range.to > last);
  if (!next) return whole.to;
  return Math.min(whole.to, Math.max(last, next.from - 1));
}
