import type { Result } from "@parley/protocol/errors.ts";
import type {
  AccountId,
  ChatId,
  ClientId,
  DataEpoch,
  DeviceId,
  ServerId,
} from "@parley/protocol/ids.ts";
import type { Roster } from "@parley/protocol/roster.ts";
import type { Event, Fold } from "@parley/protocol/event.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { Command } from "./command.ts";
import type { Publication } from "./publication.ts";
import type {
  AccountRow,
  AccountValueRow,
  ChatRow,
  DeviceRow,
  EventRow,
  InviteRow,
  MembershipRow,
  ReceiptMoveRow,
} from "./rows.ts";
import type { Sight } from "./shown.ts";
import type { SeqRange } from "./visible.ts";

/** A chat with all periods of one account in it, read in one snapshot (X3). */
export type ChatAccess = { chat: ChatRow; periods: readonly MembershipRow[] };

/** S6, S9: everything that one account is told of one chat, read in one snapshot. */
export type ChatView = ChatAccess & {
  /** Current members; null above LIMITS.receiptDetailMembers. */
  members: readonly MembershipRow[] | null;
  unread: number;
  mentions: number;
  /** The newest message that the account may see, as it is shown to it (S12). */
  last: Event | null;
  /** For whoever left: members, roles and title as of their last event (X3); else null. */
  ended: Roster | null;
  /** The members where they are listed, and whoever `last` names. */
  people: readonly Person[];
};

/** S9: an account's marks in a chat and the numbers that follow, through the newest event. */
export type Numbers = {
  membership: MembershipRow;
  unread: number;
  mentions: number;
  headSeq: number;
};

/** Where a listing by (change, id) continues: exclusive. */
export type ListingCursor = { change: number; id: string };

/** Who gets what is published in a chat. */
export type ChatRoster = {
  chatId: ChatId;
  membershipVersion: number;
  members: readonly { accountId: AccountId; joinedSeq: number }[];
};

/** Read-only questions. Each is answered from one committed snapshot. */
export interface StorageReads {
  /** S6: newest number below which no commit can still appear. */
  watermark(): Promise<number>;

  hasAccounts(): Promise<boolean>;
  account(accountId: AccountId): Promise<AccountRow | undefined>;
  accountByHandle(handleKey: string): Promise<AccountRow | undefined>;
  /** Newest first. */
  accounts(limit: number): Promise<AccountRow[]>;
  device(deviceId: DeviceId): Promise<DeviceRow | undefined>;
  /** Sessions of an account: devices not revoked, newest first. */
  sessions(accountId: AccountId, limit: number): Promise<DeviceRow[]>;
  invite(codeHash: string): Promise<InviteRow | undefined>;

  /** In no particular order; unknown ids are left out. */
  people(accountIds: readonly AccountId[]): Promise<Person[]>;
  /** Prefix and substring over handle and name, case and diacritics ignored; prefixes first. */
  searchPeople(query: string, exceptId: AccountId, limit: number): Promise<Person[]>;
  /** Whether two accounts are both current members of some chat. */
  shareChat(a: AccountId, b: AccountId): Promise<boolean>;
  /** Accounts that are current members of a chat with this one, itself left out. */
  acquaintances(accountId: AccountId): Promise<AccountId[]>;
  lastSeen(accountIds: readonly AccountId[]): Promise<Map<AccountId, number | null>>;

  /** Unknown chats are left out; so is one the account never was in. In the order asked. */
  access(accountId: AccountId, chatIds: readonly ChatId[]): Promise<ChatAccess[]>;
  /** As `access`, with all that a ChatState says. */
  chatViews(accountId: AccountId, chatIds: readonly ChatId[]): Promise<ChatView[]>;
  roster(chatId: ChatId): Promise<ChatRoster | undefined>;
  /** S13: which of these names belong to messages that were erased and that a restore did not bring back. */
  erasedElsewhere(clientIds: readonly ClientId[]): Promise<ClientId[]>;
  /** All current members, in order of joining. */
  members(chatId: ChatId): Promise<MembershipRow[]>;
  /** S9: numbers of the current period, through the newest event. */
  counts(accountId: AccountId, chatId: ChatId): Promise<Numbers | undefined>;
  /** S9: the same of those among these accounts who are members and have not read up to `seq`. */
  countsBefore(chatId: ChatId, seq: number, accountIds: readonly AccountId[]): Promise<Numbers[]>;
  /** X3: everyone who may see, or could see before they left, the event at `seq`. */
  seersOf(chatId: ChatId, seq: number): Promise<Set<AccountId>>;

