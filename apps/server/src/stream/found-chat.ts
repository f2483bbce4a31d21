import { CHAIN_START } from "@parley/protocol/chain.ts";
import type { ChatKind } from "@parley/protocol/chat.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { DecideContext, Write } from "../storage/command.ts";
import type { Publication } from "../storage/publication.ts";
import type { ChatRow, MembershipRow } from "../storage/rows.ts";
import { floorOf } from "./floor.ts";
import { type Actor, appendEvent, systemDraft } from "./append-event.ts";

export type Founding = {
  chatId: ChatId;
  kind: ChatKind;
  title: string | null;
  pairKey: string | null;
  history: "all" | "joined";
  /** All members, the founder included, without doubles. */
  members: readonly AccountId[];
  by: Actor;
};

/**
 * Makes a chat with its first event, which names the members (S17). The founder is its owner, as
 * `foldRoster` reads it from that event; only in groups does the role allow anything.
 */
export function foundChat(
  founding: Founding,
  context: DecideContext,
): { writes: Write[]; publish: Publication[] } {
  const { chatId, kind, title, pairKey, history, members, by } = founding;
  const marked = members.map(() => 1);
  const large = members.length > LIMITS.receiptDetailMembers;
  const empty: ChatRow = {
    chatId,
    kind,
    title,
    createdAt: context.now,
    createdBy: by.accountId,
    pairKey,
    history,
    headSeq: 0,
    headHash: CHAIN_START,
    headAt: 0,
    lastMessageSeq: 0,
    rev: 0,
    membershipVersion: 1,
    memberCount: members.length,
    deliveredFloor: large ? floorOf(marked) : null,
    readFloor: large ? floorOf(marked) : null,
    change: context.change,
  };
  const system = { kind: "created" as const, title, accountIds: [...members] };
  const { chat, row } = appendEvent(empty, by, systemDraft(system, context), context);
  const memberships = members.map((accountId): Write => {
    const membership: MembershipRow = {
      chatId,
      accountId,
      joinedSeq: 1,
      leftSeq: null,
      visibleFromSeq: 1,
      role: accountId === by.accountId ? "owner" : "member",
      deliveredSeq: 1,
      readSeq: 1,
      change: context.change,
    };
    return { put: "membership", row: membership };
  });
  return {
    writes: [{ put: "chat", row: chat }, { put: "event", row }, ...memberships],
    // V9: to whoever is new, the chat itself says all.
    publish: [{ kind: "chat", chatId, accountIds: [...members] }],
  };
}
