import { type Event, type Fold, isMessage, REL, type Send } from "@parley/protocol/event.ts";
import { foldTargetOf } from "@parley/protocol/fold.ts";
import type { AccountId, ChatId, ClientId, DataEpoch } from "@parley/protocol/ids.ts";
import type { CachePatch, CacheReads } from "./cache-store.ts";
import type { AsideRow, NewEntry } from "./model.ts";
import { cursorOf, removeSpan } from "./ranges.ts";

/**
 * S6c: numbers compare only within one data epoch. When the server was restored:
 *
 *   1. `resetEpoch`, one transaction: every number is let go; chats with rows are to be reconciled;
 *   2. a full hello states everything anew; chats it does not list are marked lost (`markLost`);
 *   3. each chat is compared with the server by hash, newest first, until both agree (`commonSeq`);
 *   4. `cutChat`, one transaction per chat: rows later than that are taken out. Before, what becomes of
 *      own ones was put into the journal (`entriesOfLost`), and others' messages were set aside there as
 *      no longer on the server (`asideOf`): a cache can be dropped at any time, and nobody else has them.
 *      What was deleted for everyone is neither: the server is asked (V35).
 *
 * Journal and cache are two databases, so step 4 offers first and cuts then: a crash in between
 * offers again, which changes nothing.
 */

/** Step 1. Chats without rows are simply stated anew. */
export async function resetEpoch(
  reads: CacheReads,
  dataEpoch: DataEpoch,
): Promise<{ patch: CachePatch; result: true }> {
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
      clearValues: true,
      chats,
      members: rows.map((row) => ({ chatId: row.chatId, members: [] })),
    },
    result: true,
  };
}

