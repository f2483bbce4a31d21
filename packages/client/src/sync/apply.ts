import type { Change, ChangeOf, ChatState, Member } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import { foldTargetOf } from "@parley/protocol/fold.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { Person } from "@parley/protocol/person.ts";
import type { RangePart } from "@parley/protocol/socket/requests.ts";
import type { CachePatch, CacheReads } from "./cache-store.ts";
import { type Checks } from "./chain-checks.ts";
import { applyLive, type ChatImage, imageOf } from "./chat-image.ts";
import type { ChatRow, EventRow, PersonRow, ReadMarkRow, ValueRow } from "./model.ts";
import { applyHistory, applyPull, type Asked } from "./parts.ts";
import { gapsWithin, isHeld } from "./ranges.ts";
import {
  applyChatState,
  applyCounts,
  applyMembers,
  applyReceipts,
  countedAgainFrom,
  imageOfNew,
} from "./statements.ts";
import { decideValues } from "./values.ts";

/**
 * Everything that can change the cache, in one stream: changes as the server tells them, acks as
 * `event` and answers to creation as `chat` (both with change 0: they state no newer order), answers
 * about ranges (`asked` of a pull, without it of a page of history), members of large groups.
 */
export type Input =
  | Change
  | { kind: "part"; part: RangePart; asked?: Asked }
  | {
      kind: "members";
      chatId: ChatId;
      membershipVersion: number;
      members: readonly Member[];
      people: readonly Person[];
    };

/** What applying a batch led to. */
export type Applied = {
  /** Rows of the chats that the batch touched, as they are now. */
  rows: ChatRow[];
  /** Events that do not follow the cursor yet (S6a). */
  early: Event[];
  /** Events of this batch that the cache now holds. */
  held: Event[];
  /** S13: messages that were erased. */
  erased: ClientId[];
  /** S7: what did not fit the chain, by chat. */
  suspicions: Suspicion[];
  /** S8: read marks that the server has confirmed. */
  confirmed: ReadMarkRow[];
  /** S1: account values that moved. */
  values: ValueRow[];
};

/** S7: what a batch showed of a chat's chain. */
export type Suspicion = {
  chatId: ChatId;
  /** Places whose event did not fit. */
  damaged: number[];
  /** A live event did not fit, so the chat is to be pulled. */
  reask: boolean;
};

type ChatInput = Exclude<Input, ChangeOf<"person" | "value">>;

/** The chat that an input is about; people and values are about none. */
export function chatIdOf(input: ChatInput): ChatId;
export function chatIdOf(input: Input): ChatId | undefined;
export function chatIdOf(input: Input): ChatId | undefined {
  switch (input.kind) {
    case "person":
    case "value":
      return undefined;
    case "event":
      return input.event.chatId;
    case "chat":
      return input.chat.chatId;
    case "part":
      return input.part.chatId;
    default:
      return input.chatId;
  }
}

function eventsOf(input: ChatInput): readonly Event[] {
  if (input.kind === "event") return [input.event];
  return input.kind === "part" ? input.part.events : [];
}

function needsMembers(input: ChatInput): boolean {
  if (input.kind === "counts") return false;
  if (input.kind === "event" || input.kind === "part") {
    return eventsOf(input).some((event) => event.system !== undefined);
  }
  return true;
}

type Parts = Extract<ChatInput, { kind: "part" }>["part"][];

/** Seqs of single rows that deciding on the inputs needs: targets, moved rows, the one at the cursor. */
function singleSeqs(row: ChatRow, events: readonly Event[], parts: Parts): number[] {
  const targets = events.map((event) => foldTargetOf(event)).filter((seq) => seq !== undefined);
  const moved = parts.flatMap((part) => part.moved.map(({ seq }) => seq));
  const edits = parts.flatMap((part) => part.moved.map(({ fold }) => fold.edit?.seq ?? 0));
  return [...new Set([...targets, ...moved, ...edits, row.cursor])];
}

