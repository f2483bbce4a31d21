import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import type {
  AsideRow,
  DraftRevisionRow,
  DraftRow,
  EditRow,
  NewEntry,
  OutboxEntry,
  ReadMarkRow,
  WaitingPut,
} from "./model.ts";

/** A decision about one entry: what it becomes, `"drop"`, or undefined to leave it as it is. */
export type EntryDecision = OutboxEntry | "drop" | undefined;

/** How a draft changes; made by `reviseDraft`. */
export type DraftChange = {
  draft: DraftRow | null;
  /** A text to keep, because `draft` does not contain it. */
  keep?: DraftRevisionRow;
  /** Revisions that are no longer needed. */
  drop?: readonly number[];
};

/** Decides on a draft; `revisions` are those kept, newest first. */
export type DraftDecision = (
  now: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
) => DraftChange | undefined;

/** How an unfinished edit changes; made by `reviseEdit`. */
export type EditChange = {
  edit: EditRow | null;
  /** What becomes of the chat's draft and its revisions with it. */
  draft?: DraftChange | undefined;
};

/** Decides on a chat's unfinished edit. */
export type EditDecision = (
  now: EditRow | undefined,
  draft: DraftRow | undefined,
  revisions: readonly DraftRevisionRow[],
) => EditChange | undefined;

/**
 * The journal of one account (S11): what only this device knows. Every write is durable when its
 * promise resolves, is one transaction, and may come from any window. The program never drops it.
 */
export type JournalStore = {
  /**
   * Adds an entry; the store gives it its place. Its chat's draft, or its unfinished edit, changes in the
   * same transaction.
   */
  add(
    entry: NewEntry,
    draftChange?: DraftDecision,
    editChange?: EditDecision,
  ): Promise<OutboxEntry>;
  /** Entries of one chat, or all, in order of writing. */
  entries(chatId?: ChatId): Promise<OutboxEntry[]>;
  entry(clientId: ClientId): Promise<OutboxEntry | undefined>;
  /** Decides on entries of a chat, or on all, in one transaction. */
  decide(
    chatId: ChatId | null,
    decision: (entries: readonly OutboxEntry[]) => ReadonlyMap<ClientId, EntryDecision>,
  ): Promise<void>;
  /** Puts an entry at the end of its chat's queue, waiting again. */
  requeue(clientId: ClientId): Promise<boolean>;
  /** Adds entries that are not there yet, in the order given (S6c). */
  offer(entries: readonly NewEntry[]): Promise<void>;
  /** Keeps others' messages that the restored server lost (S6c); those kept already are replaced. */
  setAside(rows: readonly AsideRow[]): Promise<void>;
  /** What was set aside of a chat, in any order. */
  aside(chatId: ChatId): Promise<AsideRow[]>;

  draft(chatId: ChatId): Promise<DraftRow | undefined>;
  /** Decides on a chat's draft in one transaction; undefined leaves it as it is. */
  changeDraft(chatId: ChatId, change: DraftDecision): Promise<void>;
  /** Newest first. */
  draftRevisions(chatId: ChatId): Promise<DraftRevisionRow[]>;

  /** The drafts of all chats, in any order. */
  drafts(): Promise<DraftRow[]>;

  /** S21: the unfinished edits of all chats, in any order. */
  edits(): Promise<EditRow[]>;
  /** Decides on a chat's unfinished edit in one transaction; undefined leaves it as it is. */
  changeEdit(chatId: ChatId, change: EditDecision): Promise<void>;

  /** S11: account values that wait, in the order of their first writing. */
  waitingPuts(): Promise<WaitingPut[]>;
  /** Replaces what waits under the same key. */
  putWaiting(put: WaitingPut): Promise<void>;
  /** Lets go of puts that were answered, unless something else waits under the key by now. */
  settleWaiting(settled: readonly WaitingPut[]): Promise<void>;

  readMarks(): Promise<ReadMarkRow[]>;
  /** Marks only grow. */
  putReadMark(mark: ReadMarkRow): Promise<void>;
  /** Forgets marks at or below what the server has confirmed. */
  confirmReadMarks(confirmed: readonly ReadMarkRow[]): Promise<void>;
  /** S6c: seqs of an older epoch mean nothing any more. */
  clearReadMarks(): Promise<void>;

  setting(key: string): Promise<unknown>;
  putSetting(key: string, value: unknown): Promise<void>;
  close(): void;
};
