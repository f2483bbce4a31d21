import type { Result } from "@parley/protocol/errors.ts";
import type { RequestData, RequestName } from "@parley/protocol/socket/requests.ts";
import type { Fanout } from "../../fanout/port.ts";
import { actorOf, answering, type Handlers, type Request } from "../../socket/request-handler.ts";
import { type Storage, transactOne } from "../../storage/port.ts";
import type { ChatsService } from "./chats.service.ts";
import type { CreatedChat, CreateDirect, CreateGroup } from "./create-chat.commands.ts";
import type {
  AddMembers,
  Leave,
  RemoveMember,
  SetRole,
  SetTitle,
  Written,
} from "./group.commands.ts";

type ChatRequest = Extract<RequestName, `chat:${string}`>;
export type ChatHandlers = Pick<
  Handlers,
  Exclude<ChatRequest, "chat:send" | "chat:history" | "chat:ledger">
>;

type GroupRequest =
  | "chat:set-title"
  | "chat:add-members"
  | "chat:remove-member"
  | "chat:set-role"
  | "chat:leave";
type GroupCommand = SetTitle | AddMembers | RemoveMember | SetRole | Leave;

export type ChatHandlersDeps = { storage: Storage; fanout: Fanout; chats: ChatsService };

/** Commands and questions about a chat as a whole. */
export function chatHandlers({ storage, fanout, chats }: ChatHandlersDeps): ChatHandlers {
  const created = async (
    request: Request<"chat:create-direct" | "chat:create-group">,
    command: CreateDirect | CreateGroup,
  ): Promise<Result<RequestData<"chat:create-group">>> => {
    const result = await transactOne<CreatedChat>(storage, command);
    if (!result.ok) return result;
    return chats.state(request.connection.accountId, result.value.chatId);
  };

  /** S4: the answer carries an event and leaves in its place among the chat's events. */
  const write = (request: Request<GroupRequest>, command: GroupCommand): void => {
    void storage.transact<Written>([command], ([result]) => {
      if (!result) throw new Error("A command had no result.");
      fanout.inOrder(command.chatId, () => request.answer(result));
    });
  };

  return {
    "chat:create-direct": answering(async (request) =>
      created(request, {
        kind: "chat.create-direct",
        by: actorOf(request.connection),
        ...request.body,
      }),
    ),
    "chat:create-group": answering(async (request) =>
      created(request, {
        kind: "chat.create-group",
        by: actorOf(request.connection),
        ...request.body,
      }),
    ),
    "chat:set-title": (request) =>
      write(request, { kind: "chat.set-title", by: actorOf(request.connection), ...request.body }),
    "chat:add-members": (request) =>
      write(request, {
        kind: "chat.add-members",
        by: actorOf(request.connection),
        ...request.body,
      }),
    "chat:remove-member": (request) =>
      write(request, {
        kind: "chat.remove-member",
        by: actorOf(request.connection),
        ...request.body,
      }),
    "chat:set-role": (request) =>
      write(request, { kind: "chat.set-role", by: actorOf(request.connection), ...request.body }),
    "chat:leave": (request) =>
      write(request, { kind: "chat.leave", by: actorOf(request.connection), ...request.body }),
    "chat:members": answering(async ({ connection, body }) =>
      chats.members(connection.accountId, body.chatId),
    ),
  };
}
