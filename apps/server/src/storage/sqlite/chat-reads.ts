import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Person } from "@parley/protocol/person.ts";
import { foldRoster, type Roster } from "@parley/protocol/roster.ts";
import type { ChatAccess, ChatView, Numbers, StorageReads } from "../port.ts";
import type { ChatRow, EventRow, MembershipRow } from "../rows.ts";
import { sightOf } from "../shown.ts";
import { isVisible, newestPeriod, type SeqRange, visibleHead } from "../visible.ts";
import { EVENTS, relationReads, shownRow } from "./relation-reads.ts";
import { chatOf, eventOf, membershipOf, moveOf, personOf } from "./row-mapping.ts";
import { changeOf } from "./sqlite-engine.ts";
import { int, type SqlRow, type Statements, textAs } from "./statements.ts";
import { storedEvent } from "./stored-events.ts";

type ChatReads = Pick<
  StorageReads,
  | "watermark"
  | "access"
  | "chatViews"
  | "roster"
  | "erasedElsewhere"
  | "members"
  | "counts"
  | "countsBefore"
  | "seersOf"
  | "shownEvents"
  | "movedFolds"
  | "changedChats"
  | "events"
  | "largeGroups"
  | "firstMoves"
>;

const COUNT_UNREAD = `
  SELECT count(*) AS n FROM events
  WHERE chat_id = ? AND seq > ? AND seq <= ? AND sender_id <> ?
    AND is_message = 1 AND erased_seq IS NULL`;

/** CROSS JOIN: from the few mentions to their events, never from all that is unread. */
const COUNT_MENTIONS = `
  SELECT count(*) AS n FROM mentions m CROSS JOIN events e ON e.chat_id = m.chat_id AND e.seq = m.seq
  WHERE m.chat_id = ? AND m.account_id = ? AND m.seq > ? AND m.seq <= ? AND e.sender_id <> m.account_id
    AND e.is_message = 1 AND e.erased_seq IS NULL`;

/** What the account was never in does not count; what it left counts only until its leaving. */
const CHANGE_OF_CHAT =
  "max(CASE WHEN m.left_seq IS NULL THEN max(m.change, c.change) ELSE m.change END)";

const CHANGED_CHATS = `
  SELECT chat_id, change FROM (
    SELECT m.chat_id AS chat_id, ${CHANGE_OF_CHAT} AS change
    FROM memberships m JOIN chats c ON c.chat_id = m.chat_id
    WHERE m.account_id = ?1 GROUP BY m.chat_id)
  WHERE change > ?2 AND (change, chat_id) > (?3, ?4)
  ORDER BY change, chat_id LIMIT ?5`;

/** V55: what an index gives in its order, a page costs what is on it, and not a look at all chats. */
const ALL_CHATS = `
  SELECT m.chat_id AS chat_id, ${CHANGE_OF_CHAT} AS change
  FROM memberships m CROSS JOIN chats c ON c.chat_id = m.chat_id
  WHERE m.account_id = ? AND m.chat_id > ? GROUP BY m.chat_id ORDER BY m.chat_id LIMIT ?`;

const LAST_MESSAGE = `
  SELECT * FROM events WHERE chat_id = ? AND seq >= ? AND seq <= ? AND is_message = 1
  ORDER BY seq DESC LIMIT 1`;

const EVENT_AT = "SELECT * FROM events WHERE chat_id = ? AND seq = ?";

/** Unread messages by sender: what members who have read up to the same seq share. */
const COUNT_BY_SENDER = `
  SELECT sender_id, count(*) AS n FROM events
  WHERE chat_id = ? AND seq > ? AND seq <= ? AND is_message = 1 AND erased_seq IS NULL
  GROUP BY sender_id`;

const BEHIND = `
  SELECT * FROM memberships
  WHERE chat_id = ? AND account_id = ? AND left_seq IS NULL AND read_seq < ?`;

const FIRST_MOVE = `
  SELECT chat_id, account_id, kind, seq, at FROM receipt_moves
  WHERE chat_id = ? AND account_id = ? AND kind = ? AND seq >= ? ORDER BY seq LIMIT 1`;

const SYSTEM_EVENTS = `
  SELECT * FROM events WHERE chat_id = ? AND seq <= ? AND system IS NOT NULL ORDER BY seq`;

