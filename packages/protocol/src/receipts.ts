import type { Watermarks } from "./chat.ts";
import type { AccountId } from "./ids.ts";

/** States of an own message as ticks show them (S11); they only move forward. */
export const MESSAGE_STATES = ["sending", "sent", "delivered", "read"] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

type Marked = Watermarks & { accountId: AccountId };

/**
 * S8: the lowest marks over all members but `exceptId`; undefined when there is nobody else.
 * In a group, ticks mean all current members but the sender.
 */
export function minimumOverOthers(
  members: readonly Marked[],
  exceptId: AccountId,
): Watermarks | undefined {
  let lowest: Watermarks | undefined;
  for (const member of members) {
    if (member.accountId === exceptId) continue;
    lowest = {
      deliveredSeq: Math.min(lowest?.deliveredSeq ?? Infinity, member.deliveredSeq),
      readSeq: Math.min(lowest?.readSeq ?? Infinity, member.readSeq),
    };
  }
  return lowest;
}

/** S8: the tick of an own message at `seq`. With nobody else in the chat a message stays `sent`. */
export function stateOfSent(seq: number, others: Watermarks | undefined): MessageState {
  if (others === undefined) return "sent";
  if (others.readSeq >= seq) return "read";
  return others.deliveredSeq >= seq ? "delivered" : "sent";
}

/** S8: merges two marks of one member: both only grow, and what was read was delivered. */
export function mergeMarks(a: Watermarks, b: Watermarks): Watermarks {
  const readSeq = Math.max(a.readSeq, b.readSeq);
  return { readSeq, deliveredSeq: Math.max(a.deliveredSeq, b.deliveredSeq, readSeq) };
}
