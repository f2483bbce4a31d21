import type { DraftRevisionRow, DraftRow, ReadMarkRow } from "@parley/client/sync/model.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { Dexie, type EntityTable, type Table } from "dexie";
import type { StoredEntry } from "./row-codec.ts";

/** The rest of a text that is too long for its row, in pieces. */
export type StoredPiece = { owner: string; piece: number; text: string };
export type StoredSetting = { key: string; value: unknown };

/** S19: the name carries the account. */
export function journalName(accountKey: AccountKey): string {
  return `parley.journal.${accountKey}`;
}

/**
 * What only this device knows (S11). Migrations are forward-only and keep every row: the program
 * never drops a journal.
 */
export class JournalDb extends Dexie {
  declare readonly outbox: Table<StoredEntry, number>;
  declare readonly drafts: EntityTable<DraftRow, "chatId">;
  declare readonly revisions: Table<DraftRevisionRow, [string, number]>;
  declare readonly pieces: Table<StoredPiece, [string, number]>;
  declare readonly settings: EntityTable<StoredSetting, "key">;
  declare readonly readMarks: EntityTable<ReadMarkRow, "chatId">;

  constructor(accountKey: AccountKey) {
    super(journalName(accountKey), { chromeTransactionDurability: "strict" });
    this.version(1).stores({
      outbox: "++order, &clientId, chatId",
      drafts: "chatId",
      revisions: "[chatId+rev]",
      pieces: "[owner+piece]",
      settings: "key",
      readMarks: "chatId",
    });
  }
}