function isListed(roster: Roster): boolean {
  return roster.members.length <= LIMITS.receiptDetailMembers;
}

/** Questions about chats, events and receipts. */
export function chatReads(sql: Statements): ChatReads {
  const accessOf = (accountId: AccountId, chatId: ChatId): ChatAccess | undefined => {
    const periods = sql
      .all("SELECT * FROM memberships WHERE chat_id = ? AND account_id = ?", chatId, accountId)
      .map(membershipOf)
      .sort((a, b) => a.joinedSeq - b.joinedSeq);
    if (periods.length === 0) return undefined;
    const row = sql.get("SELECT * FROM chats WHERE chat_id = ?", chatId);
    return row && { chat: chatOf(row), periods };
  };

  const countsOf = (membership: MembershipRow, headSeq: number) => {
    const { chatId, accountId, readSeq } = membership;
    if (readSeq >= headSeq) return { unread: 0, mentions: 0 };
    const unread = int(sql.get(COUNT_UNREAD, chatId, readSeq, headSeq, accountId) ?? {}, "n");
    if (unread === 0) return { unread: 0, mentions: 0 };
    const mentions = sql.get(COUNT_MENTIONS, chatId, accountId, readSeq, headSeq);
    return { unread, mentions: int(mentions ?? {}, "n") };
  };

  const lastRow = (chat: ChatRow, ranges: readonly SeqRange[]): SqlRow | undefined => {
    const { chatId, lastMessageSeq } = chat;
    if (isVisible(ranges, lastMessageSeq)) return sql.get(EVENT_AT, chatId, lastMessageSeq);
    for (const range of ranges.toReversed()) {
      const row = sql.get(LAST_MESSAGE, chatId, range.from, range.to);
      if (row) return row;
    }
    return undefined;
  };

  const lastOf = ({ chat, periods }: ChatAccess): Event | null => {
    const sight = sightOf(chat, periods);
    const row = lastRow(chat, sight.ranges);
    return row ? shownRow(sql, row, sight) : null;
  };

  /** S9: of members of one chat, each pass over what is unread serves all of them. */
  const countsOfMany = (members: readonly MembershipRow[], headSeq: number): Numbers[] => {
    const bySender = new Map<AccountId, number>();
    let total = 0;
    let countedFrom = headSeq;
    return members
      .toSorted((a, b) => b.readSeq - a.readSeq)
      .map((membership) => {
        const { chatId, accountId, readSeq } = membership;
        for (const row of readSeq < countedFrom
          ? sql.all(COUNT_BY_SENDER, chatId, readSeq, countedFrom)
          : []) {
          const senderId = textAs<AccountId>(row, "sender_id");
          bySender.set(senderId, (bySender.get(senderId) ?? 0) + int(row, "n"));
          total += int(row, "n");
        }
        countedFrom = Math.min(countedFrom, readSeq);
        const unread = total - (bySender.get(accountId) ?? 0);
        const named = unread > 0 && sql.get(COUNT_MENTIONS, chatId, accountId, readSeq, headSeq);
        return { membership, unread, mentions: named ? int(named, "n") : 0, headSeq };
      });
  };

  const membersOf = (chatId: ChatId): MembershipRow[] =>
    sql
      .all(
        "SELECT * FROM memberships WHERE chat_id = ? AND left_seq IS NULL ORDER BY joined_seq, account_id",
        chatId,
      )
      .map(membershipOf);

  /** X3: whoever left sees members and title as they were then: folded from the events until then. */
  const rosterAt = (chatId: ChatId, seq: number): Roster => {
    let roster: Roster = { membershipVersion: 0, title: null, members: [] };
    for (const row of sql.all(SYSTEM_EVENTS, chatId, seq)) {
      roster = foldRoster(roster, eventOf(row).event);
    }
    return roster;
  };

  const viewOf = (access: ChatAccess, personOfId: (id: AccountId) => Person[]): ChatView => {
    const { chat, periods } = access;
    const { leftSeq } = newestPeriod(periods);
    const ended = leftSeq === null ? null : rosterAt(chat.chatId, leftSeq);
    const listed = !ended && chat.memberCount <= LIMITS.receiptDetailMembers;
    const members = listed ? membersOf(chat.chatId) : null;
    const last = lastOf(access);
    const named = ended && isListed(ended) ? ended.members : (members ?? []);
    const ids = new Set(named.map((member) => member.accountId));
    if (last) ids.add(last.senderId);
    return {
      chat,
      periods,
      members,
      ...countsOf(newestPeriod(periods), visibleHead(chat, periods)),
      last,
      ended,
      people: [...ids].flatMap(personOfId),
    };
  };

  return {
    ...relationReads(sql),
    async watermark() {
      return changeOf(sql);
    },
    async access(accountId, chatIds) {
      return chatIds.flatMap((chatId) => accessOf(accountId, chatId) ?? []);
    },
    async chatViews(accountId, chatIds) {
      const known = new Map<AccountId, Person[]>();
      const personOfId = (id: AccountId): Person[] => {
        const before = known.get(id);
        if (before) return before;
        const row = sql.get(
          "SELECT account_id, handle, name FROM accounts WHERE account_id = ?",
          id,
        );
        const found = row ? [personOf(row)] : [];
        known.set(id, found);
        return found;
      };
      return chatIds.flatMap((chatId) => {
        const access = accessOf(accountId, chatId);
        return access ? viewOf(access, personOfId) : [];
      });
    },
    async roster(chatId) {
      const chat = sql.get("SELECT membership_version FROM chats WHERE chat_id = ?", chatId);
      if (!chat) return undefined;
      const members = sql
        .all(
          "SELECT account_id, joined_seq FROM memberships WHERE chat_id = ? AND left_seq IS NULL",
          chatId,
        )
        .map((row) => ({
          accountId: textAs<AccountId>(row, "account_id"),
          joinedSeq: int(row, "joined_seq"),
        }));
      return { chatId, membershipVersion: int(chat, "membership_version"), members };
    },
    async erasedElsewhere(clientIds) {
      const known = "SELECT 1 FROM erased_elsewhere WHERE client_id = ?";
      return clientIds.filter((clientId) => sql.get(known, clientId) !== undefined);
    },

    async members(chatId) {
      return membersOf(chatId);
    },
    async counts(accountId, chatId) {
      const access = accessOf(accountId, chatId);
      if (!access) return undefined;
      const membership = newestPeriod(access.periods);
      const headSeq = visibleHead(access.chat, access.periods);
      return { membership, headSeq, ...countsOf(membership, headSeq) };
    },
    async countsBefore(chatId, seq, accountIds) {
      const chat = sql.get("SELECT head_seq FROM chats WHERE chat_id = ?", chatId);
      if (!chat) return [];
      const behind = accountIds.flatMap((accountId) => {
        const row = sql.get(BEHIND, chatId, accountId, seq);
        return row ? [membershipOf(row)] : [];
      });
      return countsOfMany(behind, int(chat, "head_seq"));
    },
    async changedChats(accountId, since, after, limit) {
      const { change, id } = after ?? { change: -1, id: "" };
      const rows =
        since === 0
          ? sql.all(ALL_CHATS, accountId, id, limit)
          : sql.all(CHANGED_CHATS, accountId, since, change, id, limit);
      return rows.map((row) => ({
        chatId: textAs<ChatId>(row, "chat_id"),
        change: int(row, "change"),
      }));
    },
    async events(chatId, range, cut) {
      const rows = sql.all(EVENTS[cut.order], chatId, range.from, range.to, cut.limit);
      const events: EventRow[] = [];
      let bytes = 0;
      for (const row of rows) {
        const payload = row["payload"];
        bytes += typeof payload === "string" ? payload.length : 0;
        if (events.length > 0 && bytes > cut.maxBytes) break;
        events.push(storedEvent(sql, row));
      }
      return cut.order === "oldest" ? events : events.reverse();
    },
    async largeGroups() {
      return sql
        .all(
          "SELECT chat_id, member_count FROM chats WHERE member_count > ?",
          LIMITS.receiptDetailMembers,
        )
        .map((row) => ({
          chatId: textAs<ChatId>(row, "chat_id"),
          memberCount: int(row, "member_count"),
        }));
    },
    async firstMoves(chatId, accountIds, seq) {
      return accountIds.flatMap((accountId) =>
        (["delivered", "read"] as const).flatMap((kind) => {
          const row = sql.get(FIRST_MOVE, chatId, accountId, kind, seq);
          return row ? [moveOf(row)] : [];
        }),
      );
    },
  };
}
