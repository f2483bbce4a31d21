import type { AccountId, ChatId, ClientId, DataEpoch, ServerId } from "@parley/protocol/ids.ts";
import type { StorageReads } from "../storage/port.ts";
import type { ChatRow, MembershipRow } from "../storage/rows.ts";

export type CopyTotals = { accounts: number; chats: number; events: number };

/** The newest move of each kind of one account in a chat (S8). */
export type NewestMove = { accountId: AccountId; kind: "delivered" | "read"; seq: number };

/**
 * A database opened to be looked at: what `verify` asks of it. The server's own questions are part of
 * it, so that what they answer is checked and not only what is stored.
 */
export interface StoredCopy {
  readonly reads: Pick<StorageReads, "events" | "counts">;
  readonly identity: { serverId: ServerId; dataEpoch: DataEpoch };
  readonly change: number;
  totals(): CopyTotals;
  /** What the database says of its own pages and indexes; empty when all is sound. At most `limit`. */
  integrity(limit: number): string[];
  /** Rows that name an account, chat or event that is not there, in words. At most `limit`. */
  strays(limit: number): string[];
  chats(): Iterable<ChatRow>;
  /** All periods of all accounts in a chat. */
  periods(chatId: ChatId): MembershipRow[];
  /** Who is marked as mentioned where. */
  mentions(chatId: ChatId): { accountId: AccountId; seq: number }[];
  newestMoves(chatId: ChatId): NewestMove[];
  /** Place of the event with this name. */
  seqOf(chatId: ChatId, clientId: ClientId): number | undefined;
  close(): void;
}
