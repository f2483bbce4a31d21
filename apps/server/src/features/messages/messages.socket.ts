import { type Result, success } from "@parley/protocol/errors.ts";
import type { RequestData, SendOutcome } from "@parley/protocol/socket/requests.ts";
import type { Fanout } from "../../fanout/port.ts";
import { actorOf, type Handlers, type Request } from "../../socket/request-handler.ts";
import type { Storage } from "../../storage/port.ts";
import type { ItemOutcome, SendMessages } from "./send.commands.ts";

function answerOf(
  request: Request<"chat:send">,
  result: Result<ItemOutcome[]>,
): Result<RequestData<"chat:send">> {
  if (!result.ok) return result;
  const outcomes = result.value.map((outcome): SendOutcome =>
    "event" in outcome ? outcome : { error: { ...outcome.error, requestId: request.requestId } },
  );
  return success({ outcomes });
}

/** S4: a flush is answered after its commit, in its place among the chat's events. */
export function messageHandlers(deps: {
  storage: Storage;
  fanout: Fanout;
}): Pick<Handlers, "chat:send"> {
  return {
    "chat:send": (request) => {
      const { connection, body } = request;
      const command: SendMessages = {
        kind: "message.send",
        chatId: body.chatId,
        items: body.items,
        by: actorOf(connection),
        origin: connection.id,
      };
      void deps.storage.transact([command], ([result]) => {
        if (!result) throw new Error("A command had no result.");
        deps.fanout.inOrder(body.chatId, () => request.answer(answerOf(request, result)));
      });
    },
  };
}
