import type { ChatKind, Role } from "@parley/protocol/chat.ts";
import { type Event, SystemContent } from "@parley/protocol/event.ts";
import type { Platform } from "@parley/protocol/http/accounts.ts";
import type { AccountId, ChatId, ClientId, DeviceId, MediaId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type {
  AccountRow,
  ChatRow,
  DeviceRow,
  EventRow,
  InviteRow,
  MarkFloor,
  MembershipRow,
  ReceiptMoveRow,
} from "../rows.ts";
import { int, intOrNull, type SqlRow, text, textOrNull } from "./statements.ts";

// What the database holds was parsed before it was written, and only this program writes it: ids and
// names of kinds are taken over by their declared type, columns by their SQL type.

export function accountOf(row: SqlRow): AccountRow {
  return {
    accountId: text(row, "account_id") as AccountId,
    handle: text(row, "handle"),
    handleKey: text(row, "handle_key"),
    name: text(row, "name"),
    passwordHash: text(row, "password_hash"),
    role: text(row, "role") as AccountRow["role"],
    createdAt: int(row, "created_at"),
    disabledAt: intOrNull(row, "disabled_at"),
    lastSeenAt: intOrNull(row, "last_seen_at"),
    selfChatId: text(row, "self_chat_id") as ChatId,
    change: int(row, "change"),
  };
}

export function personOf(row: SqlRow): Person {
  return {
    accountId: text(row, "account_id") as AccountId,
    handle: text(row, "handle"),
    name: text(row, "name"),
  };
}

export function deviceOf(row: SqlRow): DeviceRow {
  return {
    deviceId: text(row, "device_id") as DeviceId,
    accountId: text(row, "account_id") as AccountId,
    name: text(row, "name"),
    platform: text(row, "platform") as Platform,
    createdAt: int(row, "created_at"),
    lastSeenAt: int(row, "last_seen_at"),
    generation: int(row, "generation"),
    revokedAt: intOrNull(row, "revoked_at"),
  };
}

export function inviteOf(row: SqlRow): InviteRow {
  return {
    codeHash: text(row, "code_hash"),
    createdBy: textOrNull(row, "created_by") as AccountId | null,
    createdAt: int(row, "created_at"),
    expiresAt: int(row, "expires_at"),
    usesLeft: int(row, "uses_left"),
  };
}

function floorOf(row: SqlRow, name: "delivered" | "read"): MarkFloor | null {
  const min = intOrNull(row, `${name}_min`);
  if (min === null) return null;
  return {
    min,
    holders: int(row, `${name}_holders`),
    next: intOrNull(row, `${name}_next`),
    nextHolders: int(row, `${name}_next_holders`),
  };
}

export function chatOf(row: SqlRow): ChatRow {
  return {
    chatId: text(row, "chat_id") as ChatId,
    kind: text(row, "kind") as ChatKind,
    title: textOrNull(row, "title"),
    createdAt: int(row, "created_at"),
    createdBy: text(row, "created_by") as AccountId,
    pairKey: textOrNull(row, "pair_key"),
    history: text(row, "history") as ChatRow["history"],
    headSeq: int(row, "head_seq"),
    headHash: text(row, "head_hash"),
    headAt: int(row, "head_at"),
    lastMessageSeq: int(row, "last_message_seq"),
    rev: int(row, "rev"),
    membershipVersion: int(row, "membership_version"),
    memberCount: int(row, "member_count"),
    deliveredFloor: floorOf(row, "delivered"),
    readFloor: floorOf(row, "read"),
    change: int(row, "change"),
  };
}

export function membershipOf(row: SqlRow): MembershipRow {
  return {
    chatId: text(row, "chat_id") as ChatId,
    accountId: text(row, "account_id") as AccountId,
    joinedSeq: int(row, "joined_seq"),
    leftSeq: intOrNull(row, "left_seq"),
    visibleFromSeq: int(row, "visible_from_seq"),
    role: text(row, "role") as Role,
    deliveredSeq: int(row, "delivered_seq"),
    readSeq: int(row, "read_seq"),
    change: int(row, "change"),
  };
}

export function moveOf(row: SqlRow): ReceiptMoveRow {
  return {
    chatId: text(row, "chat_id") as ChatId,
    accountId: text(row, "account_id") as AccountId,
    kind: text(row, "kind") as ReceiptMoveRow["kind"],
    seq: int(row, "seq"),
    at: int(row, "at"),
  };
}

function idList<Id extends string>(json: string): Id[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) throw new TypeError("A stored list is not a list.");
  return list as Id[];
}

/** Absent values stay absent, so that the event reads back exactly as it was hashed (S2a). */
export function eventOf(row: SqlRow): EventRow {
  const event: Event = {
    chatId: text(row, "chat_id") as ChatId,
    clientId: text(row, "client_id") as ClientId,
    alg: text(row, "alg"),
    type: text(row, "type"),
    notify: int(row, "notify") === 1,
    seq: int(row, "seq"),
    at: int(row, "at"),
    senderId: text(row, "sender_id") as AccountId,
    senderDeviceId: text(row, "sender_device_id") as DeviceId,
    contentHash: text(row, "content_hash"),
    prevHash: text(row, "prev_hash"),
    hash: text(row, "hash"),
    payload: textOrNull(row, "payload"),
  };
  const relKind = textOrNull(row, "rel_kind");
  if (relKind !== null) {
    const key = textOrNull(row, "rel_key");
    event.rel = {
      kind: relKind,
      target: text(row, "rel_target") as ClientId,
      ...(key !== null && { key }),
    };
  }
  const targetSeq = intOrNull(row, "target_seq");
  if (targetSeq !== null) event.targetSeq = targetSeq;
  const rootSeq = intOrNull(row, "root_seq");
  if (rootSeq !== null) event.rootSeq = rootSeq;
  const mentions = textOrNull(row, "mentions");
  if (mentions !== null) event.mentions = idList<AccountId>(mentions);
  const expiresInS = intOrNull(row, "expires_in_s");
  if (expiresInS !== null) event.expiresInS = expiresInS;
  const mediaIds = textOrNull(row, "media_ids");
  if (mediaIds !== null) event.mediaIds = idList<MediaId>(mediaIds);
  const ifMembership = intOrNull(row, "if_membership");
  if (ifMembership !== null) event.ifMembership = ifMembership;
  const system = textOrNull(row, "system");
  if (system !== null) event.system = SystemContent.parse(JSON.parse(system));
  const erasedSeq = intOrNull(row, "erased_seq");
  if (erasedSeq !== null) {
    event.fold = {
      foldSeq: int(row, "fold_seq"),
      erased: {
        seq: erasedSeq,
        at: int(row, "erased_at"),
        by: text(row, "erased_by") as AccountId,
      },
      reactions: [],
      recent: [],
    };
  }
  return { event, change: int(row, "change") };
}
