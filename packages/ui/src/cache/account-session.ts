import type { TextSpan } from "@parley/protocol/content.ts";
import type { Failure, Result } from "@parley/protocol/errors.ts";
import type { AccountId, AccountKey, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { RequestData } from "@parley/protocol/socket/requests.ts";
import type { ChatAlerts } from "./chat-flags.ts";
import type { EditTarget } from "./edit-keeper.ts";
import type { Live } from "./live.ts";
import type {
  ChatList,
  ChatView,
  DraftRevision,
  DraftView,
  EntryItem,
  EventItem,
  KeptHere,
  OutboxSummary,
  OwnState,
  People,
  Roster,
  Timeline,
  TimelineWindow,
  TotalUnread,
} from "./read-models.ts";

/** Live read models of one account; the hooks of `hooks.ts` are the usual way to read them. */
export type AccountReads = {
  chatList(limit?: number): Live<ChatList>;
  /** Null if the chat is not in the cache. */
  chat(chatId: ChatId): Live<ChatView | null>;
  timeline(chatId: ChatId, window: TimelineWindow): Live<Timeline>;
  /** Null if no own message of that name is known here. */
  messageState(chatId: ChatId, clientId: ClientId): Live<OwnState | null>;
  /** One message by its name, as the timeline shows it; null if it is not on this device. */
  message(chatId: ChatId, clientId: ClientId): Live<EventItem | EntryItem | null>;
  draft(chatId: ChatId): Live<DraftView | null>;
  /** What the composer of a chat held before, newest first; at most LIMITS.draftRevisions. */
  draftRevisions(chatId: ChatId): Live<readonly DraftRevision[]>;
  /** S21: the message that a chat's composer edits, or null; known from the start. */
  edit(chatId: ChatId): Live<EditTarget | null>;
  /** How far that edit was typed. */
  editText(chatId: ChatId): Live<string>;
  outbox(): Live<OutboxSummary>;
  people(accountIds: readonly AccountId[]): Live<People>;
  roster(chatId: ChatId): Live<Roster | null>;
  totalUnread(): Live<TotalUnread>;
  /** V33: whom this account has blocked. */
  blocked(): Live<readonly AccountId[]>;
  /** What this device keeps of the account. */
  kept(): Live<KeptHere>;
};

export type TextInput = {
  text: string;
  replyTo?: ClientId;
  mentions?: readonly AccountId[];
  /** Where `text` names accounts, in UTF-16 units; whom they name is mentioned in any case. */
  spans?: readonly TextSpan[];
};

/**
 * One signed-in account in one window: everything the screens read and do. Reads work offline.
 * Commands never throw: a failure is a value whose code the catalogue explains.
 */
export type AccountSession = {
  readonly accountKey: AccountKey;
  readonly accountId: AccountId;
  readonly reads: AccountReads;

  /**
   * S11: journals a message with strict durability and returns its name; sending follows by itself.
   * E4: lone surrogates are replaced; an empty text is `invalid_request`, a longer one than
   * LIMITS.textUnits or LIMITS.payloadBytes is `too_large`. The chat's draft is cleared with it,
   * unless it stays: then the message did not come from the chat's composer.
   */
  sendText(
    chatId: ChatId,
    input: TextInput,
    draft?: "sent" | "stays",
  ): Promise<Result<{ clientId: ClientId }>>;
  /**
   * S12, V29: replaces the text of an own message, with the limits of `sendText`. Journaled; shows at
   * once in the timeline. `target_not_found`, `target_gone` (deleted), `not_allowed` (someone else's).
   * The chat's unfinished edit of that message ends with it, and on failure stays.
   */
  editMessage(
    chatId: ChatId,
    clientId: ClientId,
    input: Omit<TextInput, "replyTo">,
  ): Promise<Result<void>>;
  /**
   * S13, V29: erases a message on all devices. One's own, or, for owner and admins of a group, anyone's;
   * the server decides. What is deleted already stays so.
   */
  deleteForEveryone(chatId: ChatId, clientId: ClientId): Promise<Result<void>>;
  /** S12: puts a reaction (`key`: the emoji) on a message; one that is there already stays. */
  react(chatId: ChatId, clientId: ClientId, key: string): Promise<Result<void>>;
  /** Takes the own reaction with that key back; without one it does nothing. */
  unreact(chatId: ChatId, clientId: ClientId, key: string): Promise<Result<void>>;
  /** S11: puts a failed or offered message back into the queue, at its end. */
  retry(clientId: ClientId): Promise<Result<void>>;
  /** S11: what waits for its next try is tried now, unless the server itself has asked for a longer pause. */
  sendNow(): void;
  /** S6c: sends everything again that the restored server lost of one's own in a chat, in its order. */
  sendOffered(chatId: ChatId): Promise<Result<void>>;
  /** S6c: gives all of it up; the texts become draft revisions. */
  discardOffered(chatId: ChatId): Promise<Result<void>>;
  /** S11: gives up a failed, offered or not yet sent message; its text becomes a draft revision. */
  discard(clientId: ClientId): Promise<Result<void>>;

  /** Keeps what is typed, soon; `flushDrafts` at once. Call on every change of the composer. */
  saveDraft(chatId: ChatId, text: string, replyTo?: ClientId | null): void;
  /**
   * S21: the composer of a chat edits a message from now on; one edit a chat. It outlives window and
   * program until it is saved or left. An edit of another message is left.
   */
  beginEdit(chatId: ChatId, clientId: ClientId, original: string): void;
  /** Keeps what is typed in that edit, as `saveDraft`. */
  saveEdit(chatId: ChatId, target: EditTarget, text: string): void;
  /** Leaves the edit; what was typed into it is kept as a revision of the chat's draft. */
  endEdit(chatId: ChatId): void;
  /** Leaves the edit; its text becomes the draft, and what that was is kept as a revision. */
  editToDraft(chatId: ChatId): Promise<Result<void>>;
  /**
   * S1: an earlier text takes its place in the composer again; what stands there is kept in its turn,
   * and an edit is left. `not_found`: newer texts have taken its place meanwhile.
   */
  putBackDraft(chatId: ChatId, rev: number): Promise<Result<void>>;

  /** Writes pending drafts and edits now: on blur, pagehide, chat switch. */
  flushDrafts(): Promise<void>;

  /** S8: marks read through `seq`; kept in the journal until the server confirms. */
  markRead(chatId: ChatId, seq: number): Promise<Result<void>>;

  /** Makes sure that up to a page of events before `beforeSeq` is cached. */
  loadOlder(chatId: ChatId, beforeSeq: number): Promise<Result<void>>;
  /** S6b: fetches a page of a gap, from its newer end or from its older end. */
  fillGap(
    chatId: ChatId,
    gap: { from: number; to: number },
    end: "newer" | "older",
  ): Promise<Result<void>>;
  /** Makes sure that the events around `seq` are cached, for a jump. */
  loadAround(chatId: ChatId, seq: number): Promise<Result<void>>;
  /** S7: fetches an event once more that did not fit the chain. `ChatView.chainFault` tells what came of it. */
  fetchAgain(chatId: ChatId, seq: number): Promise<Result<void>>;
  /** Fetches the members of a large group (S8). */
  loadMembers(chatId: ChatId): Promise<Result<void>>;

  /** V5: opens the one direct chat with a person; the answer names it, it is in the cache then. */
  startDirect(accountId: AccountId): Promise<Result<{ chatId: ChatId }>>;
  createGroup(input: {
    title: string;
    accountIds: readonly AccountId[];
    history?: "all" | "joined";
  }): Promise<Result<{ chatId: ChatId }>>;
  setTitle(chatId: ChatId, title: string): Promise<Result<void>>;
  addMembers(chatId: ChatId, accountIds: readonly AccountId[]): Promise<Result<void>>;
  removeMember(chatId: ChatId, accountId: AccountId): Promise<Result<void>>;
  setRole(
    chatId: ChatId,
    accountId: AccountId,
    role: "owner" | "admin" | "member",
  ): Promise<Result<void>>;
  leave(chatId: ChatId): Promise<Result<void>>;
  searchPeople(query: string): Promise<Result<readonly Person[]>>;
  /** S8: when an own message reached whom. */
  ledger(chatId: ChatId, seq: number): Promise<Result<RequestData<"chat:ledger">>>;

  /**
   * S1, S11: values of the account, the same on all its devices. They are journaled, show at once, and
   * reach the server when it can be reached. `forMs`: how long; null: for good.
   */
  muteChat(chatId: ChatId, forMs: number | null): Promise<Result<void>>;
  unmuteChat(chatId: ChatId): Promise<Result<void>>;
  /** V51 */
  setChatAlerts(chatId: ChatId, alerts: ChatAlerts): Promise<Result<void>>;
  pinChat(chatId: ChatId): Promise<Result<void>>;
  unpinChat(chatId: ChatId): Promise<Result<void>>;
  archiveChat(chatId: ChatId): Promise<Result<void>>;
  unarchiveChat(chatId: ChatId): Promise<Result<void>>;
  /** V33 */
  blockAccount(accountId: AccountId): Promise<Result<void>>;
  unblockAccount(accountId: AccountId): Promise<Result<void>>;

  /**
   * S6, S11: drops the cache of this account, in all windows, and has it fetched anew from the server.
   * What waits to be sent and drafts stay. Answers what is kept once all is there again, which needs the
   * server; `AccountReads.kept` tells how far it has come. `internal`: it could not be dropped.
   */
  rebuildCache(): Promise<Result<KeptHere>>;

  /** The chats that this window shows: they are fetched first (S6a). */
  setOpenChats(chatIds: readonly ChatId[]): void;
  /** Problems that the user should hear of, e.g. that this device's storage is full. Null: none. */
  readonly trouble: Live<Failure | null>;
  /** Flushes drafts and closes the databases. */
  close(): Promise<void>;
};