/** Rows around and below the parts: neighbours in the chain, rows told anew, what came after a page. */
async function loadAround(
  reads: CacheReads,
  row: ChatRow,
  ranges: ChatImage["ranges"],
  parts: Parts,
): Promise<EventRow[]> {
  const spans = parts.flatMap((part) => {
    const seqs = part.events.map((event) => event.seq);
    if (seqs.length === 0) return [];
    const around = { from: Math.min(...seqs) - 1, to: Math.max(...seqs) + 1 };
    const later = { from: part.headSeq + 1, to: row.cursor };
    const isWhole = later.from <= later.to && gapsWithin(ranges, later).length === 0;
    return isWhole ? [around, later] : [around];
  });
  // The row at the cursor, which a pull follows, is read by itself.
  const above = row.cursor + 1;
  const wanted = spans
    .map(({ from, to }) => ({ from: from === row.cursor ? above : from, to }))
    .filter(({ from, to }) =>
      ranges.some((range) => range.kind === "held" && range.to >= from && range.from <= to),
    );
  const loaded = await Promise.all(
    wanted.map(({ from, to }) => reads.eventsBetween(row.chatId, from, to)),
  );
  return loaded.flat();
}

/** Loads what the inputs of one known chat need. */
async function load(
  reads: CacheReads,
  me: AccountId,
  row: ChatRow,
  inputs: readonly ChatInput[],
  checks: Checks,
): Promise<ChatImage> {
  const events = inputs.flatMap(eventsOf);
  const parts = inputs.flatMap((input) => (input.kind === "part" ? [input.part] : []));
  const again = inputs
    .map((input) => {
      if (input.kind === "chat") return countedAgainFrom(row, input.chat.my);
      return input.kind === "counts" ? countedAgainFrom(row, input) : undefined;
    })
    .filter((seq): seq is number => seq !== undefined);
  const needsRanges = events.length > 0 || parts.length > 0;
  const ranges = needsRanges ? await reads.ranges(row.chatId) : [];
  const singles = singleSeqs(row, events, parts).filter((seq) => isHeld(ranges, seq));
  const [members, singleRows, aroundRows, countedRows] = await Promise.all([
    inputs.some(needsMembers) ? reads.members(row.chatId) : [],
    singles.length > 0 ? reads.events(row.chatId, singles) : [],
    loadAround(reads, row, ranges, parts),
    again.length > 0 ? reads.eventsBetween(row.chatId, Math.min(...again), row.cursor) : [],
  ]);
  return imageOf(me, row, checks, {
    ranges,
    members,
    events: [...countedRows, ...aroundRows, ...singleRows],
  });
}

function firstState(inputs: readonly ChatInput[]): ChatState | undefined {
  return inputs.find((input) => input.kind === "chat")?.chat;
}

/** Applies the inputs of one chat in their order; returns the events that came early. */
function applyToImage(image: ChatImage, inputs: readonly ChatInput[]): Event[] {
  let live: Event[] = [];
  let early: Event[] = [];
  const flush = (): void => {
    if (live.length === 0 && early.length === 0) return;
    early = applyLive(image, [...early, ...live]);
    live = [];
  };
  for (const input of inputs) {
    if (input.kind === "event") {
      live.push(input.event);
      continue;
    }
    flush();
    if (input.kind === "chat") applyChatState(image, input.chat, input.change);
    else if (input.kind === "receipts") applyReceipts(image, input);
    else if (input.kind === "counts") applyCounts(image, input);
    else if (input.kind === "members") applyMembers(image, input);
    else if (input.asked === undefined) applyHistory(image, input.part);
    else applyPull(image, input.part, input.asked);
  }
  flush();
  return early;
}

type ChatOutcome =
  | { image: ChatImage; loaded: ChatImage["ranges"]; early: Event[] }
  | { early: Event[] };

async function imageFor(
  reads: CacheReads,
  me: AccountId,
  row: ChatRow | undefined,
  inputs: readonly ChatInput[],
  checks: Checks,
): Promise<ChatImage | undefined> {
  if (row !== undefined) return load(reads, me, row, inputs, checks);
  const stated = firstState(inputs);
  return stated === undefined ? undefined : imageOfNew(stated, me, checks);
}

async function decideChat(
  reads: CacheReads,
  me: AccountId,
  row: ChatRow | undefined,
  inputs: readonly ChatInput[],
  checks: Checks,
): Promise<ChatOutcome> {
  const image = await imageFor(reads, me, row, inputs, checks);
  if (image === undefined) {
    // A chat nobody has told of: its events wait for the statement that lists it (V9).
    return { early: inputs.flatMap((input) => (input.kind === "event" ? [input.event] : [])) };
  }
  const loaded = image.ranges;
  return { image, loaded, early: applyToImage(image, inputs) };
}

