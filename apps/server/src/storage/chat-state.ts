import type { ChatState, Member, Watermarks } from "@parley/protocol/chat.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Roster } from "@parley/protocol/roster.ts";
import type { ChatView } from "./port.ts";
import type { ChatRow, MarkFloor, MembershipRow } from "./rows.ts";
import { newestPeriod, visibleHead } from "./visible.ts";

/** A member as the wire tells it. */
export function memberOf({
  accountId,
  role,
  joinedSeq,
  deliveredSeq,
  readSeq,
}: MembershipRow): Member {
  return { accountId, role, joinedSeq, deliveredSeq, readSeq };
}

/** S8: what a member whose own mark is `own` is shown: the lowest mark over the others. */
export function lowestOfOthers(floor: MarkFloor, own: number): number {
  const alone = floor.holders === 1 && own === floor.min;
  return alone && floor.next !== null ? floor.next : floor.min;
}

function othersMinOf(chat: ChatRow, own: MembershipRow): Watermarks | null {
  if (!chat.deliveredFloor || !chat.readFloor) return null;
  return {
    deliveredSeq: lowestOfOthers(chat.deliveredFloor, own.deliveredSeq),
    readSeq: lowestOfOthers(chat.readFloor, own.readSeq),
  };
}

type Shown = Pick<
  ChatState,
  "title" | "rev" | "membershipVersion" | "memberCount" | "members" | "othersMin"
>;

function presentState({ chat, members }: ChatView, own: MembershipRow): Shown {
  return {
    title: chat.title,
    rev: chat.rev,
    membershipVersion: chat.membershipVersion,
    memberCount: chat.memberCount,
    members: members?.map(memberOf) ?? null,
    othersMin: othersMinOf(chat, own),
  };
}

/** X3: nothing of what came after the end. */
function endedState({ title, membershipVersion, members }: Roster, own: MembershipRow): Shown {
  return {
    title,
    rev: own.change,
    membershipVersion,
    memberCount: members.length,
    members: members.length <= LIMITS.receiptDetailMembers ? [...members] : null,
    othersMin: null,
  };
}

/** S6: a chat as the wire tells it to one account. Pure. */
export function chatStateOf(view: ChatView): ChatState {
  const { chat, periods, unread, mentions, last } = view;
  const own = newestPeriod(periods);
  const headSeq = visibleHead(chat, periods);
  return {
    chatId: chat.chatId,
    kind: chat.kind,
    createdAt: chat.createdAt,
    headSeq,
    ...(view.ended ? endedState(view.ended, own) : presentState(view, own)),
    my: {
      role: own.role,
      joinedSeq: own.joinedSeq,
      leftSeq: own.leftSeq,
      deliveredSeq: own.deliveredSeq,
      readSeq: own.readSeq,
      unread,
      mentions,
      countedThroughSeq: headSeq,
    },
    last,
  };
}
