import type { ChatRow, DraftRow, OutboxEntry, Preview } from "@parley/client/sync/model.ts";
import { overlay, type PendingRelations, pendingRelations } from "@parley/client/sync/pending.ts";
import { contentOf, previewContent } from "@parley/client/sync/preview.ts";
import { openPayload } from "@parley/protocol/content.ts";
import { isMessage } from "@parley/protocol/event.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import { stateOfSent } from "@parley/protocol/receipts.ts";
import type { CacheDb } from "./cache-db.ts";
import { type Clocks, flagsOf, pinnedIn, readShownValues, type ShownValues } from "./chat-flags.ts";
import type { DexieJournalStore } from "./dexie-journal-store.ts";
import { keepSameRows } from "./keep-same.ts";
import { entryState } from "./own-state.ts";
import type {
  ChatList,
  ChatListRow,
  MessagePreview,
  OwnState,
  TotalUnread,
} from "./read-models.ts";

/** What of the journal shows in the list. */
export type JournalView = {
  /** The newest message entry of each chat that the cache does not hold. */
  entries: ReadonlyMap<ChatId, OutboxEntry>;
  drafts: ReadonlyMap<ChatId, DraftRow>;
  readMarks: ReadonlyMap<ChatId, number>;
  /** V47: own edits and deletions that wait, by their targets. */
  pending: PendingRelations;
};

/** What account values say, and by which clock. */
export type ValuesView = { values: ShownValues; clocks: Clocks };

/** S9: the shared numbers; an own mark on its way that covers all that was counted shows as read. */
export function shownUnread(
  row: ChatRow,
  pendingReadSeq: number | undefined,
): { unread: number; mentions: number } {
  const { unread, mentions, countedThroughSeq } = row.my;
  if (row.lost) return { unread: 0, mentions: 0 };
  return (pendingReadSeq ?? 0) >= Math.max(countedThroughSeq, 1)
    ? { unread: 0, mentions: 0 }
    : { unread, mentions };
}

function previewOfRow(
  last: Preview,
  me: AccountId,
  people: ReadonlyMap<AccountId, Person>,
): MessagePreview {
  const mine = last.senderId === me;
  return {
    clientId: last.clientId,
    seq: last.seq,
    senderId: last.senderId,
    sender: mine ? null : (people.get(last.senderId) ?? null),
    mine,
    atMs: last.at,
    content: last.content,
  };
}

function previewOfEntry(entry: OutboxEntry, me: AccountId): MessagePreview {
  return {
    clientId: entry.clientId,
    seq: entry.seq,
    senderId: me,
    sender: null,
    mine: true,
    atMs: entry.createdAtMs,
    content: previewContent(openPayload(entry.send.alg, entry.send.payload)),
  };
}

function lastOf(
  row: ChatRow,
  entry: OutboxEntry | undefined,
  me: AccountId,
  people: ReadonlyMap<AccountId, Person>,
): { last: MessagePreview | null; lastState: OwnState | null } {
  const held = row.last;
  const known = entry !== undefined && entry.clientId === held?.clientId;
  if (entry !== undefined && !known) {
    return { last: previewOfEntry(entry, me), lastState: entryState(entry) };
  }
  if (held === null) return { last: null, lastState: null };
  const last = previewOfRow(held, me, people);
  return { last, lastState: last.mine ? stateOfSent(held.seq, row.othersMin ?? undefined) : null };
}

/** V47: the line says what the message says once the own changes that wait have their place. */
function withPending(
  last: MessagePreview,
  pending: PendingRelations,
  me: AccountId,
): MessagePreview {
  const { clientId } = last;
  const fold = overlay({ clientId, alg: "none", payload: null, foldSeq: 0 }, pending, me)?.fold;
  if (fold?.erased === undefined && fold?.edit === undefined) return last;
  const content = contentOf({ alg: "none", payload: null, fold });
  return { ...last, content: previewContent(content) };
}

