import { failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { State } from "../storage/command.ts";
import type { Key } from "../storage/keys.ts";
import type { ChatRow, MembershipRow } from "../storage/rows.ts";

type Refusal = ReturnType<typeof failure>;

/** A current member who acts in a chat. */
export type Membership = { ok: true; chat: ChatRow; own: MembershipRow };

export function chatNotFound(): Refusal {
  // X3: the same words whether the chat does not exist or is none of the asker's business.
  return failure("chat_not_found", "There is no such chat.");
}

/** Keys that `currentMember` needs. */
export function memberKeys(chatId: ChatId, accountId: AccountId): Key[] {
  return [
    { table: "chat", chatId },
    { table: "membership", chatId, accountId },
  ];
}

/** X3: whether an account is a member at this point of the stream. */
export function currentMember(
  state: State,
  chatId: ChatId,
  accountId: AccountId,
): Membership | Refusal {
  const chat = state.chat(chatId);
  const own = state.periods(chatId, accountId).at(-1);
  if (!chat || !own) return chatNotFound();
  if (own.leftSeq !== null) return failure("not_a_member", "You are no longer in this chat.");
  return { ok: true, chat, own };
}

/** As `currentMember`, where only groups know the command. */
export function groupMember(
  state: State,
  chatId: ChatId,
  accountId: AccountId,
): Membership | Refusal {
  const member = currentMember(state, chatId, accountId);
  if (member.ok && member.chat.kind !== "group") {
    return failure("not_allowed", "This is possible in groups only.");
  }
  return member;
}
