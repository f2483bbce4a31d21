import type { Member } from "@parley/protocol/chat.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { ValueKey, ValueKind } from "@parley/protocol/values.ts";
import type { CacheMeta, ChatRow, EventRow, PersonRow, Range, ValueRow } from "./model.ts";

/** What a decision may read, all of one moment. */
export type CacheReads = {
  meta(): Promise<CacheMeta>;
  /** In the order asked for; undefined where there is none. */
  chats(chatIds: readonly ChatId[]): Promise<(ChatRow | undefined)[]>;
  allChats(): Promise<ChatRow[]>;
  /** Chats whose head is past their cursor, or that are to be reconciled (S6a, S6c). */
  chatsBehind(): Promise<ChatRow[]>;
  members(chatId: ChatId): Promise<Member[]>;
  /** Sorted and disjoint (ranges.ts). */
  ranges(chatId: ChatId): Promise<Range[]>;
  /** Those that exist, in any order. */
  events(chatId: ChatId, seqs: readonly number[]): Promise<EventRow[]>;
  /** In seq order; both ends included. */
  eventsBetween(chatId: ChatId, from: number, to: number): Promise<EventRow[]>;
  /** Which of these clientIds the cache holds. */
  heldClientIds(clientIds: readonly ClientId[]): Promise<Set<ClientId>>;
  /** S11: rows by their clientIds; those that are cached, in any order. */
  named(clientIds: readonly ClientId[]): Promise<EventRow[]>;
  people(accountIds: readonly AccountId[]): Promise<(PersonRow | undefined)[]>;
  /** In the order asked for; undefined where there is none. */
  values(keys: readonly ValueKey[]): Promise<(ValueRow | undefined)[]>;
  /** S1: all values of one kind, those taken away included. */
  valuesOf(kind: ValueKind): Promise<ValueRow[]>;
};

/** What one transaction changes. Rows replace rows of the same key. */
export type CachePatch = {
  meta?: Partial<CacheMeta>;
  chats?: readonly ChatRow[];
  /** All members of a chat. */
  members?: readonly { chatId: ChatId; members: readonly Member[] }[];
  /** All ranges of a chat. */
  ranges?: readonly { chatId: ChatId; ranges: readonly Range[] }[];
  /** Removed before `events` are put; both ends included. */
  dropEvents?: readonly { chatId: ChatId; from: number; to: number }[];
  events?: readonly EventRow[];
  people?: readonly PersonRow[];
  /** S6c: numbers of values mean nothing any more; before `values` are put. */
  clearValues?: boolean;
  values?: readonly ValueRow[];
};

/** Why a write did not happen. */
export type WriteFault =
  /** S20: another writer claimed the store. */
  | "fenced"
  /** The database is gone or broken; `reopen` makes a fresh one. */
  | "lost"
  /** The disk is full. */
  | "full";

export type WriteResult<T> =
  | { ok: true; value: T }
  | { ok: false; fault: WriteFault; cause: unknown };

/**
 * The cache of one account: droppable, rebuilt from the server at any time, with one writer.
 * A write is one transaction: `body` reads, decides and returns a patch, which is applied whole or
 * not at all. `body` may await nothing but its reads.
 */
export type CacheStore = {
  /** S20: makes `writerEpoch` the only one that may write from now on. */
  claim(writerEpoch: string): Promise<WriteResult<CacheMeta>>;
  /** Fails as `fenced` without running anything if `writerEpoch` is no longer the claimed one. */
  write<T>(
    writerEpoch: string,
    body: (reads: CacheReads) => Promise<{ patch: CachePatch; result: T }>,
  ): Promise<WriteResult<T>>;
  /** Reads without writing, from any window. */
  read<T>(body: (reads: CacheReads) => Promise<T>): Promise<T>;
  /** Opens again after `lost`, dropping what cannot be read. */
  reopen(): Promise<void>;
  close(): void;
};
