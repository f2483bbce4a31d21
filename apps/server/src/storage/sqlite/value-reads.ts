import type { AccountId } from "@parley/protocol/ids.ts";
import { isBlocked, valueKey } from "@parley/protocol/values.ts";
import type { StorageReads } from "../port.ts";
import { pairOf } from "../rows.ts";
import { valueOf } from "./row-mapping.ts";
import { type Statements, textAsOrNull, textOrNull } from "./statements.ts";

type ValueReads = Pick<StorageReads, "changedValues" | "blockersOf" | "hasBlock">;

const CHANGED_VALUES = `
  SELECT account_id, key, value, change FROM account_values
  WHERE account_id = ?1 AND change > ?2 AND (change, key) > (?3, ?4)
  ORDER BY change, key LIMIT ?5`;

/** Questions about account values (S1). */
export function valueReads(sql: Statements): ValueReads {
  const hasBlocked = (blocker: AccountId, blocked: AccountId): boolean => {
    const row = sql.get(
      "SELECT value FROM account_values WHERE account_id = ? AND key = ?",
      blocker,
      valueKey("block", blocked),
    );
    return row !== undefined && isBlocked(textOrNull(row, "value"));
  };

  return {
    async changedValues(accountId, since, after, { limit, maxBytes }) {
      const from = [after?.change ?? -1, after?.id ?? ""] as const;
      const rows = sql.all(CHANGED_VALUES, accountId, since, ...from, limit).map(valueOf);
      let bytes = 0;
      const cut = rows.findIndex((row, index) => {
        bytes += row.value?.length ?? 0;
        return index > 0 && bytes > maxBytes;
      });
      if (cut !== -1) return { rows: rows.slice(0, cut), complete: false };
      return { rows, complete: rows.length < limit };
    },
    async blockersOf(accountId, among) {
      return new Set(among.filter((id) => hasBlocked(id, accountId)));
    },
    async hasBlock(chatId) {
      const row = sql.get("SELECT pair_key FROM chats WHERE chat_id = ?", chatId);
      const pairKey = row ? textAsOrNull<string>(row, "pair_key") : null;
      if (pairKey === null) return false;
      const [a, b] = pairOf(pairKey);
      return hasBlocked(a, b) || hasBlocked(b, a);
    },
  };
}
