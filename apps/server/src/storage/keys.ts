import type { AccountId, ChatId, ClientId, DeviceId } from "@parley/protocol/ids.ts";
import type { ValueKey } from "@parley/protocol/values.ts";

/** What a command may read: one row, or one small set that is loaded whole. */
export type Key =
  | { table: "account"; accountId: AccountId }
  | { table: "handle"; handleKey: string }
  /** Whether any account exists. */
  | { table: "any-account" }
  | { table: "device"; deviceId: DeviceId }
  /** All devices of an account, revoked ones included. */
  | { table: "devices"; accountId: AccountId }
  | { table: "invite"; codeHash: string }
  | { table: "chat"; chatId: ChatId }
  | { table: "direct-chat"; pairKey: string }
  /** All periods of one account in one chat. */
  | { table: "membership"; chatId: ChatId; accountId: AccountId }
  /** All current members of a chat. */
  | { table: "members"; chatId: ChatId }
  | { table: "client-id"; clientId: ClientId }
  /** S12: the live reaction of an account to a message under a key. */
  | { table: "reaction"; target: ClientId; accountId: AccountId; key: string }
  | { table: "event"; chatId: ChatId; seq: number }
  | { table: "value"; accountId: AccountId; key: ValueKey }
  /** How many values an account has, those taken away included. */
  | { table: "value-count"; accountId: AccountId };

/** One text per key, for maps and for a stable order of locks. */
export function keyText(key: Key): string {
  switch (key.table) {
    case "account":
    case "devices":
      return `${key.table} ${key.accountId}`;
    case "handle":
      return `handle ${key.handleKey}`;
    case "any-account":
      return "any-account";
    case "device":
      return `device ${key.deviceId}`;
    case "invite":
      return `invite ${key.codeHash}`;
    case "chat":
    case "members":
      return `${key.table} ${key.chatId}`;
    case "direct-chat":
      return `direct-chat ${key.pairKey}`;
    case "membership":
      return `membership ${key.chatId} ${key.accountId}`;
    case "client-id":
      return `client-id ${key.clientId}`;
    case "reaction":
      return `reaction ${key.target} ${key.accountId} ${key.key}`;
    case "event":
      return `event ${key.chatId} ${key.seq}`;
    case "value":
      return `value ${key.accountId} ${key.key}`;
    case "value-count":
      return `value-count ${key.accountId}`;
  }
}
