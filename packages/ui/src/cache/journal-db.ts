import type {
  DraftRevisionRow,
  DraftRow,
  EditRow,
  ReadMarkRow,
  WaitingPut,
} from "@parley/client/sync/model.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { Dexie, type EntityTable, type Table, type Transaction } from "dexie";
import { NO_SHARED_RESULTS } from "./cache-db.ts";
import type { StoredAside, StoredEntry } from "./row-codec.ts";

/** The rest of a text that is too long for its row, in pieces. */
export type StoredPiece = { owner: string; piece: number; text: string };
/** An edit without its message's text, which stands in a piece of its own. */
export type StoredEdit = Omit<EditRow, "original">;
export type StoredSetting = { key: string; value: unknown };

/** S19: the name carries the account. */
export function journalName(accountKey: AccountKey): string {
  return `parley.journal.${accountKey}`;
}

/** The tables, of the database itself or bound to one transaction. */
export type JournalTables = {
  readonly outbox: Table<StoredEntry, number>;
  readonly drafts: EntityTable<DraftRow, "chatId">;
  readonly revisions: Table<DraftRevisionRow, [string, number]>;
  readonly pieces: Table<StoredPiece, [string, number]>;
  readonly settings: EntityTable<StoredSetting, "key">;
  readonly readMarks: EntityTable<ReadMarkRow, "chatId">;
  readonly waitingPuts: Table<WaitingPut, string>;
  readonly aside: Table<StoredAside, [string, string]>;
  readonly edits: EntityTable<StoredEdit, "chatId">;
};

function bound<Name extends keyof JournalTables>(tx: Transaction, name: Name): JournalTables[Name] {
  return tx.table(name);
}

/** The tables bound to a transaction over all of them (see `tablesWithin` of cache-db.ts). */
export function journalWithin(tx: Transaction): JournalTables {
  return {
    outbox: bound(tx, "outbox"),
    drafts: bound(tx, "drafts"),
    revisions: bound(tx, "revisions"),
    pieces: bound(tx, "pieces"),
    settings: bound(tx, "settings"),
    readMarks: bound(tx, "readMarks"),
    waitingPuts: bound(tx, "waitingPuts"),
    aside: bound(tx, "aside"),
    edits: bound(tx, "edits"),
  };
}

/**
 * What only this device knows (S11). Migrations are forward-only and keep every row: the program
 * never drops a journal.
 */
export class JournalDb extends Dexie implements JournalTables {
  declare readonly outbox: JournalTables["outbox"];
  declare readonly drafts: JournalTables["drafts"];
  declare readonly revisions: JournalTables["revisions"];
  declare readonly pieces: JournalTables["pieces"];
  declare readonly settings: JournalTables["settings"];
  declare readonly readMarks: JournalTables["readMarks"];
  declare readonly waitingPuts: JournalTables["waitingPuts"];
  declare readonly aside: JournalTables["aside"];
  declare readonly edits: JournalTables["edits"];

  constructor(accountKey: AccountKey) {
    super(journalName(accountKey), {
      ...NO_SHARED_RESULTS,
      chromeTransactionDurability: "strict",
    });
    this.version(1).stores({
      outbox: "++order, &clientId, chatId",
      drafts: "chatId",
      revisions: "[chatId+rev]",
      pieces: "[owner+piece]",
      settings: "key",
      readMarks: "chatId",
    });
    // S1: account values wait here; drafts know what of them the server has: nothing yet.
    this.version(2)
      .stores({ waitingPuts: "key" })
      .upgrade((tx) =>
        tx.table("drafts").toCollection().modify({ syncedRev: 0, putRev: 0, takenRev: 0 }),
      );
    this.version(3).stores({ aside: "[chatId+clientId]" });
    // S21: unfinished edits.
    this.version(4).stores({ edits: "chatId" });
  }
}
