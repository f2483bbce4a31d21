import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, DataEpoch } from "@parley/protocol/ids.ts";
import type { CachePatch, CacheReads } from "./cache-store.ts";
import type { NewEntry } from "./model.ts";
import { cursorOf, removeSpan } from "./ranges.ts";

/**
 * S6c: numbers compare only within one data epoch. When the server was restored:
 *
 *   1. `resetEpoch`, one transaction: every number is let go; chats with rows are to be reconciled;
 *   2. a full hello states everything anew; chats it does not list are marked lost (`markLost`);
 *   3. each chat is compared with the server by hash, newest first, until both agree (`commonSeq`);
 *   4. `cutChat`, one transaction per chat: rows later than that are taken out. Own ones were put into
 *      the journal as offered before; others' are set aside as no longer on the server.
 *
 * Journal and cache are two databases, so step 4 offers first and cuts then: a crash in between
 * offers again, which changes nothing.
 */

/** Step 1. Chats without rows are simply stated anew. */
export async function resetEpoch(
  reads: CacheReads,
  dataEpoch: DataEpoch,
): Promise<{ patch: CachePatch; result: void }> {
  const rows = await reads.allChats();
  const chats = rows.map((row) => ({
    ...row,
    headSeq: 0,
    rev: 0,
    rosterSeq: 0,
    membershipVersion: 0,
    membersKnown: false,
    othersMin: null,
    statedChange: 0,
    countsChange: 0,
    reconcile: row.cursor > 0,
    my: { ...row.my, deliveredSeq: 0, readSeq: 0 },
  }));
  return {
    patch: {
      meta: { dataEpoch, since: 0 },
      chats,
      members: rows.map((row) => ({ chatId: row.chatId, members: [] })),
    },
    result: undefined,
  };
}

/** Step 2. */
export async function markLost(
  reads: CacheReads,
  listed: ReadonlySet<string>,
): Promise<{ patch: CachePatch; result: void }> {
  const rows = await reads.allChats();
  const chats = rows
    .filter((row) => !listed.has(row.chatId) && row.statedChange === 0)
    .map((row) => ({ ...row, lost: true, reconcile: false }));
  return { patch: { chats }, result: undefined };
}

/**
 * Step 3, on one page: the highest seq at which the server's events and the cached ones have the same
 * hash, hence the same history up to there; undefined if they agree nowhere in it.
 */
export function commonSeq(
  cached: readonly Pick<Event, "seq" | "hash">[],
  stated: readonly Pick<Event, "seq" | "hash">[],
): number | undefined {
  const hashes = new Map(stated.map((event) => [event.seq, event.hash]));
  let common: number | undefined;
  for (const event of cached) {
    if (hashes.get(event.seq) === event.hash) common = Math.max(common ?? 0, event.seq);
  }
  return common;
}

/** What can be offered again of the rows after `common`: own messages whose content is known. */
export function offersOf(rows: readonly Event[], me: AccountId, nowMs: number): NewEntry[] {
  return rows.flatMap((event): NewEntry[] => {
    if (event.senderId !== me || event.system !== undefined || event.payload === null) return [];
    const { chatId, clientId, alg, type, rel, mentions, expiresInS, notify, mediaIds, payload } =
      event;
    const send = {
      chatId,
      clientId,
      alg,
      type,
      ...(rel && { rel }),
      ...(mentions && { mentions }),
      ...(expiresInS !== undefined && { expiresInS }),
      notify,
      ...(mediaIds && { mediaIds }),
      payload,
    };
    return [
      { clientId, chatId, send, state: "offered", seq: null, error: null, createdAtMs: nowMs },
    ];
  });
}

/** Step 4. Rows whose fold reaches past `common` may hold what was lost: they become gaps. */
export async function cutChat(
  reads: CacheReads,
  me: AccountId,
  chatId: ChatId,
  common: number,
): Promise<{ patch: CachePatch; result: void }> {
  const [{ dataEpoch: epoch }, [row], ranges, later, kept] = await Promise.all([
    reads.meta(),
    reads.chats([chatId]),
    reads.ranges(chatId),
    reads.eventsBetween(chatId, common + 1, Number.MAX_SAFE_INTEGER),
    reads.eventsBetween(chatId, 1, common),
  ]);
  if (row === undefined || epoch === null) return { patch: {}, result: undefined };
  let cut = removeSpan(ranges, { from: common + 1, to: Number.MAX_SAFE_INTEGER });
  const drops = [{ chatId, from: common + 1, to: Number.MAX_SAFE_INTEGER }];
  for (const event of kept) {
    if (event.fold === undefined || event.fold.foldSeq <= common) continue;
    cut = removeSpan(cut, { from: event.seq, to: event.seq });
    drops.push({ chatId, from: event.seq, to: event.seq });
  }
  const touched = new Set(drops.map((drop) => drop.from));
  const aside = later
    .filter((event) => event.senderId !== me && event.system === undefined)
    .map((event) => ({ chatId, event, epoch }));
  return {
    patch: {
      chats: [{ ...row, reconcile: false, cursor: cursorOf(cut) }],
      ranges: [{ chatId, ranges: cut }],
      dropEvents: drops,
      events: kept
        .filter((event) => !touched.has(event.seq) && event.foldSeq > common)
        .map((event) => ({ ...event, foldSeq: common })),
      aside,
    },
    result: undefined,
  };
}
