import type { AsideRow, EventRow, OutboxEntry } from "@parley/client/sync/model.ts";
import { type PendingRelations, pendingRelations } from "@parley/client/sync/pending.ts";
import type { Span } from "@parley/client/sync/ranges.ts";
import { isMessage } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { Dexie } from "dexie";
import type { CacheDb } from "./cache-db.ts";
import type { DexieJournalStore } from "./dexie-journal-store.ts";
import { keepSameRows } from "./keep-same.ts";
import type { EntryItem, EventItem, Timeline, TimelineWindow } from "./read-models.ts";
import { unpackEvent } from "./row-codec.ts";
import { entryItem, eventItem, isShown, lostAmong, lostItem, withHoles } from "./timeline-items.ts";

/** One message by its name; an entry of the outbox until its event is here. */
export async function readMessage(
  cache: CacheDb,
  journal: DexieJournalStore,
  me: AccountId,
  chatId: ChatId,
  clientId: ClientId,
): Promise<EventItem | EntryItem | null> {
  // The journal first: an entry that leaves in between is then in the cache, not nowhere.
  const entries = await journal.entries(chatId);
  const event = await cache.events.where("clientId").equals(clientId).first();
  const { pending } = await unheldEntries(cache, entries);
  if (event?.chatId === chatId) return eventItem(unpackEvent(event), me, pending);
  const entry = entries.find((one) => one.clientId === clientId);
  return entry === undefined ? null : entryItem(entry, me, entries, pending);
}

type Loaded = { rows: EventRow[]; more: boolean };

function between(cache: CacheDb, chatId: ChatId, from: number, to: number) {
  return cache.events.where("[chatId+seq]").between([chatId, from], [chatId, to], true, true);
}

/** Up to `limit` shown rows before `seq` (exclusive), in seq order, and whether there are more. */
async function loadBefore(
  cache: CacheDb,
  chatId: ChatId,
  seq: number,
  limit: number,
): Promise<Loaded> {
  if (limit <= 0)
    return {
      rows: [],
      more:
        (await between(cache, chatId, 1, seq - 1)
          .limit(1)
          .count()) > 0,
    };
  const stored = await between(cache, chatId, 1, seq - 1)
    .reverse()
    .limit(limit + 1)
    .toArray();
  const rows = stored.slice(0, limit).map(unpackEvent).toReversed();
  return { rows, more: stored.length > limit };
}

async function loadFrom(
  cache: CacheDb,
  chatId: ChatId,
  seq: number,
  limit: number,
): Promise<Loaded> {
  const stored = await between(cache, chatId, seq, Number.MAX_SAFE_INTEGER)
    .limit(limit + 1)
    .toArray();
  return { rows: stored.slice(0, limit).map(unpackEvent), more: stored.length > limit };
}

/**
 * The seqs that a window shows: from its first loaded event, or from 1 when nothing older is cached,
 * to its last, or to the head when nothing newer is.
 */
function spanOf(older: Loaded, newer: Loaded, anchorSeq: number, headSeq: number): Span {
  const first = older.rows[0] ?? newer.rows[0];
  const last = newer.rows.at(-1) ?? older.rows.at(-1);
  const from = older.more ? (first?.seq ?? anchorSeq) : 1;
  const to = newer.more ? (last?.seq ?? anchorSeq) : headSeq;
  return { from, to };
}

type Unheld = { messages: OutboxEntry[]; pending: PendingRelations };

/** S11: what the cache does not hold yet: messages, and changes of messages. */
async function unheldEntries(cache: CacheDb, entries: readonly OutboxEntry[]): Promise<Unheld> {
  if (entries.length === 0) return { messages: [], pending: new Map() };
  const held = new Set<ClientId>();
  const ids = entries.map((entry) => entry.clientId);
  await cache.events
    .where("clientId")
    .anyOf(ids)
    .each((row) => held.add(row.clientId));
  return {
    messages: entries.filter((entry) => isMessage(entry.send) && !held.has(entry.clientId)),
    pending: pendingRelations(entries, held),
  };
}

/** S6c: what was set aside and has not come back meanwhile, sent again by its owner. */
async function stillLost(cache: CacheDb, aside: readonly AsideRow[]): Promise<AsideRow[]> {
  if (aside.length === 0) return [];
  const back = new Set<string>();
  const ids = aside.map((row) => row.event.clientId);
  await cache.events
    .where("clientId")
    .anyOf(ids)
    .each((row) => back.add(row.clientId));
  return aside.filter((row) => !back.has(row.event.clientId));
}

/**
 * S11: cached rows of a window, gaps in their place, and the entries that the cache does not hold,
 * which stand at the end of the chat.
 */
export async function readTimeline(
  cache: CacheDb,
  journal: DexieJournalStore,
  me: AccountId,
  chatId: ChatId,
  window: TimelineWindow,
  before: Timeline | undefined,
): Promise<Timeline> {
  // The journal first: an entry that leaves in between is then in the cache, not nowhere.
  const entries = await journal.entries(chatId);
  const row = await cache.chats.get(chatId);
  const headSeq = row?.headSeq ?? 0;
  const anchorSeq = window.anchor === "newest" ? headSeq + 1 : window.anchor.seq;
  const after = window.anchor === "newest" ? 0 : window.after;
  const [older, newer, stored, asideRows, waiting] = await Promise.all([
    loadBefore(cache, chatId, anchorSeq, window.before),
    window.anchor === "newest"
      ? { rows: [], more: false }
      : loadFrom(cache, chatId, anchorSeq, after),
    cache.ranges
      .where("[chatId+from]")
      .between([chatId, Dexie.minKey], [chatId, Dexie.maxKey])
      .toArray(),
    journal.aside(chatId),
    unheldEntries(cache, entries),
  ]);
  const span = spanOf(older, newer, anchorSeq, headSeq);
  const ranges = stored.map(({ from, to, kind }) => ({ from, to, kind }));
  const events = [...older.rows, ...newer.rows]
    .filter(isShown)
    .map((event) => eventItem(event, me, waiting.pending));
  const open = { older: older.more, newer: newer.more };
  const lost = lostAmong(
    (await stillLost(cache, asideRows)).map((stray) => lostItem(stray, me)),
    events,
    open,
  );
  const atEnd = newer.more
    ? []
    : waiting.messages.map((entry) => entryItem(entry, me, entries, waiting.pending));
  const items = [...withHoles(events, lost, ranges, span), ...atEnd];
  const kept = keepSameRows(
    before?.chatId === chatId ? before.items : undefined,
    items,
    (item) => `${item.kind}:${item.key}`,
  );
  return {
    chatId,
    items: kept,
    seqsBefore: span.from - 1,
    seqsAfter: Math.max(0, headSeq - span.to),
    cachedBefore: older.more,
    cachedAfter: newer.more,
    headSeq,
  };
}
