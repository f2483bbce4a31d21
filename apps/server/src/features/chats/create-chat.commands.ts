import { failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import {
  accept,
  type Command,
  type CommandSpec,
  defineCommand,
  type State,
} from "../../storage/command.ts";
import { pairKeyOf } from "../../storage/rows.ts";
import type { Actor } from "../../stream/append-event.ts";
import { blockKeys, refuseBlockedBy } from "../../stream/blocks.ts";
import { foundChat } from "../../stream/found-chat.ts";

/** The chat that the answer is about: the proposed one, or the one that exists already (V5). */
export type CreatedChat = { chatId: ChatId };

export interface CreateDirect extends Command<CreatedChat> {
  readonly kind: "chat.create-direct";
  readonly chatId: ChatId;
  readonly accountId: AccountId;
  readonly by: Actor;
}

export interface CreateGroup extends Command<CreatedChat> {
  readonly kind: "chat.create-group";
  readonly chatId: ChatId;
  readonly title: string;
  readonly accountIds: readonly AccountId[];
  readonly history: "all" | "joined";
  readonly by: Actor;
}

/** Refuses accounts that do not exist or may not sign in any more. */
export function missingAccount(state: State, accountIds: readonly AccountId[]) {
  const missing = accountIds.some((accountId) => {
    const account = state.account(accountId);
    return !account || account.disabledAt !== null;
  });
  return missing ? failure("account_not_found", "There is no such account.") : undefined;
}

function idTaken() {
  return failure("id_taken", "This id names another chat.", { field: "chatId" });
}

/** V5: once per pair, also when both ask in the same commit. */
export const createDirect: CommandSpec<CreateDirect, CreatedChat> = {
  kind: "chat.create-direct",
  reads: ({ chatId, accountId, by }) => [
    { table: "account", accountId: by.accountId },
    { table: "account", accountId },
    { table: "chat", chatId },
    { table: "direct-chat", pairKey: pairKeyOf(by.accountId, accountId) },
    ...blockKeys(by.accountId, [accountId]),
  ],
  decide(state, { chatId, accountId, by }, context) {
    if (accountId === by.accountId) {
      const self = state.account(accountId);
      return self
        ? accept({ chatId: self.selfChatId })
        : failure("account_not_found", "There is no such account.");
    }
    const pairKey = pairKeyOf(by.accountId, accountId);
    const existing = state.directChat(pairKey);
    if (existing) return accept({ chatId: existing.chatId });
    const refusal =
      missingAccount(state, [accountId]) ??
      refuseBlockedBy(state, by.accountId, [accountId], "accountId");
    if (refusal) return refusal;
    if (state.chat(chatId)) return idTaken();
    const members = [by.accountId, accountId];
    const founded = foundChat(
      { chatId, kind: "direct", title: null, pairKey, history: "joined", members, by },
      context,
    );
    return accept({ chatId }, founded.writes, founded.publish);
  },
};

/** S3: a repeat by its founder gets the same chat, whatever became of it. */
export const createGroup: CommandSpec<CreateGroup, CreatedChat> = {
  kind: "chat.create-group",
  reads: ({ chatId, accountIds, by }) => [
    { table: "chat", chatId },
    ...blockKeys(by.accountId, accountIds),
    ...accountIds.map((accountId) => ({ table: "account" as const, accountId })),
  ],
  decide(state, { chatId, title, accountIds, history, by }, context) {
    const existing = state.chat(chatId);
    if (existing) {
      const own = existing.kind === "group" && existing.createdBy === by.accountId;
      return own ? accept({ chatId }) : idTaken();
    }
    const others = [...new Set(accountIds)].filter((id) => id !== by.accountId);
    const refusal =
      missingAccount(state, others) ?? refuseBlockedBy(state, by.accountId, others, "accountIds");
    if (refusal) return refusal;
    const members = [by.accountId, ...others];
    if (members.length > LIMITS.groupMembers) {
      return failure("group_full", `A group has at most ${LIMITS.groupMembers} members.`);
    }
    const founded = foundChat(
      { chatId, kind: "group", title, pairKey: null, history, members, by },
      context,
    );
    return accept({ chatId }, founded.writes, founded.publish);
  },
};

export const createChatCommands = [defineCommand(createDirect), defineCommand(createGroup)];
