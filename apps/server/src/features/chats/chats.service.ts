import { type Result, success } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { RequestData } from "@parley/protocol/socket/requests.ts";
import type { ChatAccess, StorageReads } from "../../storage/port.ts";
import { chatStateOf, memberOf } from "../../storage/chat-state.ts";
import { newestPeriod } from "../../storage/visible.ts";
import { chatNotFound } from "../../stream/chat-access.ts";
import { failure } from "@parley/protocol/errors.ts";

/** Questions about chats that one account may ask. */
export class ChatsService {
  readonly #storage: StorageReads;

  constructor(storage: StorageReads) {
    this.#storage = storage;
  }

  /** The chat as the account sees it, with the people it names. */
  async state(
    accountId: AccountId,
    chatId: ChatId,
  ): Promise<Result<RequestData<"chat:create-group">>> {
    const [view] = await this.#storage.chatViews(accountId, [chatId]);
    if (!view) return chatNotFound();
    return success({ chat: chatStateOf(view), people: [...view.people] });
  }

  /** X3: the chat, if the account is a member now. */
  async currentAccess(accountId: AccountId, chatId: ChatId): Promise<Result<ChatAccess>> {
    const [access] = await this.#storage.access(accountId, [chatId]);
    if (!access) return chatNotFound();
    if (newestPeriod(access.periods).leftSeq !== null) {
      return failure("not_a_member", "You are no longer in this chat.");
    }
    return success(access);
  }

  /** S8: all members with their marks; for whoever left, the members of then without marks (X3). */
  async members(
    accountId: AccountId,
    chatId: ChatId,
  ): Promise<Result<RequestData<"chat:members">>> {
    const [view] = await this.#storage.chatViews(accountId, [chatId]);
    if (!view) return chatNotFound();
    const members = view.ended
      ? [...view.ended.members]
      : (await this.#storage.members(chatId)).map(memberOf);
    const membershipVersion = view.ended?.membershipVersion ?? view.chat.membershipVersion;
    const people = await this.#storage.people(members.map((member) => member.accountId));
    return success({ membershipVersion, members, people });
  }
}
