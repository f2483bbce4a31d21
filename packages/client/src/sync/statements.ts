import type { ChangeOf, ChatState, Member, MyMembership } from "@parley/protocol/chat.ts";
import { addToCounts, type Counts } from "@parley/protocol/counts.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { mergeMarks } from "@parley/protocol/receipts.ts";
import type { Checks } from "./chain-checks.ts";
import { type ChatImage, imageOf, refreshOthersMin } from "./chat-image.ts";
import type { ChatRow } from "./model.ts";
import { previewOf } from "./preview.ts";

/**
 * What the server states about a chat as a whole, merged into its image. Statements may come late,
 * twice or in any order: marks only grow, numbers and members follow the newest statement.
 */

function peerOf(chat: ChatState, me: AccountId): AccountId | null {
  if (chat.kind !== "direct") return null;
  return chat.members?.find((member) => member.accountId !== me)?.accountId ?? null;
}

function newRow(chat: ChatState, me: AccountId): ChatRow {
  return {
    chatId: chat.chatId,
    kind: chat.kind,
    title: chat.title,
    createdAt: chat.createdAt,
    headSeq: chat.headSeq,
    cursor: 0,
    rev: chat.rev,
    rosterSeq: 0,
    membershipVersion: 0,
    memberCount: chat.memberCount,
    membersKnown: false,
    othersMin: chat.othersMin,
    peerId: peerOf(chat, me),
    my: chat.my,
    last: null,
    activityAt: chat.createdAt,
    statedChange: 0,
    countsChange: 0,
    reconcile: false,
    lost: false,
    faults: [],
  };
}

function mergeMembers(known: readonly Member[], stated: readonly Member[]): Member[] {
  const before = new Map(known.map((member) => [member.accountId, member]));
  return stated.map((member) => {
    const old = before.get(member.accountId);
    // S8: marks count only within one membership.
    return old?.joinedSeq === member.joinedSeq ? { ...member, ...mergeMarks(old, member) } : member;
  });
}

function raiseMarks(
  members: readonly Member[],
  marks: readonly Pick<Member, "accountId" | "deliveredSeq" | "readSeq">[],
): Member[] {
  const moved = new Map(marks.map((mark) => [mark.accountId, mark]));
  return members.map((member) => {
    const mark = moved.get(member.accountId);
    return mark === undefined ? member : { ...member, ...mergeMarks(member, mark) };
  });
}

/** S9: the server's numbers plus what this device has seen since; needs the events after them loaded. */
function restated(image: ChatImage, stated: Counts): Counts {
  // S6c: rows of an older epoch are not what comes after the server's numbers.
  if (image.row.reconcile) return stated;
  const later = [...image.events.values()].filter((event) => event.seq <= image.row.cursor);
  return addToCounts(stated, later, image.me);
}

/** The first seq whose event a restatement of the numbers needs, if any (see `restated`). */
export function countedAgainFrom(row: ChatRow, stated: Counts): number | undefined {
  if (row.reconcile) return undefined;
  return stated.countedThroughSeq < row.cursor ? stated.countedThroughSeq + 1 : undefined;
}

function mergedMy(image: ChatImage, stated: MyMembership, change: number): MyMembership {
  const { my, countsChange } = image.row;
  const sameMembership = my.joinedSeq === stated.joinedSeq;
  const marks = sameMembership ? mergeMarks(my, stated) : stated;
  const counts = change >= countsChange ? restated(image, stated) : my;
  return {
    ...stated,
    deliveredSeq: marks.deliveredSeq,
    readSeq: marks.readSeq,
    unread: counts.unread,
    mentions: counts.mentions,
    countedThroughSeq: counts.countedThroughSeq,
  };
}

/** The image of a chat that the cache does not know yet. */
export function imageOfNew(chat: ChatState, me: AccountId, checks: Checks): ChatImage {
  return imageOf(me, newRow(chat, me), checks);
}

/** Applies a chat in full: from a hello, a heal, a creation, or live (S6, V9). */
export function applyChatState(image: ChatImage, chat: ChatState, change: number): void {
  const { row } = image;
  if (change < row.statedChange) {
    image.row = { ...row, headSeq: Math.max(row.headSeq, chat.headSeq) };
    return;
  }
  const rosterNewer = chat.headSeq >= row.rosterSeq;
  if (chat.members !== null) {
    image.members = rosterNewer
      ? mergeMembers(image.members, chat.members)
      : raiseMarks(image.members, chat.members);
    image.membersChanged = true;
  }
  const keepsLast = !row.reconcile && row.last !== null && row.last.seq > chat.headSeq;
  // S7: what does not fit its hash is not shown, not even as a line of the list.
  const isDamaged = chat.last !== null && image.checks.faultOf(chat.last) !== undefined;
  const stated = chat.last === null ? null : previewOf(chat.last);
  const last = keepsLast || isDamaged ? row.last : stated;
  const my = mergedMy(image, chat.my, change);
  image.row = {
    ...row,
    headSeq: Math.max(row.headSeq, chat.headSeq),
    rev: Math.max(row.rev, chat.rev),
    lost: false,
    last,
    activityAt: Math.max(row.activityAt, last?.at ?? 0),
    statedChange: change,
    countsChange: Math.max(row.countsChange, change),
    peerId: peerOf(chat, image.me) ?? row.peerId,
    othersMin: chat.othersMin ?? row.othersMin,
    ...(rosterNewer && {
      title: chat.title,
      rosterSeq: chat.headSeq,
      membershipVersion: chat.membershipVersion,
      memberCount: chat.memberCount,
      membersKnown:
        chat.members !== null ||
        (row.membersKnown && row.membershipVersion === chat.membershipVersion),
    }),
    my: rosterNewer
      ? my
      : { ...my, role: row.my.role, joinedSeq: row.my.joinedSeq, leftSeq: row.my.leftSeq },
  };
  if (chat.members !== null) refreshOthersMin(image);
}

/** S8: applies moved watermarks of others. */
export function applyReceipts(image: ChatImage, change: Omit<ChangeOf<"receipts">, "kind">): void {
  image.row = {
    ...image.row,
    rev: Math.max(image.row.rev, change.rev),
    othersMin:
      change.othersMin === null
        ? image.row.othersMin
        : mergeMarks(image.row.othersMin ?? change.othersMin, change.othersMin),
  };
  if (change.marks.length === 0) return;
  image.members = raiseMarks(image.members, change.marks);
  image.membersChanged = true;
  refreshOthersMin(image);
}

/** S9: applies my own marks and numbers. */
export function applyCounts(image: ChatImage, change: Omit<ChangeOf<"counts">, "kind">): void {
  const { row } = image;
  if (change.change < row.countsChange) return;
  image.row = {
    ...row,
    countsChange: change.change,
    my: { ...row.my, ...mergeMarks(row.my, change), ...restated(image, change) },
  };
}

/** S8: applies the members of a large group, fetched as a whole. */
export function applyMembers(
  image: ChatImage,
  answer: { membershipVersion: number; members: readonly Member[] },
): void {
  const { row } = image;
  if (answer.membershipVersion < row.membershipVersion) return;
  image.members = mergeMembers(image.members, answer.members);
  image.membersChanged = true;
  image.row = {
    ...row,
    membershipVersion: answer.membershipVersion,
    memberCount: answer.members.length,
    membersKnown: true,
  };
  refreshOthersMin(image);
}
