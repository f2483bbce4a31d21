import type { ChatKind, Role, Withheld } from "@parley/protocol/chat.ts";
import type { OpenedContent } from "@parley/protocol/content.ts";
import type { KeptBecause } from "@parley/client/sync/model.ts";
import type { PendingChange } from "@parley/client/sync/pending.ts";
import type { WaitReason } from "@parley/client/sync/waiting.ts";
import type { ChainFault } from "@parley/protocol/chain.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import type { Relation, SystemContent } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { MessageState } from "@parley/protocol/receipts.ts";
import type { ChatAlerts, ChatFlags } from "./chat-flags.ts";

/**
 * What the screens read. Every model is plain data: no database object, no promise. Rows keep their
 * identity (`===`) between two results as long as nothing in them changed, so memoised components
 * redraw only what moved.
 *
 * Words shared by all models:
 * - an *event* is a row of the cache: the server has it, it has a `seq`;
 * - an *entry* is a message of this device that the cache does not hold yet (S11): journaled, sent,
 *   failed, or offered again after the server was restored (S6c);
 * - times are ms since 1970; `at` of events is the server's clock, of entries this device's.
 */

/** State of an own message: the ticks, and what an entry can be before it has any. */
export type OwnState = MessageState | "failed" | "offered";

/** What a chat list line or a notification says about a message, without its full text. */
export type PreviewContent =
  /** The beginning of the text, on one line, at most 160 UTF-16 units. */
  | { kind: "text"; text: string }
  /** Deleted for everyone (S13). */
  | { kind: "erased" }
  /** Content of a newer version (S2b). */
  | { kind: "unknown" };

export type MessagePreview = {
  clientId: ClientId;
  /** Null while the server has not given it a place. */
  seq: number | null;
  senderId: AccountId;
  /** Null if the sender is me or not known here. */
  sender: Person | null;
  mine: boolean;
  atMs: number;
  content: PreviewContent;
};

/** One line of the chat list. */
export type ChatListRow = {
  chatId: ChatId;
  kind: ChatKind;
  /** Title of a group; null for direct chats and notes to self, which the screen names. */
  title: string | null;
  /** The other person of a direct chat. */
  peer: Person | null;
  /** The newest message, entries included; null if there is none yet. */
  last: MessagePreview | null;
  /** Tick of `last` if it is mine, else null. */
  lastState: OwnState | null;
  /** When something last happened here: the order of the list, newest first. */
  activityAtMs: number;
  /** S9: the shared numbers; an unsent own read mark that covers all already shows as 0. */
  unread: number;
  mentions: number;
  /** Text of the draft, or null. */
  draft: string | null;
  /** Whether I left or was removed: readable, not writable (V8). */
  left: boolean;
} & ChatFlags;

/** Pinned chats first, the newest pin first; then by activity. Archived ones stand in their place. */
export type ChatList = {
  rows: readonly ChatListRow[];
  /** Chats in the cache; more than `rows` when a limit was given. */
  total: number;
  /** False until the first catch-up of this account was applied on this device. */
  complete: boolean;
};

/** The chat behind a pane. Members are a model of their own (`useRoster`). */
export type ChatView = {
  chatId: ChatId;
  kind: ChatKind;
  title: string | null;
  peer: Person | null;
  createdAtMs: number;
  memberCount: number;
  myRole: Role;
  joinedSeq: number;
  left: boolean;
  /** Newest seq that this account may see, as far as known here. */
  headSeq: number;
  /** Newest seq that is in the cache; below `headSeq` while it is being fetched. */
  cachedThroughSeq: number;
  /** My read mark, an unsent one included: the unread divider stands after it. */
  readSeq: number;
  unread: number;
  mentions: number;
  /** S8: lowest marks over all others, for ticks; null when there is nobody else. */
  othersMin: { deliveredSeq: number; readSeq: number } | null;
  /** S6c: the server no longer knows this chat after it was restored. */
  lost: boolean;
  /** S6c: own messages that the restored server lost, waiting for the user's word. */
  offered: number;
  /** S7: the newest unbroken run of events whose chain was checked, both ends included; null: none. */
  verified: { from: number; to: number } | null;
  /**
   * S7: the newest event that did not fit the chain although it was fetched again, and how many more
   * there are; null: none.
   */
  chainFault: { seq: number; fault: ChainFault; sinceMs: number; more: number } | null;
} & ChatFlags &
  ChatAlerts;

/** The reactions with one key that stand on a message, own waiting ones included (S11, S12). */
export type ReactionView = {
  key: string;
  count: number;
  /** Whether one of them is mine. */
  mine: boolean;
  /** Who, of the newest 20 reactions of the message, newest last. */
  accountIds: readonly AccountId[];
};

/** Who deleted a message for everyone, and when (S13). */
export type ErasedView = { by: AccountId; mine: boolean; atMs: number };

