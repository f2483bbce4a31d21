import type { ChainFault } from "@parley/protocol/chain.ts";
import type { ChatKind, Member, MyMembership, Watermarks } from "@parley/protocol/chat.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import type { Event, Send } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, ClientId, DataEpoch } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { AccountValue, ValueKey } from "@parley/protocol/values.ts";

/** What the cache as a whole stands for. */
export type CacheMeta = {
  /** Null until the first hello was answered. */
  dataEpoch: DataEpoch | null;
  /** S6: everything up to this change number is applied. */
  since: number;
};

/** The beginning of a message, as a chat list shows it. */
export type Preview = {
  seq: number;
  clientId: ClientId;
  senderId: AccountId;
  at: number;
  content: { kind: "text"; text: string } | { kind: "erased" } | { kind: "unknown" };
};

/**
 * A chat as the cache keeps it. Everything the chat list needs stands here, so the list never reads
 * events. Two positions in the stream: `headSeq` is what is known to exist, `cursor` is where the
 * newest cached range ends (S6a).
 */
export type ChatRow = {
  chatId: ChatId;
  kind: ChatKind;
  title: string | null;
  createdAt: number;
  headSeq: number;
  cursor: number;
  rev: number;
  /** Place in the stream that title and members stand for: later system events are folded in (S17). */
  rosterSeq: number;
  membershipVersion: number;
  memberCount: number;
  /** Whether the member rows are complete (S8: large groups are fetched when needed). */
  membersKnown: boolean;
  /** S8: lowest marks over the others; null when there is nobody else. */
  othersMin: Watermarks | null;
  /** The other account of a direct chat. */
  peerId: AccountId | null;
  my: MyMembership;
  last: Preview | null;
  activityAt: number;
  /** Change numbers of the newest statements applied: older ones that come late are passed over. */
  statedChange: number;
  countsChange: number;
  /** S6c: the server was restored and this chat's rows are not compared with it yet. */
  reconcile: boolean;
  /** S6c: the restored server does not know this chat. */
  lost: boolean;
  /** S7: events that did not fit the chain, also when fetched again; by seq, the newest ones. */
  faults: readonly ChainFaultMark[];
};

/** S7: an event whose place in the chain could not be verified. `sinceMs` by this device's clock. */
export type ChainFaultMark = { seq: number; fault: ChainFault; sinceMs: number };

/**
 * An event in the cache. `foldSeq`: its fold is exact through this seq; a rel event at or below it
 * changes nothing (S6b).
 */
export type EventRow = Event & {
  foldSeq: number;
  /** S7: set where the chain does not fit although the event was fetched again. */
  fault?: ChainFault;
};

/** S6b, S7: seqs that need no fetching: cached, or never to be seen. Both ends included. */
export type Range = { from: number; to: number; kind: "held" | "withheld" };

export type PersonRow = Person & { change: number };

/** S6c: an event that the server lost when it was restored. */
export type AsideRow = { chatId: ChatId; event: Event; epoch: DataEpoch };

/** States of a journal entry (S11). A cached event needs no entry: then the entry is gone. */
export type EntryState = "journaled" | "sent" | "failed" | "offered";

/** S11: a message of this device until the cache holds it. */
export type OutboxEntry = {
  /** Order of writing over all windows; given by the store. */
  order: number;
  clientId: ClientId;
  chatId: ChatId;
  send: Send;
  state: EntryState;
  /** Set by the ack. */
  seq: number | null;
  /** Why it failed, or what keeps it waiting. */
  error: Failure | null;
  /** With an `error` that may pass: when it is tried again, by this device's clock. */
  retryAtMs?: number;
  /** This device's clock. */
  createdAtMs: number;
};

export type NewEntry = Omit<OutboxEntry, "order">;

/**
 * The text in a composer (S1). A row with nothing in it stays until the server has heard that the
 * draft was cleared.
 */
export type DraftRow = {
  chatId: ChatId;
  text: string;
  replyTo: ClientId | null;
  /** Counts the changes on this device. */
  rev: number;
  /** The server's version that it stands on, 0 for none. */
  baseRev: number;
  /** The `rev` that the server has as `baseRev`; another one waits to be sent. */
  syncedRev: number;
  /** The newest `rev` that may have reached the server, 0 for none. */
  putRev: number;
  /** Rises with each version of another device that took this one's place. */
  takenRev: number;
  updatedAtMs: number;
};

/**
 * Why a text is kept that no composer holds any more: it was written over or cleared here; another
 * device's text took its place (`overtaken`), or it is that of another device while one's own stayed
 * (`elsewhere`); its message was given up before it was sent; or it was to replace a message's text, and
 * the edit was left.
 */
export type KeptBecause = "replaced" | "overtaken" | "elsewhere" | "discarded" | "edit";

/** Revisions of before there were reasons have none. */
export type DraftRevisionRow = {
  chatId: ChatId;
  rev: number;
  text: string;
  savedAtMs: number;
  why?: KeptBecause;
};

/** S21: the unfinished edit of a chat, at most one: nothing of it is the chat's draft. */
export type EditRow = {
  chatId: ChatId;
  target: ClientId;
  /** The message's text when the edit began. */
  original: string;
  /** As far as it was typed. */
  text: string;
  updatedAtMs: number;
};

/** S1: an account value as the server last stated it; null once it was taken away. */
export type ValueRow = AccountValue;

/** S11: an account value that the server has not got yet, one per key. */
export type WaitingPut = { key: ValueKey; value: string | null };

/** S8: a read mark that the server has not confirmed. */
export type ReadMarkRow = { chatId: ChatId; readSeq: number };

export type MemberRow = Member & { chatId: ChatId };
