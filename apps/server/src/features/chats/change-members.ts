import type { SystemContent } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { DecideContext, State, Write } from "../../storage/command.ts";
import type { Publication } from "../../storage/publication.ts";
import type { AccountRow, ChatRow, EventRow, MembershipRow } from "../../storage/rows.ts";
import {
  floorPublications,
  floorsOf,
  isShownDifferently,
  showsMinima,
} from "../../stream/group-floors.ts";
import { type Actor, appendEvent, systemDraft } from "../../stream/append-event.ts";

type MembersChange = {
  chat: ChatRow;
  by: Actor;
  system: SystemContent;
  /** Rows that the event changes, given its seq. */
  rows(seq: number): MembershipRow[];
  /** Who is new: they get the chat in full instead of the event (V9). */
  joined: readonly AccountRow[];
  /** Who is out: they get the event and then the chat as it ends for them (V8). */
  left: readonly AccountId[];
};

export function personOf({ accountId, handle, name }: AccountRow): Person {
  return { accountId, handle, name };
}

/**
 * S17: writes a system event that changes who is a member or in which role, with all that follows:
 * rows, count, membership version, floors, and who is to hear of it.
 */
export function changeMembers(
  state: State,
  change: MembersChange,
  context: DecideContext,
): { row: EventRow; writes: Write[]; publish: Publication[] } {
  const { by, system, joined, left } = change;
  const appended = appendEvent(change.chat, by, systemDraft(system, context), context);
  const { row } = appended;
  const rows = change.rows(row.event.seq);
  const members = membersAfter(state.members(change.chat.chatId), rows);
  const chat: ChatRow = {
    ...appended.chat,
    membershipVersion: row.event.seq,
    memberCount: members.length,
    ...floorsOf(members),
  };
  return {
    row,
    writes: [
      { put: "chat", row: chat },
      { put: "event", row },
      ...rows.map((membership): Write => ({ put: "membership", row: membership })),
    ],
    publish: publicationsOf(change.chat, chat, members, row, joined, left),
  };
}

function membersAfter(
  before: readonly MembershipRow[],
  changed: readonly MembershipRow[],
): MembershipRow[] {
  const rows = new Map(before.map((member) => [member.accountId, member]));
  for (const row of changed) rows.set(row.accountId, row);
  return [...rows.values()].filter((member) => member.leftSeq === null);
}

function publicationsOf(
  before: ChatRow,
  chat: ChatRow,
  members: readonly MembershipRow[],
  row: EventRow,
  joined: readonly AccountRow[],
  left: readonly AccountId[],
): Publication[] {
  const people = joined.map(personOf);
  // A group that grows past the limit, or shrinks to it, is described to its members in another way.
  const redescribed = showsMinima(before.memberCount) !== showsMinima(chat.memberCount);
  const told = redescribed
    ? members.map((member) => member.accountId)
    : joined.map((account) => account.accountId);
  const accountIds = [...told, ...left];
  const floorsMoved =
    isShownDifferently(before.deliveredFloor, chat.deliveredFloor) ||
    isShownDifferently(before.readFloor, chat.readFloor);
  return [
    { kind: "event", event: row.event, ...(people.length > 0 && { people }) },
    ...(accountIds.length > 0 ? [{ kind: "chat" as const, chatId: chat.chatId, accountIds }] : []),
    ...(floorsMoved && !redescribed ? floorPublications(chat, members) : []),
  ];
}