/** A row of the timeline that stands in the server's stream. */
export type EventItem = {
  kind: "event";
  /** Stable through entry -> event: the clientId. */
  key: string;
  seq: number;
  clientId: ClientId;
  atMs: number;
  senderId: AccountId;
  mine: boolean;
  /** S17: what happened to the chat; then `content` is unknown and not shown. */
  system: SystemContent | null;
  /** Opened content, an edit already in its place; null if erased or not visible (S13, X3). */
  content: OpenedContent | null;
  /** What it refers to (reply); `seq` is null while the target's place is not known. */
  rel: (Relation & { seq: number | null }) | null;
  mentions: readonly AccountId[];
  editedAtMs: number | null;
  erased: boolean;
  erasedBy: ErasedView | null;
  reactions: readonly ReactionView[];
  /**
   * Own edits, reactions and deletions of this message that the cache does not hold yet. Those that
   * wait show already in `content`, `erased` and `reactions`; failed and offered ones do not.
   */
  pending: readonly PendingChange[];
  /** S7: this event did not fit the chain, also when fetched again; null: it did. */
  fault: ChainFault | null;
};

/** A message of this device that the cache does not hold yet (S11). */
export type EntryItem = {
  kind: "entry";
  key: string;
  clientId: ClientId;
  /** Set once the server acknowledged it. */
  seq: number | null;
  atMs: number;
  senderId: AccountId;
  mine: true;
  state: "sending" | "sent" | "failed" | "offered";
  /** Why it failed, or what keeps it waiting. */
  error: Failure | null;
  /** Why it has not reached the server; null unless it is `sending`. */
  waiting: WaitReason | null;
  /** Own edits already in their place; null if it was deleted before it was sent. */
  content: OpenedContent | null;
  rel: (Relation & { seq: number | null }) | null;
  mentions: readonly AccountId[];
  editedAtMs: number | null;
  reactions: readonly ReactionView[];
  pending: readonly PendingChange[];
};

/** S6b: events that exist but are not here; filled by `fillGap`. Both ends included. */
export type GapItem = { kind: "gap"; key: string; from: number; to: number };
/** S7: events that this account may never see. */
export type WithheldItem = Withheld & { kind: "withheld"; key: string };
/** S6c: a message of someone else that the server lost when it was restored. */
export type LostItem = Omit<EventItem, "kind"> & { kind: "lost" };

export type TimelineItem = EventItem | EntryItem | GapItem | WithheldItem | LostItem;

/**
 * Which part of a chat to read: up to `before` rows before the anchor and `after` rows from it on.
 * `newest` follows the end of the chat. Growing `before` while keeping the anchor loads older rows
 * without moving what is shown.
 */
export type TimelineWindow = {
  anchor: "newest" | { seq: number };
  before: number;
  after: number;
};

export type Timeline = {
  chatId: ChatId;
  /** In order: events by seq, with gaps in their place, then entries in the order of writing. */
  items: readonly TimelineItem[];
  /** Seqs that exist before the first and after the last of `items` (gaps count). 0: an end of the chat. */
  seqsBefore: number;
  seqsAfter: number;
  /** Whether the window reaches older / newer rows when grown, without asking the server. */
  cachedBefore: boolean;
  cachedAfter: boolean;
  headSeq: number;
};

/**
 * The text in a composer. `takenRev` rises when a text of another device took this one's place, which
 * happens only while nothing typed here waits to be sent; a draft that was cleared elsewhere becomes
 * null. A composer then shows what the draft says.
 */
export type DraftView = {
  chatId: ChatId;
  text: string;
  /** The message that is being replied to. */
  replyTo: ClientId | null;
  rev: number;
  takenRev: number;
  updatedAtMs: number;
};

/** An earlier text of a composer, and why it stands there no more; null: not known. */
export type DraftRevision = {
  rev: number;
  text: string;
  savedAtMs: number;
  why: KeptBecause | null;
};

export type OutboxSummary = {
  /** Written, not yet acknowledged. */
  waiting: number;
  /** Refused for good; waiting for retry or discard. */
  failed: number;
  /** S6c: the server lost them; waiting for the user's word. */
  offered: number;
};

export type RosterRow = {
  accountId: AccountId;
  /** Null until the name is known. */
  person: Person | null;
  role: Role;
  joinedSeq: number;
  deliveredSeq: number;
  readSeq: number;
  mine: boolean;
};

export type Roster = {
  chatId: ChatId;
  /** Owner first, then admins, then members, each by name. */
  rows: readonly RosterRow[];
  memberCount: number;
  /** False in large groups until `loadMembers` has fetched them. */
  complete: boolean;
};

export type TotalUnread = { unread: number; mentions: number; chats: number };

/** Names by account; who is not known is absent. */
export type People = ReadonlyMap<AccountId, Person>;

/** What this device keeps of an account. */
export type KeptHere = {
  /** Messages and what changed them. */
  events: number;
  chats: number;
  /** S11: messages and changes that have not reached the server. */
  waiting: number;
  drafts: number;
  /** Whether all chats are here up to their newest message, as far as this device knows. */
  fetched: boolean;
};
