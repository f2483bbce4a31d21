import type { HostLink } from "@parley/client/sync/host-link.ts";
import { type Failure, type Result, success } from "@parley/protocol/errors.ts";
import type { Event } from "@parley/protocol/event.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import type { AccountSession } from "./account-session.ts";
import type { Ingest } from "./history.ts";

type ChatCommands = Pick<
  AccountSession,
  | "startDirect"
  | "createGroup"
  | "setTitle"
  | "addMembers"
  | "removeMember"
  | "setRole"
  | "leave"
  | "searchPeople"
  | "ledger"
>;

/** A lost answer, after which the same proposal may be made once more (V5). */
function isUncertain(error: Failure): boolean {
  return error.code === "timeout";
}

async function twice<T>(ask: () => Promise<Result<T>>): Promise<Result<T>> {
  const first = await ask();
  return first.ok || !isUncertain(first.error) ? first : ask();
}

/** Commands on chats: the server decides, its answer enters the cache like any change. */
export function createChatCommands(link: HostLink, ingest: Ingest): ChatCommands {
  async function command(asked: Promise<Result<{ event: Event | null }>>): Promise<Result<void>> {
    const answer = await asked;
    if (!answer.ok) return answer;
    const { event } = answer.value;
    if (event !== null) await ingest([{ kind: "event", change: 0, event }]);
    return success(undefined);
  }

  return {
    async startDirect(accountId) {
      const chatId = newId(ChatId);
      const answer = await twice(() => link.request("chat:create-direct", { chatId, accountId }));
      if (!answer.ok) return answer;
      await ingest([{ kind: "chat", change: 0, ...answer.value }]);
      return success({ chatId: answer.value.chat.chatId });
    },
    async createGroup({ title, accountIds, history }) {
      const body = {
        chatId: newId(ChatId),
        title,
        accountIds: [...accountIds],
        ...(history && { history }),
      };
      const answer = await twice(() => link.request("chat:create-group", body));
      if (!answer.ok) return answer;
      await ingest([{ kind: "chat", change: 0, ...answer.value }]);
      return success({ chatId: answer.value.chat.chatId });
    },
    setTitle: (chatId, title) => command(link.request("chat:set-title", { chatId, title })),
    addMembers: (chatId, accountIds) =>
      command(link.request("chat:add-members", { chatId, accountIds: [...accountIds] })),
    removeMember: (chatId, accountId) =>
      command(link.request("chat:remove-member", { chatId, accountId })),
    setRole: (chatId, accountId, role) =>
      command(link.request("chat:set-role", { chatId, accountId, role })),
    leave: (chatId) => command(link.request("chat:leave", { chatId })),
    async searchPeople(query) {
      const answer = await link.request("people:search", { query });
      return answer.ok ? success(answer.value.people) : answer;
    },
    ledger: (chatId, seq) => link.request("chat:ledger", { chatId, seq }),
  };
}
