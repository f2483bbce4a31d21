import type { AccountId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { StorageReads } from "../port.ts";
import { searchTextOf } from "../search-text.ts";
import { accountOf, deviceOf, inviteOf, personOf } from "./row-mapping.ts";
import { int, intOrNull, type Statements, textAs } from "./statements.ts";

type AccountReads = Pick<
  StorageReads,
  | "hasAccounts"
  | "account"
  | "accountByHandle"
  | "accounts"
  | "device"
  | "sessions"
  | "invite"
  | "people"
  | "searchPeople"
  | "shareChat"
  | "acquaintances"
  | "lastSeen"
  | "changedPeople"
>;

const PERSON = "account_id, handle, name";

/** Both are current members of the chat of `m`. */
const SHARED = `EXISTS (
  SELECT 1 FROM memberships m JOIN memberships o ON o.chat_id = m.chat_id
  WHERE m.account_id = ?1 AND m.left_seq IS NULL AND o.account_id = ?2 AND o.left_seq IS NULL)`;

/** Few accounts change: after the first hello their own index leads. */
const CHANGED_PEOPLE = `
  SELECT ${PERSON}, change FROM accounts a
  WHERE change > ?2 AND (change, account_id) > (?3, ?4) AND account_id <> ?1 AND EXISTS (
    SELECT 1 FROM memberships m JOIN memberships o ON o.chat_id = m.chat_id
    WHERE m.account_id = a.account_id AND m.left_seq IS NULL
      AND o.account_id = ?1 AND o.left_seq IS NULL)
  ORDER BY change, account_id LIMIT ?5`;

/** V55: the first hello names people with their chats, but for groups too large to list members. */
const UNNAMED_PEOPLE = `
  SELECT ${PERSON}, change FROM accounts a
  WHERE (change, account_id) > (?3, ?4) AND change > ?2 AND account_id <> ?1 AND account_id IN (
    SELECT o.account_id FROM memberships m CROSS JOIN chats c ON c.chat_id = m.chat_id
    CROSS JOIN memberships o ON o.chat_id = m.chat_id
    WHERE m.account_id = ?1 AND m.left_seq IS NULL AND o.left_seq IS NULL
      AND c.member_count > ${LIMITS.receiptDetailMembers})
  ORDER BY change, account_id LIMIT ?5`;

/** Best first: the handle begins with it, the name does, a word of the name does, it is inside. */
const SEARCH = `
  SELECT ${PERSON}, CASE
    WHEN substr(search_handle, 1, length(?1)) = ?1 THEN 0
    WHEN substr(search_name, 1, length(?1)) = ?1 THEN 1
    WHEN instr(search_name, ' ' || ?1) > 0 THEN 2
    ELSE 3 END AS rank
  FROM accounts
  WHERE (instr(search_name, ?1) > 0 OR instr(search_handle, ?1) > 0)
    AND account_id <> ?2 AND disabled_at IS NULL
  ORDER BY rank, search_name, account_id LIMIT ?3`;

/** Questions about accounts and devices. */
export function accountReads(sql: Statements): AccountReads {
  const lookUp = <Row>(
    ids: readonly AccountId[],
    read: (id: AccountId) => Row | undefined,
  ): Row[] => [...new Set(ids)].flatMap((id) => read(id) ?? []);

  return {
    async hasAccounts() {
      return sql.get("SELECT 1 FROM accounts LIMIT 1") !== undefined;
    },
    async account(accountId) {
      const row = sql.get("SELECT * FROM accounts WHERE account_id = ?", accountId);
      return row && accountOf(row);
    },
    async accountByHandle(handleKey) {
      const row = sql.get("SELECT * FROM accounts WHERE handle_key = ?", handleKey);
      return row && accountOf(row);
    },
    async accounts(limit) {
      return sql
        .all("SELECT * FROM accounts ORDER BY created_at DESC, account_id DESC LIMIT ?", limit)
        .map(accountOf);
    },
    async device(deviceId) {
      const row = sql.get("SELECT * FROM devices WHERE device_id = ?", deviceId);
      return row && deviceOf(row);
    },
    async sessions(accountId, limit) {
      return sql
        .all(
          "SELECT * FROM devices WHERE account_id = ? AND revoked_at IS NULL " +
            "ORDER BY created_at DESC, device_id DESC LIMIT ?",
          accountId,
          limit,
        )
        .map(deviceOf);
    },
    async invite(codeHash) {
      const row = sql.get("SELECT * FROM invites WHERE code_hash = ?", codeHash);
      return row && inviteOf(row);
    },
    async people(accountIds) {
      return lookUp(accountIds, (id) => {
        const row = sql.get(`SELECT ${PERSON} FROM accounts WHERE account_id = ?`, id);
        return row && personOf(row);
      });
    },
    async searchPeople(query, exceptId, limit) {
      const folded = searchTextOf(query.replace(/^@/u, ""));
      if (folded === "") return [];
      return sql.all(SEARCH, folded, exceptId, limit).map(personOf);
    },
    async shareChat(a, b) {
      return int(sql.get(`SELECT ${SHARED} AS shared`, a, b) ?? {}, "shared") === 1;
    },
    async acquaintances(accountId) {
      return sql
        .all(
          "SELECT DISTINCT o.account_id FROM memberships m " +
            "JOIN memberships o ON o.chat_id = m.chat_id AND o.left_seq IS NULL " +
            "WHERE m.account_id = ?1 AND m.left_seq IS NULL AND o.account_id <> ?1",
          accountId,
        )
        .map((row) => textAs<AccountId>(row, "account_id"));
    },
    async lastSeen(accountIds) {
      const rows = lookUp(accountIds, (id) =>
        sql.get("SELECT account_id, last_seen_at FROM accounts WHERE account_id = ?", id),
      );
      return new Map(
        rows.map((row) => [textAs<AccountId>(row, "account_id"), intOrNull(row, "last_seen_at")]),
      );
    },
    async changedPeople(accountId, since, after, limit) {
      const rows = sql.all(
        since === 0 ? UNNAMED_PEOPLE : CHANGED_PEOPLE,
        accountId,
        since,
        after?.change ?? -1,
        after?.id ?? "",
        limit,
      );
      return rows.map((row) => ({ person: personOf(row), change: int(row, "change") }));
    },
  };
}
