import { success } from "@parley/protocol/errors.ts";
import { answering, type Handlers } from "../../socket/request-handler.ts";
import { chatNotFound } from "../../stream/chat-access.ts";
import type { ChatsService } from "../chats/chats.service.ts";
import type { AttentionService } from "./attention.service.ts";
import type { PresenceService } from "./presence.service.ts";
import type { TypingService } from "./typing.service.ts";

/** S10, S18 */
export function presenceHandlers(deps: {
  presence: PresenceService;
  typing: TypingService;
  attention: AttentionService;
  chats: ChatsService;
}): Pick<
  Handlers,
  | "view:open"
  | "typing:set"
  | "attention:set"
  | "presence:watch"
  | "presence:set"
  | "presence:count"
> {
  const { presence, typing, attention, chats } = deps;
  return {
    "view:open": ({ connection, body, answer }) => {
      typing.setOpen(connection, body.chatIds);
      answer(success({}));
    },
    "typing:set": answering(async ({ connection, body }) => {
      const isMember = await typing.set(connection, body.chatId, body.typing);
      return isMember ? success({}) : chatNotFound();
    }),
    "attention:set": ({ connection, body, answer }) => {
      attention.set(connection, body.chatIds);
      answer(success({}));
    },
    "presence:watch": answering(async ({ connection, body }) =>
      success({ presences: await presence.watch(connection, body.accountIds) }),
    ),
    "presence:set": ({ connection, body, answer }) => {
      presence.setActive(connection, body.active);
      answer(success({}));
    },
    "presence:count": answering(async ({ connection, body }) => {
      const access = await chats.currentAccess(connection.accountId, body.chatId);
      if (!access.ok) return access;
      return success({ online: await presence.count(body.chatId) });
    }),
  };
}
