import { failure } from "@parley/protocol/errors.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Role } from "@parley/protocol/chat.ts";
import {
  accept,
  type Command,
  type CommandSpec,
  type DecideContext,
  type Decision,
  defineCommand,
  type State,
} from "../../storage/command.ts";
import type { Key } from "../../storage/keys.ts";
import type { MembershipRow } from "../../storage/rows.ts";
import { type Actor, appendEvent, systemDraft } from "../../stream/append-event.ts";
import { blockKeys, refuseBlockedBy } from "../../stream/blocks.ts";
import { changeMembers } from "./change-members.ts";
import { groupMember, memberKeys, type Membership } from "../../stream/chat-access.ts";
import { missingAccount } from "./create-chat.commands.ts";

/** The event that a command wrote; null when everything already was as asked (V6). */
export type Written = { event: Event | null };

interface GroupCommand extends Command<Written> {
  readonly chatId: ChatId;
  readonly by: Actor;
}
export interface SetTitle extends GroupCommand {
  readonly kind: "chat.set-title";
  readonly title: string;
}
export interface AddMembers extends GroupCommand {
  readonly kind: "chat.add-members";
  readonly accountIds: readonly AccountId[];
}
export interface RemoveMember extends GroupCommand {
  readonly kind: "chat.remove-member";
  readonly accountId: AccountId;
}
export interface SetRole extends GroupCommand {
  readonly kind: "chat.set-role";
  readonly accountId: AccountId;
  readonly role: Role;
}
export interface Leave extends GroupCommand {
  readonly kind: "chat.leave";
}

const nothingToDo = (): Decision<Written> => accept<Written>({ event: null });
const notAllowed = (message: string) => failure("not_allowed", message);

function mayManage(own: MembershipRow): boolean {
  return own.role === "owner" || own.role === "admin";
}

/** Keys of every command that changes members. */
function changeKeys({ chatId, by }: GroupCommand, others: readonly AccountId[] = []): Key[] {
  return [
    ...memberKeys(chatId, by.accountId),
    { table: "members", chatId },
    ...others.map((accountId) => ({ table: "membership" as const, chatId, accountId })),
  ];
}

function currentPeriod(
  state: State,
  chatId: ChatId,
  accountId: AccountId,
): MembershipRow | undefined {
  const last = state.periods(chatId, accountId).at(-1);
  return last?.leftSeq === null ? last : undefined;
}

/** V7: owner and admins. */
export const setTitle: CommandSpec<SetTitle, Written> = {
  kind: "chat.set-title",
  reads: ({ chatId, by }) => memberKeys(chatId, by.accountId),
  decide(state, { chatId, title, by }, context) {
    const member = groupMember(state, chatId, by.accountId);
    if (!member.ok) return member;
    if (!mayManage(member.own)) return notAllowed("Only the owner and admins set the title.");
    if (member.chat.title === title) return nothingToDo();
    const draft = systemDraft({ kind: "title", title }, context);
    const { chat, row } = appendEvent(member.chat, by, draft, context);
    return accept<Written>(
      { event: row.event },
      [
        { put: "chat", row: { ...chat, title } },
        { put: "event", row },
      ],
      [{ kind: "event", event: row.event }],
    );
  },
};

/** V7, V8: owner and admins add; a new period begins, whose view the group's history setting says. */
export const addMembers: CommandSpec<AddMembers, Written> = {
  kind: "chat.add-members",
  reads: (command) => [
    ...changeKeys(command, command.accountIds),
    ...command.accountIds.map((accountId) => ({ table: "account" as const, accountId })),
    ...blockKeys(command.by.accountId, command.accountIds),
  ],
  decide(state, { chatId, accountIds, by }, context) {
    const member = groupMember(state, chatId, by.accountId);
    if (!member.ok) return member;
    if (!mayManage(member.own)) return notAllowed("Only the owner and admins add members.");
    const fresh = [...new Set(accountIds)].filter((id) => !currentPeriod(state, chatId, id));
    if (fresh.length === 0) return nothingToDo();
    const refusal =
      missingAccount(state, fresh) ?? refuseBlockedBy(state, by.accountId, fresh, "accountIds");
    if (refusal) return refusal;
    if (member.chat.memberCount + fresh.length > LIMITS.groupMembers) {
      return failure("group_full", `A group has at most ${LIMITS.groupMembers} members.`);
    }
    return written(state, context, {
      chat: member.chat,
      by,
      system: { kind: "added", accountIds: fresh },
      rows: (seq) => fresh.map((accountId) => newPeriod(member, accountId, seq, context)),
      joined: fresh.flatMap((accountId) => state.account(accountId) ?? []),
      left: [],
    });
  },
};

