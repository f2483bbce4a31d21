import type { AccountId, ChatId, DeviceId } from "@parley/protocol/ids.ts";
import type { DecideContext, Write } from "../storage/command.ts";
import type { Publication } from "../storage/publication.ts";
import { foundChat } from "./found-chat.ts";

/**
 * V5: the chat of an account with itself, made in the commit that makes the account. The caller adds
 * what comes back to its own decision, and names `chatId` as the account's `selfChatId`.
 */
export function selfChatWrites(
  self: { chatId: ChatId; accountId: AccountId; deviceId: DeviceId },
  context: DecideContext,
): { writes: Write[]; publish: Publication[] } {
  const { chatId, accountId, deviceId } = self;
  return foundChat(
    {
      chatId,
      kind: "self",
      title: null,
      pairKey: null,
      history: "joined",
      members: [accountId],
      by: { accountId, deviceId },
    },
    context,
  );
}
