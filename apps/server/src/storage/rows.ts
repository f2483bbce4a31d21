import type { ChatKind, Role } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { Platform } from "@parley/protocol/http/accounts.ts";
import type { AccountId, ChatId, ClientId, DeviceId } from "@parley/protocol/ids.ts";
import type { ValueKey } from "@parley/protocol/values.ts";

/**
 * What the storage port stores, as plain data: no class, no Date, no undefined where a value may be
 * missing for good (null instead), so that a row can cross to a worker thread as it is.
 * Times are ms since 1970 by the server's clock. `change` is the commit that last touched the row (S6).
 */

/** A person with a sign-in. */
export type AccountRow = {
  accountId: AccountId;
  /** As the person wrote it. */
  handle: string;
  /** `foldHandle(handle)`: unique on the server. */
  handleKey: string;
  name: string;
  /** Encoded hash with its parameters; never leaves the server. */
  passwordHash: string;
  role: "owner" | "admin" | "user";
  createdAt: number;
  disabledAt: number | null;
  /** S10: when the last connection ended; null if there never was one. */
  lastSeenAt: number | null;
  /** V5: the chat with oneself. */
  selfChatId: ChatId;
  change: number;
};

/** S16: a session is a device. X2: only the newest used generation of its refresh token is stored. */
export type DeviceRow = {
  deviceId: DeviceId;
  accountId: AccountId;
  name: string;
  platform: Platform;
  createdAt: number;
  lastSeenAt: number;
  generation: number;
  revokedAt: number | null;
  /** V57: the device of the account from which it was signed out; null where none did that. */
  revokedBy: DeviceId | null;
};

/** An invitation to sign up, kept under the hash of its code. */
export type InviteRow = {
  codeHash: string;
  /** Null when made on the command line. */
  createdBy: AccountId | null;
  createdAt: number;
  expiresAt: number;
  /** How many more accounts it lets in; 0 once it is used up. */
  usesLeft: number;
};

/**
 * S8: the lowest marks of a large group, kept so that a receipt need not read every member.
 * `min` is the lowest mark, `holders` how many members have it; `next` the lowest mark above it and
 * `nextHolders` how many have that. `next` is null where there is none or nobody needs it: it is
 * known whenever `min` has one holder and there are others.
 */
export type MarkFloor = { min: number; holders: number; next: number | null; nextHolders: number };

export type ChatRow = {
  chatId: ChatId;
  kind: ChatKind;
  title: string | null;
  createdAt: number;
  createdBy: AccountId;
  /** Direct chats: `pairKeyOf` both accounts, unique on the server; else null. */
  pairKey: string | null;
  /** X3, V8: what those who join later see. */
  history: "all" | "joined";
  headSeq: number;
  /** Hash of the newest event; CHAIN_START before the first (S2a). */
  headHash: string;
  /** `at` of the newest event: the next one's is never lower (S5). */
  headAt: number;
  /** Seq of the newest message (V3), 0 before the first. */
  lastMessageSeq: number;
  /** S8: rises with every change to the chat or its shown receipts. */
  rev: number;
  /** S17, V1. */
  membershipVersion: number;
  memberCount: number;
  /** S8: null up to LIMITS.receiptDetailMembers. */
  deliveredFloor: MarkFloor | null;
  readFloor: MarkFloor | null;
  change: number;
};

/** One period of membership (V8): someone who left and was added again has two. */
export type MembershipRow = {
  chatId: ChatId;
  accountId: AccountId;
  /** Seq of the event that began the period. */
  joinedSeq: number;
  /** Seq of the event that ended it: the last one this period shows; null while it lasts. */
  leftSeq: number | null;
  /** First seq that this period shows (X3). */
  visibleFromSeq: number;
  role: Role;
  deliveredSeq: number;
  readSeq: number;
  change: number;
};

/**
 * An event as stored. `event.payload` is byte for byte what the sender wrote; null once erased: a
 * reaction lives as long as its payload. `event.fold` is whole, the newest edit's payload included.
 */
export type EventRow = { event: Event; change: number };

/** S8: one move of a watermark, kept for LIMITS.receiptMoveDays. */
export type ReceiptMoveRow = {
  chatId: ChatId;
  accountId: AccountId;
  kind: "delivered" | "read";
  seq: number;
  at: number;
};

/**
 * S13: a message that was deleted for everyone, as the log outside the database remembers it: with what
 * its redaction said, so that a restored database gets that again.
 */
export type ErasureRow = {
  chatId: ChatId;
  /** The erased message. */
  clientId: ClientId;
  seq: number;
  /** The redaction. */
  redact: { clientId: ClientId; senderId: AccountId; senderDeviceId: DeviceId; at: number };
};

/** S1: one value of an account, in its last version; `value` is null once it was taken away (V32). */
export type AccountValueRow = {
  accountId: AccountId;
  key: ValueKey;
  value: string | null;
  change: number;
};

/** The key under which a direct chat is unique, whoever of the two asks. */
export function pairKeyOf(a: AccountId, b: AccountId): string {
  return a < b ? `${a}:${b}` : `${b}:${a}`;
}

/** Both accounts of a direct chat, from the key under which it is unique. */
export function pairOf(pairKey: string): readonly [AccountId, AccountId] {
  // Asked for each message: what `pairKeyOf` made of two ids is not parsed again.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return pairKey.split(":") as [AccountId, AccountId];
}