  /**
   * S6: chats with change > since, ordered by (change, chatId); left ones up to their leaving. V55: since
   * 0 means all of them, ordered by chatId.
   */
  changedChats(
    accountId: AccountId,
    since: number,
    after: ListingCursor | null,
    limit: number,
  ): Promise<{ chatId: ChatId; change: number }[]>;
  /**
   * S6: people who share a chat, with change > since, ordered by (change, accountId). V55: since 0 means
   * those who share a group that is too large for its members to be listed with it.
   */
  changedPeople(
    accountId: AccountId,
    since: number,
    after: ListingCursor | null,
    limit: number,
  ): Promise<{ person: Person; change: number }[]>;

  /**
   * S1: values of an account with change > since, ordered by (change, key); cut after `limit` or past
   * `maxBytes` of values (at least one comes). `complete` unless it was cut.
   */
  changedValues(
    accountId: AccountId,
    since: number,
    after: ListingCursor | null,
    cut: { limit: number; maxBytes: number },
  ): Promise<{ rows: AccountValueRow[]; complete: boolean }>;
  /** V33: which of these accounts have blocked this one. */
  blockersOf(accountId: AccountId, among: readonly AccountId[]): Promise<Set<AccountId>>;
  /** V33: whether the chat is a direct one in which either has blocked the other. */
  hasBlock(chatId: ChatId): Promise<boolean>;

  /**
   * Events with from <= seq <= to. `order` says from which end `limit` and `maxBytes` (of payloads,
   * at least one event comes) cut; the answer is in seq order always.
   */
  events(
    chatId: ChatId,
    range: { from: number; to: number },
    cut: { order: "oldest" | "newest"; limit: number; maxBytes: number },
  ): Promise<EventRow[]>;
  /** S12, V30: as `events`, the way whoever has this sight is shown them; `maxBytes` counts that. */
  shownEvents(
    chatId: ChatId,
    range: SeqRange,
    cut: { order: "oldest" | "newest"; limit: number; maxBytes: number },
    sight: Sight,
  ): Promise<Event[]>;
  /**
   * V31: targets in these ranges whose fold, as it is shown, moved past `after`: erasures first, each
   * kind newest first. `isCut`: there are more than `limit`, or than `maxBytes` hold.
   */
  movedFolds(
    chatId: ChatId,
    query: { after: number; ranges: readonly SeqRange[]; limit: number; maxBytes: number },
    sight: Sight,
  ): Promise<{ moved: { seq: number; fold: Fold }[]; isCut: boolean }>;
  /** V43: groups above LIMITS.receiptDetailMembers. */
  largeGroups(): Promise<{ chatId: ChatId; memberCount: number }[]>;
  /** S8: of each of these accounts the first move of each kind that reached `seq`. */
  firstMoves(
    chatId: ChatId,
    accountIds: readonly AccountId[],
    seq: number,
  ): Promise<ReceiptMoveRow[]>;
}

/** What one commit did; handed over before any of its commands is acknowledged. */
export type CommittedCommand = { publications: readonly Publication[]; change: number };

export interface Storage extends StorageReads {
  /** S19, S6c: made when the database is. */
  readonly identity: { readonly serverId: ServerId; readonly dataEpoch: DataEpoch };

  /**
   * Decides and commits. All commands of one call enter the queue together or are refused together
   * (`busy` with retryAfterMs); each has its own result. Resolves after the commit, never rejects.
   *
   * `onSettled` is called with the results right after the publications of these commands were handed
   * to the listeners and before those of later commands: what is sent from there leaves in order (S4).
   */
  transact<R>(
    commands: readonly Command<R>[],
    onSettled?: (results: Result<R>[]) => void,
  ): Promise<Result<R>[]>;

  /** Called for each command of a commit, in commit order (S4). Returns how to stop listening. */
  onCommitted(listener: (committed: CommittedCommand) => void): () => void;

  /** S8: deletes receipt moves older than this. Returns how many. */
  pruneReceiptMoves(beforeMs: number): Promise<number>;

  /** Finishes what is queued, refuses what comes later (`shutting_down`), then closes. */
  close(): Promise<void>;
}

/** One command, one result. */
export async function transactOne<R>(storage: Storage, command: Command<R>): Promise<Result<R>> {
  const [result] = await storage.transact([command]);
  if (!result) throw new Error("A command had no result.");
  return result;
}

/** Why a database cannot be opened. Nothing was touched. */
export type OpenFault = "newer-version" | "damaged" | "not-writable";

/** Thrown by `open*`: at start-up there is nobody to answer to. `message` is one plain line. */
export class StorageOpenError extends Error {
  readonly fault: OpenFault;
  constructor(fault: OpenFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageOpenError";
    this.fault = fault;
  }
}
