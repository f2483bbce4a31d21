import type { ChatRow, PersonRow, Range } from "@parley/client/sync/model.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import { Dexie } from "dexie";
import type { CacheDb } from "./cache-db.ts";
import {
  alertsOf,
  type ChatAlerts,
  type ChatFlags,
  type Clocks,
  flagsOf,
  readValuesOfChat,
} from "./chat-flags.ts";
import type { DexieJournalStore } from "./dexie-journal-store.ts";
import { verifiedRun } from "@parley/client/sync/verified.ts";
import { keepSame, keepSameRows } from "./keep-same.ts";
import { entryState, ownStateOf } from "./own-state.ts";
import { shownUnread } from "./read-chat-list.ts";
import type { ChatView, OwnState, People, Roster, RosterRow } from "./read-models.ts";

function personOf(row: PersonRow | undefined): Person | null {
  if (row === undefined) return null;
  const { accountId, handle, name } = row;
  return { accountId, handle, name };
}

function faultOf({ faults }: ChatRow): ChatView["chainFault"] {
  const newest = faults.at(-1);
  return newest === undefined ? null : { ...newest, more: faults.length - 1 };
}

function viewOf(
  row: ChatRow,
  ranges: readonly Range[],
  peer: Person | null,
  pendingReadSeq: number | undefined,
  flags: ChatFlags & ChatAlerts,
  offered: number,
): ChatView {
  return {
    chatId: row.chatId,
    kind: row.kind,
    title: row.title,
    peer,
    createdAtMs: row.createdAt,
    memberCount: row.memberCount,
    myRole: row.my.role,
    joinedSeq: row.my.joinedSeq,
    left: row.my.leftSeq !== null,
    headSeq: row.headSeq,
    cachedThroughSeq: row.cursor,
    readSeq: Math.max(row.my.readSeq, pendingReadSeq ?? 0),
    ...shownUnread(row, pendingReadSeq),
    othersMin: row.othersMin,
    lost: row.lost,
    offered,
    verified: verifiedRun(ranges, row.faults),
    chainFault: faultOf(row),
    ...flags,
  };
}

/** A chat as its pane shows it; null where the cache has none of that id. What is as `before` stays the same object. */
export async function readChat(
  cache: CacheDb,
  journal: DexieJournalStore,
  chatId: ChatId,
  clocks: Clocks,
  before: ChatView | null | undefined,
): Promise<ChatView | null> {
  const [row, mark, entries] = await Promise.all([
    cache.chats.get(chatId),
    journal.db.readMarks.get(chatId),
    journal.entries(chatId),
  ]);
  if (row === undefined) return null;
  const peer = row.peerId === null ? null : personOf(await cache.people.get(row.peerId));
  const ranges = await cache.ranges
    .where("[chatId+from]")
    .between([chatId, Dexie.minKey], [chatId, Dexie.maxKey])
    .toArray();
  const values = await readValuesOfChat(cache, journal, chatId, row.peerId);
  const flags = {
    ...flagsOf(values, chatId, row.peerId, clocks),
    ...alertsOf(values, chatId),
  };
  const offered = entries.filter((entry) => entry.state === "offered").length;
  return keepSame(before ?? undefined, viewOf(row, ranges, peer, mark?.readSeq, flags, offered));
}

const ROLE_ORDER = { owner: 0, admin: 1, member: 2 } as const;

function inRosterOrder(a: RosterRow, b: RosterRow): number {
  const byRole = ROLE_ORDER[a.role] - ROLE_ORDER[b.role];
  if (byRole !== 0) return byRole;
  return (
    (a.person?.name ?? "").localeCompare(b.person?.name ?? "") ||
    (a.accountId < b.accountId ? -1 : 1)
  );
}

/** The members of a chat as far as they are here; null where the cache has no such chat. */
export async function readRoster(
  cache: CacheDb,
  me: AccountId,
  chatId: ChatId,
  before: Roster | null | undefined,
): Promise<Roster | null> {
  const chat = await cache.chats.get(chatId);
  if (chat === undefined) return null;
  const members = await cache.members
    .where("[chatId+accountId]")
    .between([chatId, Dexie.minKey], [chatId, Dexie.maxKey])
    .toArray();
  const people = await cache.people.bulkGet(members.map((member) => member.accountId));
  const rows = members
    .map(({ accountId, role, joinedSeq, deliveredSeq, readSeq }, i) => ({
      accountId,
      person: personOf(people[i]),
      role,
      joinedSeq,
      deliveredSeq,
      readSeq,
      mine: accountId === me,
    }))
    .sort(inRosterOrder);
  const kept = keepSameRows(before?.rows, rows, (row) => row.accountId);
  const { memberCount, membersKnown: complete } = chat;
  return keepSame(before ?? undefined, { chatId, rows: kept, memberCount, complete });
}

/** The people of these ids whom the cache knows; `before` itself where nobody changed. */
export async function readPeople(
  cache: CacheDb,
  accountIds: readonly AccountId[],
  before: People | undefined,
): Promise<People> {
  const rows = await cache.people.bulkGet([...accountIds]);
  const people = new Map<AccountId, Person>();
  for (const row of rows) {
    const person = personOf(row);
    if (person !== null)
      people.set(person.accountId, keepSame(before?.get(person.accountId), person));
  }
  const same =
    before?.size === people.size && [...people].every(([id, person]) => before.get(id) === person);
  return same ? before : people;
}

/** S11, S8: where one own message stands; null if this device knows no such message of mine. */
export async function readMessageState(
  cache: CacheDb,
  journal: DexieJournalStore,
  me: AccountId,
  chatId: ChatId,
  clientId: ClientId,
): Promise<OwnState | null> {
  const entry = await journal.entry(clientId);
  const [event, chat] = await Promise.all([
    cache.events.where("clientId").equals(clientId).first(),
    cache.chats.get(chatId),
  ]);
  if (event?.chatId === chatId && event.senderId === me) {
    return ownStateOf({ kind: "event", seq: event.seq, mine: true }, chat?.othersMin ?? null);
  }
  return entry?.chatId === chatId ? entryState(entry) : null;
}
