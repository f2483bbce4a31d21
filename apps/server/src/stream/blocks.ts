import { failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { isBlocked, valueKey } from "@parley/protocol/values.ts";
import type { State } from "../storage/command.ts";
import type { Key } from "../storage/keys.ts";
import { type ChatRow, pairOf } from "../storage/rows.ts";

/** V33: keys of the blocks that any of `blockers` may have put on `accountId`. */
export function blockKeys(accountId: AccountId, blockers: readonly AccountId[]): Key[] {
  const key = valueKey("block", accountId);
  return blockers.map((blocker) => ({ table: "value", accountId: blocker, key }));
}

function otherOf(chat: ChatRow | undefined, accountId: AccountId): AccountId[] {
  if (!chat || chat.pairKey === null) return [];
  return pairOf(chat.pairKey).filter((id) => id !== accountId);
}

/** V33: keys that `refuseBlocked` needs, once the chat is loaded. */
export function directBlockKeys(state: State, chatId: ChatId, accountId: AccountId): Key[] {
  return blockKeys(accountId, otherOf(state.chat(chatId), accountId));
}

/** V33: refuses `blocked` if one of `blockers` has blocked the account. */
export function refuseBlockedBy(
  state: State,
  accountId: AccountId,
  blockers: readonly AccountId[],
  field?: string,
) {
  const key = valueKey("block", accountId);
  const isRefused = blockers.some((blocker) => isBlocked(state.value(blocker, key)?.value ?? null));
  return isRefused
    ? failure("blocked", "This account has blocked you.", field === undefined ? {} : { field })
    : undefined;
}

/** V33: refuses whatever a blocked account sends in a direct chat. */
export function refuseBlocked(state: State, chat: ChatRow, accountId: AccountId) {
  return refuseBlockedBy(state, accountId, otherOf(chat, accountId));
}