/** One line of the chat list. Pure. */
export function listRow(
  row: ChatRow,
  journal: JournalView,
  me: AccountId,
  people: ReadonlyMap<AccountId, Person>,
  { values, clocks }: ValuesView,
): ChatListRow {
  const { chatId } = row;
  const entry = journal.entries.get(chatId);
  const { last: before, lastState } = lastOf(row, entry, me, people);
  const last = before === null ? null : withPending(before, journal.pending, me);
  // An entry lifts its chat at once, even if this device's clock is behind the server's (S5).
  const activityAtMs = Math.max(row.activityAt, last?.atMs ?? 0);
  return {
    chatId,
    kind: row.kind,
    title: row.title,
    peer: row.peerId === null ? null : (people.get(row.peerId) ?? null),
    last,
    lastState,
    activityAtMs,
    ...shownUnread(row, journal.readMarks.get(chatId)),
    draft: journal.drafts.get(chatId)?.text || null,
    left: row.my.leftSeq !== null,
    ...flagsOf(values, chatId, row.peerId, clocks),
  };
}

async function readJournal(journal: DexieJournalStore): Promise<JournalView> {
  const [entries, drafts, marks] = await Promise.all([
    journal.entries(),
    journal.db.drafts.toArray(),
    journal.readMarks(),
  ]);
  const messages = entries.filter((entry) => isMessage(entry.send));
  return {
    // In order of writing, so the newest one stays.
    entries: new Map(messages.map((entry) => [entry.chatId, entry])),
    drafts: new Map(drafts.map((draft) => [draft.chatId, draft])),
    readMarks: new Map(marks.map((mark) => [mark.chatId, mark.readSeq])),
    pending: pendingRelations(entries, new Set()),
  };
}

async function readPeople(
  cache: CacheDb,
  rows: readonly ChatRow[],
): Promise<ReadonlyMap<AccountId, Person>> {
  const ids = new Set<AccountId>();
  for (const row of rows) {
    if (row.peerId !== null) ids.add(row.peerId);
    if (row.last !== null) ids.add(row.last.senderId);
  }
  const found = await cache.people.bulkGet([...ids]);
  return new Map(
    found.flatMap((person) => {
      if (person === undefined) return [];
      const { accountId, handle, name } = person;
      return [[accountId, { accountId, handle, name }] as const];
    }),
  );
}

/** Reads the list from the chats table alone: no event is touched. */
export async function readChatList(
  cache: CacheDb,
  journalStore: DexieJournalStore,
  me: AccountId,
  limit: number | undefined,
  clocks: Clocks,
  before: ChatList | undefined,
): Promise<ChatList> {
  // The journal first: an entry that leaves in between is then in the cache, not nowhere.
  const journal = await readJournal(journalStore);
  const newest = cache.chats.orderBy("activityAt").reverse();
  const values = await readShownValues(cache, journalStore);
  const pins = pinnedIn(values);
  const [top, total, meta] = await Promise.all([
    limit === undefined ? newest.toArray() : newest.limit(limit).toArray(),
    cache.chats.count(),
    cache.meta.get("state"),
  ]);
  const shown = new Set(top.map((row) => row.chatId));
  const lifted = [...new Set([...journal.entries.keys(), ...pins])].filter(
    (chatId) => !shown.has(chatId),
  );
  const more = lifted.length > 0 ? await cache.chats.bulkGet(lifted) : [];
  const chats = [...top, ...more.filter((row) => row !== undefined)];
  const people = await readPeople(cache, chats);
  const places = new Map(pins.map((chatId, place) => [chatId, place]));
  const placeOf = (chatId: ChatId): number => places.get(chatId) ?? pins.length;
  const rows = chats
    .map((row) => listRow(row, journal, me, people, { values, clocks }))
    .sort(
      (a, b) =>
        placeOf(a.chatId) - placeOf(b.chatId) ||
        b.activityAtMs - a.activityAtMs ||
        (a.chatId < b.chatId ? 1 : -1),
    );
  const kept = keepSameRows(before?.rows, rows, (row) => row.chatId);
  const complete = (meta?.since ?? 0) > 0;
  return before?.rows === kept && before.total === total && before.complete === complete
    ? before
    : { rows: kept, total, complete };
}

/** S9: the sum of the list; `list` holds all chats. */
export function totalUnreadOf(list: ChatList): TotalUnread {
  const total = { unread: 0, mentions: 0, chats: 0 };
  for (const { unread, mentions } of list.rows) {
    total.unread += unread;
    total.mentions += mentions;
    if (unread > 0) total.chats += 1;
  }
  return total;
}
