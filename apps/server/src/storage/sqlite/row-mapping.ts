import type { ChatKind, Role } from "@parley/protocol/chat.ts";
import { type Event, Fold, SystemContent } from "@parley/protocol/event.ts";
import type { Platform } from "@parley/protocol/http/accounts.ts";
import {
  AccountId,
  type ChatId,
  type ClientId,
  type DeviceId,
  MediaId,
} from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { ValueKey } from "@parley/protocol/values.ts";
import { z } from "zod";
import type {
  AccountRow,
  AccountValueRow,
  ChatRow,
  DeviceRow,
  EventRow,
  InviteRow,
  MarkFloor,
  MembershipRow,
  ReceiptMoveRow,
} from "../rows.ts";
import {
  int,
  intOrNull,
  type SqlRow,
  text,
  textAs,
  textAsOrNull,
  textOrNull,
} from "./statements.ts";

export function accountOf(row: SqlRow): AccountRow {
  return {
    accountId: textAs<AccountId>(row, "account_id"),
    handle: text(row, "handle"),
    handleKey: text(row, "handle_key"),
    name: text(row, "name"),
    passwordHash: text(row, "password_hash"),
    role: textAs<AccountRow["role"]>(row, "role"),
    createdAt: int(row, "created_at"),
    disabledAt: intOrNull(row, "disabled_at"),
    lastSeenAt: intOrNull(row, "last_seen_at"),
    selfChatId: textAs<ChatId>(row, "self_chat_id"),
    change: int(row, "change"),
  };
}

export function personOf(row: SqlRow): Person {
  return {
    accountId: textAs<AccountId>(row, "account_id"),
    handle: text(row, "handle"),
    name: text(row, "name"),
  };
}

export function deviceOf(row: SqlRow): DeviceRow {
  return {
    deviceId: textAs<DeviceId>(row, "device_id"),
    accountId: textAs<AccountId>(row, "account_id"),
    name: text(row, "name"),
    platform: textAs<Platform>(row, "platform"),
    createdAt: int(row, "created_at"),
    lastSeenAt: int(row, "last_seen_at"),
    generation: int(row, "generation"),
    revokedAt: intOrNull(row, "revoked_at"),
    revokedBy: textAsOrNull<DeviceId>(row, "revoked_by"),
  };
}

export function inviteOf(row: SqlRow): InviteRow {
  return {
    codeHash: text(row, "code_hash"),
    createdBy: textAsOrNull<AccountId>(row, "created_by"),
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
    chatId: textAs<ChatId>(row, "chat_id"),
    kind: textAs<ChatKind>(row, "kind"),
    title: textOrNull(row, "title"),
    createdAt: int(row, "created_at"),
    createdBy: textAs<AccountId>(row, "created_by"),
    pairKey: textOrNull(row, "pair_key"),
    history: textAs<ChatRow["history"]>(row, "history"),
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
    chatId: textAs<ChatId>(row, "chat_id"),
    accountId: textAs<AccountId>(row, "account_id"),
    joinedSeq: int(row, "joined_seq"),
    leftSeq: intOrNull(row, "left_seq"),
    visibleFromSeq: int(row, "visible_from_seq"),
    role: textAs<Role>(row, "role"),
    deliveredSeq: int(row, "delivered_seq"),
    readSeq: int(row, "read_seq"),
    change: int(row, "change"),
  };
}

export function moveOf(row: SqlRow): ReceiptMoveRow {
  return {
    chatId: textAs<ChatId>(row, "chat_id"),
    accountId: textAs<AccountId>(row, "account_id"),
    kind: textAs<ReceiptMoveRow["kind"]>(row, "kind"),
    seq: int(row, "seq"),
    at: int(row, "at"),
  };
}

export function valueOf(row: SqlRow): AccountValueRow {
  return {
    accountId: textAs<AccountId>(row, "account_id"),
    key: textAs<ValueKey>(row, "key"),
    value: textOrNull(row, "value"),
    change: int(row, "change"),
  };
}

const StoredMentions = z.array(AccountId);
const StoredMediaIds = z.array(MediaId);

const StoredReactions = Fold.pick({ reactions: true, recent: true });

function foldOf(row: SqlRow, edit: SqlRow | undefined): Fold {
  const foldSeq = int(row, "fold_seq");
  const erasedSeq = intOrNull(row, "erased_seq");
  if (erasedSeq !== null) {
    const erased = {
      seq: erasedSeq,
      at: int(row, "erased_at"),
      by: textAs<AccountId>(row, "erased_by"),
    };
    return { foldSeq, erased, reactions: [], recent: [] };
  }
  const stored = textOrNull(row, "fold");
  const { reactions, recent } =
    stored === null ? { reactions: [], recent: [] } : StoredReactions.parse(JSON.parse(stored));
  return { foldSeq, ...(edit && { edit: editOf(edit) }), reactions, recent };
}

function editOf(row: SqlRow): NonNullable<Fold["edit"]> {
  const { seq, at, alg, payload, mentions, mediaIds } = eventOf(row).event;
  if (payload === null) throw new TypeError("The newest edit of a message lost its payload.");
  return { seq, at, alg, payload, ...(mentions && { mentions }), ...(mediaIds && { mediaIds }) };
}

/**
 * Absent values stay absent, so that the event reads back exactly as it was hashed (S2a). `edit`: the
 * row that `edit_seq` names.
 */
export function eventOf(row: SqlRow, edit?: SqlRow): EventRow {
  const event: Event = {
    chatId: textAs<ChatId>(row, "chat_id"),
    clientId: textAs<ClientId>(row, "client_id"),
    alg: text(row, "alg"),
    type: text(row, "type"),
    notify: int(row, "notify") === 1,
    seq: int(row, "seq"),
    at: int(row, "at"),
    senderId: textAs<AccountId>(row, "sender_id"),
    senderDeviceId: textAs<DeviceId>(row, "sender_device_id"),
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
      target: textAs<ClientId>(row, "rel_target"),
      ...(key !== null && { key }),
    };
  }
  const targetSeq = intOrNull(row, "target_seq");
  if (targetSeq !== null) event.targetSeq = targetSeq;
  const rootSeq = intOrNull(row, "root_seq");
  if (rootSeq !== null) event.rootSeq = rootSeq;
  const mentions = textOrNull(row, "mentions");
  if (mentions !== null) event.mentions = StoredMentions.parse(JSON.parse(mentions));
  const expiresInS = intOrNull(row, "expires_in_s");
  if (expiresInS !== null) event.expiresInS = expiresInS;
  const mediaIds = textOrNull(row, "media_ids");
  if (mediaIds !== null) event.mediaIds = StoredMediaIds.parse(JSON.parse(mediaIds));
  const ifMembership = intOrNull(row, "if_membership");
  if (ifMembership !== null) event.ifMembership = ifMembership;
  const system = textOrNull(row, "system");
  if (system !== null) event.system = SystemContent.parse(JSON.parse(system));
  if (int(row, "fold_seq") > 0) event.fold = foldOf(row, edit);
  return { event, change: int(row, "change") };
}