function newPeriod(
  { chat }: Membership,
  accountId: AccountId,
  seq: number,
  context: DecideContext,
): MembershipRow {
  return {
    chatId: chat.chatId,
    accountId,
    joinedSeq: seq,
    leftSeq: null,
    visibleFromSeq: chat.history === "all" ? 1 : seq,
    role: "member",
    deliveredSeq: seq,
    readSeq: seq,
    change: context.change,
  };
}

/** V7: the owner removes anybody else, admins remove members. */
export const removeMember: CommandSpec<RemoveMember, Written> = {
  kind: "chat.remove-member",
  reads: (command) => changeKeys(command, [command.accountId]),
  decide(state, { chatId, accountId, by }, context) {
    const member = groupMember(state, chatId, by.accountId);
    if (!member.ok) return member;
    if (accountId === by.accountId) return notAllowed("Leave the group instead.");
    if (!mayManage(member.own)) return notAllowed("Only the owner and admins remove members.");
    const target = currentPeriod(state, chatId, accountId);
    if (!target) return nothingToDo();
    if (member.own.role !== "owner" && target.role !== "member") {
      return notAllowed("Only the owner removes admins.");
    }
    return written(state, context, {
      chat: member.chat,
      by,
      system: { kind: "removed", accountId },
      rows: (seq) => [{ ...target, leftSeq: seq, change: context.change }],
      joined: [],
      left: [accountId],
    });
  },
};

/** V7: only the owner; making somebody else the owner makes the former one an admin. */
export const setRole: CommandSpec<SetRole, Written> = {
  kind: "chat.set-role",
  reads: (command) => changeKeys(command, [command.accountId]),
  decide(state, { chatId, accountId, role, by }, context) {
    const member = groupMember(state, chatId, by.accountId);
    if (!member.ok) return member;
    const target = currentPeriod(state, chatId, accountId);
    if (!target) return failure("account_not_found", "This account is not in the group.");
    // V6, before the right to do it: whoever passed ownership on and asks again is not refused.
    if (target.role === role) return nothingToDo();
    if (member.own.role !== "owner") return notAllowed("Only the owner sets roles.");
    if (target.role === "owner" || role === "owner") {
      if (role !== "owner") {
        return failure("owner_must_stay", "Pass ownership on to another member first.");
      }
      return written(state, context, {
        chat: member.chat,
        by,
        system: { kind: "owner", accountId },
        rows: () => [
          { ...target, role: "owner", change: context.change },
          { ...member.own, role: "admin", change: context.change },
        ],
        joined: [],
        left: [],
      });
    }
    return written(state, context, {
      chat: member.chat,
      by,
      system: { kind: "role", accountId, role },
      rows: () => [{ ...target, role, change: context.change }],
      joined: [],
      left: [],
    });
  },
};

/** V7: anybody leaves, the owner only as the last one. */
export const leave: CommandSpec<Leave, Written> = {
  kind: "chat.leave",
  reads: (command) => changeKeys(command),
  decide(state, { chatId, by }, context) {
    const member = groupMember(state, chatId, by.accountId);
    // V6: whoever has left already has what they asked for.
    if (!member.ok) return member.error.code === "not_a_member" ? nothingToDo() : member;
    if (member.own.role === "owner" && member.chat.memberCount > 1) {
      return failure("owner_must_stay", "Pass ownership on to another member first.");
    }
    return written(state, context, {
      chat: member.chat,
      by,
      system: { kind: "left", accountId: by.accountId },
      rows: (seq) => [{ ...member.own, leftSeq: seq, change: context.change }],
      joined: [],
      left: [by.accountId],
    });
  },
};

function written(
  state: State,
  context: DecideContext,
  change: Parameters<typeof changeMembers>[1],
): Decision<Written> {
  const { row, writes, publish } = changeMembers(state, change, context);
  return accept<Written>({ event: row.event }, writes, publish);
}

export const groupCommands = [
  defineCommand(setTitle),
  defineCommand(addMembers),
  defineCommand(removeMember),
  defineCommand(setRole),
  defineCommand(leave),
];
