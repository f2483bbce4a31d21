import { AccountId, ChatId, newId } from "@parley/protocol/ids.ts";

/** Who is there: accounts by number, and which of them share a chat. */
export type Plan = {
  accounts: number;
  chats: readonly { kind: "direct" | "group"; members: readonly number[] }[];
};

/** What the load generator needs to take one account's place. */
export type Seat = { accountId: AccountId; accessToken: string; chatIds: ChatId[] };

/** A plan come true on some server: one seat for each account, one id for each chat, in its order. */
export type World = { seats: Seat[]; chatIds: ChatId[] };

/** `pairs` direct chats of two accounts each: account 2n talks with account 2n + 1. */
export function pairsPlan(pairs: number): Plan {
  return {
    accounts: pairs * 2,
    chats: Array.from({ length: pairs }, (_, n) => ({
      kind: "direct" as const,
      members: [n * 2, n * 2 + 1],
    })),
  };
}

/** One group of all. Account 0 owns it. */
export function groupPlan(members: number): Plan {
  const everybody = Array.from({ length: members }, (_, n) => n);
  return { accounts: members, chats: [{ kind: "group", members: everybody }] };
}

/** Account 0 with `chats` others: a direct chat with each. */
export function starPlan(chats: number): Plan {
  return {
    accounts: chats + 1,
    chats: Array.from({ length: chats }, (_, n) => ({
      kind: "direct" as const,
      members: [0, n + 1],
    })),
  };
}

/**
 * The plan for the bare server, which stores nothing: its "access token" is the list of rooms to
 * join, so that both servers are spoken to in the same words.
 */
export function bareWorld(plan: Plan): World {
  const chatIds = plan.chats.map(() => newId(ChatId));
  const seats = Array.from({ length: plan.accounts }, (_, account) => {
    const mine = chatIds.filter((_id, chat) => plan.chats[chat]?.members.includes(account));
    return { accountId: newId(AccountId), accessToken: mine.join(" "), chatIds: mine };
  });
  return { seats, chatIds };
}
