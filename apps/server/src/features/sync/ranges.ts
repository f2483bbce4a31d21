import type { RangePart } from "@parley/protocol/socket/requests.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { ChatAccess, StorageReads } from "../../storage/port.ts";
import { foldSize, shownSize, sightOf } from "../../storage/shown.ts";
import {
  clippedTo,
  gapsIn,
  type SeqRange,
  visibleHead,
  visibleRanges,
} from "../../storage/visible.ts";

/** What is left of an answer that several chats share. */
export type Budget = { events: number; bytes: number; movedBytes: number };

/** What a pull says of one chat: its cursor, and what the client holds at or below it. */
export type Cursor = { after: number; held: readonly SeqRange[] };

type Reads = Pick<StorageReads, "shownEvents" | "movedFolds">;
type Moved = Pick<RangePart, "moved" | "movedCut">;

const NOTHING_MOVED: Moved = { moved: [], movedCut: false };

/** Reads what may be seen of a range, up to the budget, which it lowers. `whole`: nothing was cut. */
async function readVisible(
  storage: Reads,
  access: ChatAccess,
  whole: SeqRange,
  order: "oldest" | "newest",
  budget: Budget,
): Promise<{ events: RangePart["events"]; whole: boolean }> {
  const sight = sightOf(access.chat, access.periods);
  const ranges = clippedTo(whole, sight.ranges);
  if (order === "newest") ranges.reverse();
  const parts: RangePart["events"][] = [];
  let isWhole = true;
  for (const range of ranges) {
    isWhole = false;
    if (budget.events <= 0 || budget.bytes <= 0) break;
    const cut = { order, limit: budget.events, maxBytes: budget.bytes };
    const events = await storage.shownEvents(access.chat.chatId, range, cut, sight);
    parts.push(events);
    budget.events -= events.length;
    for (const event of events) budget.bytes -= shownSize(event);
    isWhole = events.length === range.to - range.from + 1;
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
  moved: Moved = NOTHING_MOVED,
): RangePart {
  const { chat, periods } = access;
  return {
    chatId: chat.chatId,
    headSeq: visibleHead(chat, periods),
    events,
    withheld: gapsIn(covered, visibleRanges(chat, periods)),
    snapshot,
    ...moved,
  };
}

/** S6b, V31: what moved in the ranges that a client holds, up to the size of an answer. */
async function movedIn(storage: Reads, access: ChatAccess, cursor: Cursor): Promise<Moved> {
  const { chat, periods } = access;
  const { after, held } = cursor;
  const sight = sightOf(chat, periods);
  const ranges = held.flatMap((range) =>
    clippedTo({ from: range.from, to: Math.min(range.to, after) }, sight.ranges),
  );
  // Nothing that an account may see happened past its head.
  if (ranges.length === 0 || after >= visibleHead(chat, periods)) return NOTHING_MOVED;
  const query = { after, ranges, limit: LIMITS.movedTargets, maxBytes: LIMITS.pageBytes };
  const { moved, isCut } = await storage.movedFolds(chat.chatId, query, sight);
  return { moved, movedCut: isCut };
}

/** A history page: the newest events before `before`. What is withheld between them is named (S7). */
export async function pageBefore(
  storage: Reads,
  access: ChatAccess,
  before: number,
  budget: Budget,
): Promise<RangePart> {
  const to = Math.min(before - 1, visibleHead(access.chat, access.periods));
  const { events, whole } = await readVisible(storage, access, { from: 1, to }, "newest", budget);
  // Cut short, the page begins at its oldest event; else it reaches back to the first seq.
  const from = whole ? 1 : (events.at(0)?.seq ?? to + 1);
  return partOf(access, { from, to }, events, false);
}

/**
 * S6a: what follows a cursor, up to the budget; S6b: the newest page instead when too much is missing
 * in between. Either way with what moved below the cursor; undefined where there is no room for that
 * any more in this answer.
 */
export async function eventsAfter(
  storage: Reads,
  access: ChatAccess,
  cursor: Cursor,
  budget: Budget,
): Promise<{ part: RangePart; complete: boolean } | undefined> {
  const { after } = cursor;
  const head = visibleHead(access.chat, access.periods);
  const moved = await movedIn(storage, access, cursor);
  const movedBytes = moved.moved.reduce((sum, { fold }) => sum + foldSize(fold), 0);
  if (movedBytes > budget.movedBytes) return undefined;
  budget.movedBytes -= movedBytes;
  if (head - after > LIMITS.snapshotGapEvents) {
    const page = { ...budget, events: Math.min(LIMITS.pageEvents, budget.events) };
    const asked = page.events;
    const part = await pageBefore(storage, access, head + 1, page);
    budget.events -= asked - page.events;
    budget.bytes = page.bytes;
    return { part: { ...part, ...moved, snapshot: true }, complete: true };
  }
  const whole = { from: after + 1, to: head };
  const { events } = await readVisible(storage, access, whole, "oldest", budget);
  const reached = reachedBy(access, whole, events);
  return {
    part: partOf(access, { from: whole.from, to: reached }, events, false, moved),
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
