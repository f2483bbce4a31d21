import type { Event, Send } from "@parley/protocol/event.ts";
import { type AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import type { ValueKey } from "@parley/protocol/values.ts";
import type {
  CreatedChat,
  CreateDirect,
  CreateGroup,
} from "../features/chats/create-chat.commands.ts";
import type {
  AddMembers,
  Leave,
  RemoveMember,
  SetRole,
  SetTitle,
  Written,
} from "../features/chats/group.commands.ts";
import type { ItemOutcome, SendMessages } from "../features/messages/send.commands.ts";
import type { TellFloors } from "../features/receipts/floors.commands.ts";
import type { PutReceipts, ReadMove, ReceiptMark } from "../features/receipts/receipts.commands.ts";
import type { PutOutcome, PutValues } from "../features/values/values.commands.ts";
import type { Command } from "../storage/command.ts";
import { type Storage, transactOne } from "../storage/port.ts";
import { textItem } from "./socket-client.ts";
import type { TestAccount } from "./test-accounts.ts";

const EVERYTHING = { limit: 100_000, maxBytes: 1_000_000_000 };

/** Commands as tests of storage and rules give them: unwrapped, a refusal is an exception. */
export function commandsOn(storage: Storage) {
  const done = async <R>(command: Command<R>): Promise<R> => {
    const result = await transactOne(storage, command);
    if (!result.ok) throw new Error(result.error.code);
    return result.value;
  };
  return {
    direct(by: TestAccount, accountId: AccountId, chatId = newId(ChatId)): Promise<CreatedChat> {
      const command: CreateDirect = { kind: "chat.create-direct", chatId, accountId, by };
      return done<CreatedChat>(command);
    },
    async group(
      by: TestAccount,
      accountIds: readonly AccountId[],
      history: "all" | "joined" = "joined",
    ): Promise<ChatId> {
      const chatId = newId(ChatId);
      const command: CreateGroup = {
        kind: "chat.create-group",
        chatId,
        title: "Group",
        accountIds,
        history,
        by,
      };
      await done<CreatedChat>(command);
      return chatId;
    },
    async send(by: TestAccount, chatId: ChatId, ...items: Send[]): Promise<ItemOutcome[]> {
      const command: SendMessages = { kind: "message.send", chatId, items, by };
      return done<ItemOutcome[]>(command);
    },
    async say(by: TestAccount, chatId: ChatId, text: string): Promise<Event> {
      const [outcome] = await this.send(by, chatId, textItem(chatId, text));
      if (!outcome || "error" in outcome) throw new Error(outcome?.error.code);
      return outcome.event;
    },
    add(by: TestAccount, chatId: ChatId, ...accountIds: AccountId[]): Promise<Written> {
      const command: AddMembers = { kind: "chat.add-members", chatId, accountIds, by };
      return done<Written>(command);
    },
    remove(by: TestAccount, chatId: ChatId, accountId: AccountId): Promise<Written> {
      const command: RemoveMember = { kind: "chat.remove-member", chatId, accountId, by };
      return done<Written>(command);
    },
    leave(by: TestAccount, chatId: ChatId): Promise<Written> {
      const command: Leave = { kind: "chat.leave", chatId, by };
      return done<Written>(command);
    },
    title(by: TestAccount, chatId: ChatId, title: string): Promise<Written> {
      const command: SetTitle = { kind: "chat.set-title", chatId, title, by };
      return done<Written>(command);
    },
    role(
      by: TestAccount,
      chatId: ChatId,
      accountId: AccountId,
      role: "owner" | "admin" | "member",
    ): Promise<Written> {
      const command: SetRole = { kind: "chat.set-role", chatId, accountId, role, by };
      return done<Written>(command);
    },
    /** S1: puts values on whatever stands. */
    async values(
      by: TestAccount,
      ...puts: { key: ValueKey; value: string | null }[]
    ): Promise<void> {
      const { accountId } = by;
      const standing = await storage.changedValues(accountId, 0, null, EVERYTHING);
      const revs = new Map(standing.rows.map((row) => [row.key, row.change]));
      const command: PutValues = {
        kind: "values.put",
        accountId,
        puts: puts.map((put) => ({ ...put, baseRev: revs.get(put.key) ?? 0 })),
      };
      await done<PutOutcome[]>(command);
    },
    /** V43: as the server does some time after a receipt in a large group. */
    async floors(chatId: ChatId): Promise<void> {
      const command: TellFloors = { kind: "receipt.floors", chatId };
      await done<Record<string, never>>(command);
    },
    receipts(by: TestAccount, ...marks: ReceiptMark[]): Promise<ReadMove[]> {
      const { accountId } = by;
      const command: PutReceipts = { kind: "receipt.put", marks, accountId };
      return done<ReadMove[]>(command);
    },
  };
}