function peopleOf(inputs: readonly Input[]): PersonRow[] {
  const newest = new Map<AccountId, PersonRow>();
  const add = (person: Person, change: number): void => {
    const known = newest.get(person.accountId);
    if (known === undefined || known.change <= change) {
      newest.set(person.accountId, { ...person, change });
    }
  };
  for (const input of inputs) {
    if (input.kind === "person") add(input.person, input.change);
    else if (input.kind === "members") for (const person of input.people) add(person, 0);
    else if (input.kind === "event" || input.kind === "chat") {
      for (const person of input.people ?? []) add(person, input.change);
    }
  }
  return [...newest.values()];
}

async function decidePeople(reads: CacheReads, inputs: readonly Input[]): Promise<PersonRow[]> {
  const stated = peopleOf(inputs);
  if (stated.length === 0) return [];
  const known = await reads.people(stated.map((person) => person.accountId));
  return stated.filter((person, i) => {
    const before = known[i];
    return before === undefined || (before.change <= person.change && person.change > 0);
  });
}

function groupByChat(inputs: readonly Input[]): Map<ChatId, ChatInput[]> {
  const byChat = new Map<ChatId, ChatInput[]>();
  for (const input of inputs) {
    if (input.kind === "person" || input.kind === "value") continue;
    const chatId = chatIdOf(input);
    const list = byChat.get(chatId);
    if (list === undefined) byChat.set(chatId, [input]);
    else list.push(input);
  }
  return byChat;
}

/** What is to be removed; single seqs make an entry each: they are few. */
function dropsOf(image: ChatImage): { chatId: ChatId; from: number; to: number }[] {
  const { chatId } = image.row;
  const single = [...image.drop].map((seq) => ({ chatId, from: seq, to: seq }));
  return [...image.dropSpans.map((span) => ({ chatId, ...span })), ...single];
}

/**
 * S6, S6a, S6b: decides what a batch of inputs makes of the cache. Reads what it needs, changes
 * nothing itself. Repeats, reordering and lost inputs are harmless: what cannot be applied yet only
 * raises the known head, and the chat is pulled. S7: what does not fit the chain is left out and named.
 */
export async function decideInputs(
  reads: CacheReads,
  me: AccountId,
  inputs: readonly Input[],
  checks: Checks,
): Promise<{ patch: CachePatch; result: Applied }> {
  const byChat = groupByChat(inputs);
  const chatIds = [...byChat.keys()];
  const [rows, people, values] = await Promise.all([
    chatIds.length > 0 ? reads.chats(chatIds) : [],
    decidePeople(reads, inputs),
    decideValues(reads, inputs),
  ]);
  const outcomes = await Promise.all(
    chatIds.map((chatId, i) => decideChat(reads, me, rows[i], byChat.get(chatId) ?? [], checks)),
  );
  const chats: ChatRow[] = [];
  const events: EventRow[] = [];
  const held: Event[] = [];
  const early: Event[] = [];
  const erased: ClientId[] = [];
  const suspicions: Suspicion[] = [];
  const patch: Required<Pick<CachePatch, "members" | "ranges" | "dropEvents">> = {
    members: [],
    ranges: [],
    dropEvents: [],
  };
  outcomes.forEach((outcome) => {
    early.push(...outcome.early);
    if (!("image" in outcome)) return;
    const { image, loaded } = outcome;
    const { chatId } = image.row;
    chats.push(image.row);
    erased.push(...image.erased);
    const { damaged, reask } = image;
    if (damaged.size > 0 || reask) suspicions.push({ chatId, damaged: [...damaged], reask });
    for (const seq of image.put) {
      const row = image.events.get(seq);
      if (row === undefined) continue;
      events.push(row);
      held.push(row);
    }
    if (image.membersChanged)
      patch.members = [...patch.members, { chatId, members: image.members }];
    if (image.ranges !== loaded) patch.ranges = [...patch.ranges, { chatId, ranges: image.ranges }];
    patch.dropEvents = [...patch.dropEvents, ...dropsOf(image)];
  });
  const confirmed = chats.map(({ chatId, my }) => ({ chatId, readSeq: my.readSeq }));
  return {
    patch: { ...patch, chats, events, people, values },
    result: { rows: chats, early, held, erased, suspicions, confirmed, values },
  };
}
