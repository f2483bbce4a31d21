import { isMessage } from "@parley/protocol/event.ts";
import type { Write } from "../command.ts";
import type { AccountRow, ChatRow, EventRow, MembershipRow } from "../rows.ts";
import { searchTextOf } from "../search-text.ts";
import type { Statements } from "./statements.ts";

/** `INSERT ... ON CONFLICT DO UPDATE` for a table whose first `keys` columns are its key. */
function upsertSql(table: string, columnNames: string, keys: number): string {
  const columns = columnNames.split(" ");
  const marks = columns.map(() => "?").join(", ");
  const sets = columns.slice(keys).map((column) => `${column} = excluded.${column}`);
  return (
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks}) ` +
    `ON CONFLICT (${columns.slice(0, keys).join(", ")}) DO UPDATE SET ${sets.join(", ")}`
  );
}

const PUT_ACCOUNT = upsertSql(
  "accounts",
  "account_id handle handle_key name search_handle search_name password_hash role created_at " +
    "disabled_at last_seen_at self_chat_id change",
  1,
);
const PUT_DEVICE = upsertSql(
  "devices",
  "device_id account_id name platform created_at last_seen_at generation revoked_at revoked_by",
  1,
);
const PUT_INVITE = upsertSql("invites", "code_hash created_by created_at expires_at uses_left", 1);
const PUT_CHAT = upsertSql(
  "chats",
  "chat_id kind title created_at created_by pair_key history head_seq head_hash head_at " +
    "last_message_seq rev membership_version member_count delivered_min delivered_holders " +
    "delivered_next delivered_next_holders read_min read_holders read_next read_next_holders change",
  1,
);
const PUT_MEMBERSHIP = upsertSql(
  "memberships",
  "chat_id account_id joined_seq left_seq visible_from_seq role delivered_seq read_seq change",
  3,
);
const INSERT_EVENT =
  "INSERT INTO events (chat_id, seq, client_id, at, sender_id, sender_device_id, alg, type, " +
  "rel_kind, rel_target, rel_key, target_seq, root_seq, mentions, expires_in_s, notify, " +
  "media_ids, if_membership, system, content_hash, prev_hash, hash, payload, is_message, change) " +
  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const INSERT_MENTION =
  "INSERT INTO mentions (chat_id, account_id, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
const PUT_FOLD =
  "UPDATE events SET fold_seq = ?, edit_seq = ?, fold = ?, change = ? WHERE chat_id = ? AND seq = ?";
const ERASE =
  "UPDATE events SET payload = NULL, fold_seq = ?, edit_seq = NULL, fold = NULL, erased_seq = ?, " +
  "erased_at = ?, erased_by = ?, change = ? WHERE chat_id = ? AND seq = ?";
/** S13, V30: edits and reactions of an erased message; what the index covers but for the redactions. */
const ERASE_RELATIONS =
  "UPDATE events SET payload = NULL WHERE chat_id = ? AND coalesce(root_seq, target_seq) = ? " +
  "AND rel_kind IN ('edit', 'reaction', 'redact') AND rel_kind <> 'redact' AND payload IS NOT NULL";
const DELETE_MENTION = "DELETE FROM mentions WHERE chat_id = ? AND account_id = ? AND seq = ?";
const INSERT_MOVE =
  "INSERT INTO receipt_moves (chat_id, account_id, kind, seq, at) VALUES (?, ?, ?, ?, ?)";

const PUT_VALUE = upsertSql("account_values", "account_id key value change", 2);

/** Stores one row. */
export function write(sql: Statements, change: Write): void {
  switch (change.put) {
    case "account":
      return writeAccount(sql, change.row);
    case "device": {
      const { row } = change;
      sql.run(
        PUT_DEVICE,
        row.deviceId,
        row.accountId,
        row.name,
        row.platform,
        row.createdAt,
        row.lastSeenAt,
        row.generation,
        row.revokedAt,
        row.revokedBy,
      );
      return;
    }
    case "invite": {
      const { codeHash, createdBy, createdAt, expiresAt, usesLeft } = change.row;
      sql.run(PUT_INVITE, codeHash, createdBy, createdAt, expiresAt, usesLeft);
      return;
    }
    case "chat":
      return writeChat(sql, change.row);
    case "membership":
      return writeMembership(sql, change.row);
    case "event":
      return writeEvent(sql, change.row);
    case "fold":
      return writeFold(sql, change.row);
    case "receipt-move": {
      const { chatId, accountId, kind, seq, at } = change.row;
      sql.run(INSERT_MOVE, chatId, accountId, kind, seq, at);
      return;
    }
    case "value": {
      const { accountId, key, value, change: number } = change.row;
      sql.run(PUT_VALUE, accountId, key, value, number);
      return;
    }
    case "erasure":
      sql.run(ERASE_RELATIONS, change.row.chatId, change.row.seq);
      return;
  }
}

function writeAccount(sql: Statements, row: AccountRow): void {
  sql.run(
    PUT_ACCOUNT,
    row.accountId,
    row.handle,
    row.handleKey,
    row.name,
    searchTextOf(row.handle),
    searchTextOf(row.name),
    row.passwordHash,
    row.role,
    row.createdAt,
    row.disabledAt,
    row.lastSeenAt,
    row.selfChatId,
    row.change,
  );
}

function writeChat(sql: Statements, row: ChatRow): void {
  const { deliveredFloor, readFloor } = row;
  sql.run(
    PUT_CHAT,
    row.chatId,
    row.kind,
    row.title,
    row.createdAt,
    row.createdBy,
    row.pairKey,
    row.history,
    row.headSeq,
    row.headHash,
    row.headAt,
    row.lastMessageSeq,
    row.rev,
    row.membershipVersion,
    row.memberCount,
    deliveredFloor?.min ?? null,
    deliveredFloor?.holders ?? null,
    deliveredFloor?.next ?? null,
    deliveredFloor?.nextHolders ?? null,
    readFloor?.min ?? null,
    readFloor?.holders ?? null,
    readFloor?.next ?? null,
    readFloor?.nextHolders ?? null,
    row.change,
  );
}

function writeMembership(sql: Statements, row: MembershipRow): void {
  sql.run(
    PUT_MEMBERSHIP,
    row.chatId,
    row.accountId,
    row.joinedSeq,
    row.leftSeq,
    row.visibleFromSeq,
    row.role,
    row.deliveredSeq,
    row.readSeq,
    row.change,
  );
}

/** An event that is there already: its fold, or that it lost its payload. */
function writeFold(sql: Statements, { event, change }: EventRow): void {
  const { chatId, seq, fold, payload, mentions } = event;
  const foldSeq = fold?.foldSeq ?? 0;
  if (payload !== null) {
    const { reactions = [], recent = [], edit } = fold ?? {};
    const stored = reactions.length > 0 ? JSON.stringify({ reactions, recent }) : null;
    sql.run(PUT_FOLD, foldSeq, edit?.seq ?? null, stored, change, chatId, seq);
    return;
  }
  const { seq: erasedSeq, at, by } = fold?.erased ?? { seq: null, at: null, by: null };
  sql.run(ERASE, foldSeq, erasedSeq, at, by, change, chatId, seq);
  for (const accountId of mentions ?? []) sql.run(DELETE_MENTION, chatId, accountId, seq);
}

function writeEvent(sql: Statements, { event, change }: EventRow): void {
  sql.run(
    INSERT_EVENT,
    event.chatId,
    event.seq,
    event.clientId,
    event.at,
    event.senderId,
    event.senderDeviceId,
    event.alg,
    event.type,
    event.rel?.kind ?? null,
    event.rel?.target ?? null,
    event.rel?.key ?? null,
    event.targetSeq ?? null,
    event.rootSeq ?? null,
    event.mentions === undefined ? null : JSON.stringify(event.mentions),
    event.expiresInS ?? null,
    event.notify ? 1 : 0,
    event.mediaIds === undefined ? null : JSON.stringify(event.mediaIds),
    event.ifMembership ?? null,
    event.system === undefined ? null : JSON.stringify(event.system),
    event.contentHash,
    event.prevHash,
    event.hash,
    event.payload,
    isMessage(event) ? 1 : 0,
    change,
  );
  if (event.fold !== undefined) writeFold(sql, { event, change });
  if (event.mentions === undefined || !isMessage(event) || event.payload === null) return;
  for (const accountId of event.mentions) {
    sql.run(INSERT_MENTION, event.chatId, accountId, event.seq);
  }
}