/** Step 2. */
export async function markLost(
  reads: CacheReads,
  listed: ReadonlySet<string>,
): Promise<{ patch: CachePatch; result: true }> {
  const rows = await reads.allChats();
  const chats = rows
    .filter((row) => !listed.has(row.chatId) && row.statedChange === 0)
    .map((row) => ({ ...row, lost: true, reconcile: false }));
  return { patch: { chats }, result: true };
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

/** What a restored server lost of one chat, as this device holds it. */
export type Lost = {
  /** Rows later than the common history, in seq order. */
  rows: readonly Event[];
  /** Of the rows up to there, those that own lost relations changed, by seq. */
  kept: ReadonlyMap<number, Event>;
  /** S13: names that the server knows to be erased. */
  erased: ReadonlySet<ClientId>;
  /** Newest seq of the common history. */
  common: number;
};

/**
 * V35: the entries that an account's own lost rows become, in their order: messages are offered, with
 * the text of their newest edit; edits, reactions and deletions of what is still there are sent again.
 */
export function entriesOfLost(lost: Lost, me: AccountId, nowMs: number): NewEntry[] {
  const own = lost.rows.filter((event) => event.senderId === me && event.system === undefined);
  const takenBack = new Set(
    own.filter((event) => event.rel?.kind === REL.redact).map((event) => event.rel?.target),
  );
  return own.flatMap((event): NewEntry[] => {
    const send = isMessage(event) ? offered(event, lost) : repeated(event, lost, takenBack);
    if (send === undefined) return [];
    const { clientId, chatId } = send;
    const rest = { seq: null, error: null };
    // An offer keeps the time at which it was written; nothing waits for it.
    return isMessage(event)
      ? [{ clientId, chatId, send, state: "offered", createdAtMs: event.at, ...rest }]
      : [{ clientId, chatId, send, state: "journaled", createdAtMs: nowMs, ...rest }];
  });
}

/** What the message would be sent as now; undefined if it was deleted or its text is not known here. */
function offered(event: Event, { rows, erased }: Lost): Send | undefined {
  const { chatId, clientId, type, rel, expiresInS, notify, mediaIds, fold } = event;
  if (fold?.erased !== undefined || erased.has(clientId)) return undefined;
  const { alg, payload, mentions } = fold?.edit ?? event;
  if (payload === null) return undefined;
  // A quoted message that is lost comes back only if its owner wants it to: then this one stands alone.
  const target = rows.find((row) => row.clientId === rel?.target);
  const isTargetLost = target !== undefined && target.senderId !== event.senderId;
  return {
    chatId,
    clientId,
    alg,
    type,
    ...(rel && !isTargetLost && { rel }),
    ...(mentions && { mentions }),
    ...(expiresInS !== undefined && { expiresInS }),
    notify,
    ...(mediaIds && { mediaIds }),
    payload,
  };
}

/** The same relation once more; undefined where it has nothing to do any more. */
function repeated(
  event: Event,
  { kept, common }: Lost,
  takenBack: ReadonlySet<ClientId | undefined>,
): Send | undefined {
  const { chatId, clientId, alg, type, rel, notify, targetSeq, rootSeq } = event;
  if (rel === undefined || targetSeq === undefined) return undefined;
  if (Math.max(targetSeq, rootSeq ?? 0) > common || takenBack.has(clientId)) return undefined;
  const target = kept.get(rootSeq ?? targetSeq)?.fold;
  // Deleted meanwhile: that alone is said again.
  if (target?.erased !== undefined && target.erased.seq !== event.seq) return undefined;
  const send = { chatId, clientId, alg, type, rel, notify };
  if (rel.kind !== REL.edit) return { ...send, payload: event.payload ?? "" };
  // Only the newest edit counts; what it says stands in the fold of its target.
  const edit = target?.edit;
  if (edit === undefined || edit.seq !== event.seq) return undefined;
  const { payload, mentions } = edit;
  return { ...send, alg: edit.alg, ...(mentions && { mentions }), payload };
}

/** Seqs of the rows up to `common` that own lost relations changed. */
export function changedBefore(rows: readonly Event[], me: AccountId, common: number): number[] {
  const seqs = rows
    .filter((event) => event.senderId === me)
    .flatMap((event) => foldTargetOf(event) ?? []);
  return [...new Set(seqs)].filter((seq) => seq <= common);
}

/** Others' lost messages as they are kept: without their text if they were deleted (S13). */
export function asideOf({ rows, erased }: Lost, me: AccountId, epoch: DataEpoch): AsideRow[] {
  return rows
    .filter((event) => event.senderId !== me && isMessage(event))
    .map((event) => ({ chatId: event.chatId, event: withoutErased(event, erased), epoch }));
}

/** S13: who deleted it when is not known any more; its sender and time stand for that. */
function withoutErased<Row extends Event>(event: Row, erased: ReadonlySet<ClientId>): Row {
  if (!erased.has(event.clientId)) return event;
  const { seq, at, senderId: by } = event;
  const fold: Fold = { foldSeq: seq, erased: { seq, at, by }, reactions: [], recent: [] };
  return { ...event, payload: null, fold };
}

/** S13: a chat that the server lost stays readable, but for what was deleted for everyone. */
export async function blankErased(
  reads: CacheReads,
  chatId: ChatId,
  erased: ReadonlySet<ClientId>,
): Promise<{ patch: CachePatch; result: true }> {
  const rows = await reads.eventsBetween(chatId, 1, Number.MAX_SAFE_INTEGER);
  const events = rows
    .filter((row) => erased.has(row.clientId))
    .map((row) => withoutErased(row, erased));
  return { patch: { events }, result: true };
}

/** Step 4. Rows whose fold reaches past `common` may hold what was lost: they become gaps. */
export async function cutChat(
  reads: CacheReads,
  chatId: ChatId,
  common: number,
): Promise<{ patch: CachePatch; result: true }> {
  const [[row], ranges, kept] = await Promise.all([
    reads.chats([chatId]),
    reads.ranges(chatId),
    reads.eventsBetween(chatId, 1, common),
  ]);
  if (row === undefined) return { patch: {}, result: true };
  let cut = removeSpan(ranges, { from: common + 1, to: Number.MAX_SAFE_INTEGER });
  const drops = [{ chatId, from: common + 1, to: Number.MAX_SAFE_INTEGER }];
  for (const event of kept) {
    if (event.fold === undefined || event.fold.foldSeq <= common) continue;
    cut = removeSpan(cut, { from: event.seq, to: event.seq });
    drops.push({ chatId, from: event.seq, to: event.seq });
  }
  const touched = new Set(drops.map((drop) => drop.from));
  // S7: what did not fit the former chain says nothing of the present one.
  const faults = row.faults.filter((fault) => fault.seq <= common);
  return {
    patch: {
      chats: [{ ...row, reconcile: false, cursor: cursorOf(cut), faults }],
      ranges: [{ chatId, ranges: cut }],
      dropEvents: drops,
      events: kept
        .filter((event) => !touched.has(event.seq) && event.foldSeq > common)
        .map((event) => ({ ...event, foldSeq: common })),
    },
    result: true,
  };
}
