import { hash } from "node:crypto";
import { CHAIN_START, contentHashOf, eventHashOf, type Sha256 } from "@parley/protocol/chain.ts";
import type { ChatKind, ChatState, Member, Withheld } from "@parley/protocol/chat.ts";
import { addToCounts, type Counts } from "@parley/protocol/counts.ts";
import {
  type Envelope,
  type Event,
  REL,
  type Send,
  type SystemContent,
} from "@parley/protocol/event.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import type { AccountId, ChatId, ClientId, DeviceId } from "@parley/protocol/ids.ts";
import { minimumOverOthers } from "@parley/protocol/receipts.ts";
import { foldRoster, type Roster } from "@parley/protocol/roster.ts";
import type { RangePart } from "@parley/protocol/socket/requests.ts";

/** A time in which an account could see the chat, both ends included. */
type Period = { from: number; to: number };

/** One chat of the model server: plain, obvious, slow. Copied whole by structuredClone for backups. */
export type ModelChat = {
  chatId: ChatId;
  kind: ChatKind;
  createdAt: number;
  history: "all" | "joined";
  events: Event[];
  roster: Roster;
  periods: Map<AccountId, Period[]>;
  /** Marks of those who left. */
  former: Map<AccountId, Member>;
  rev: number;
  /** Newest change that this account has to hear of. */
  changed: Map<AccountId, number>;
};

export const sha256: Sha256 = (bytes) => hash("sha256", bytes, "buffer");

export function headSeq(chat: ModelChat): number {
  return chat.events.length;
}

export function canSee(chat: ModelChat, account: AccountId, seq: number): boolean {
  return (chat.periods.get(account) ?? []).some(({ from, to }) => from <= seq && seq <= to);
}

export function visibleHead(chat: ModelChat, account: AccountId): number {
  const last = Math.max(0, ...(chat.periods.get(account) ?? []).map((period) => period.to));
  return Math.min(headSeq(chat), last);
}

export function memberOf(chat: ModelChat, account: AccountId): Member | undefined {
  return chat.roster.members.find((member) => member.accountId === account);
}

/** Appends an event and applies what it does to the roster and to what members may see. */
export function append(
  chat: ModelChat,
  by: { accountId: AccountId; deviceId: DeviceId },
  send: Omit<Send, "payload"> & { payload: string; system?: SystemContent },
  at: number,
): Event {
  const seq = headSeq(chat) + 1;
  const prevHash = chat.events.at(-1)?.hash ?? CHAIN_START;
  const target = chat.events.find((event) => event.clientId === send.rel?.target);
  const contentHash = contentHashOf(sha256, send.payload);
  const root = target?.rel?.kind === REL.reaction ? target.targetSeq : undefined;
  const isTakenBack = send.rel?.kind === REL.redact && root !== undefined;
  const { payload, ...rest } = send;
  const envelope: Envelope = {
    ...rest,
    seq,
    at,
    senderId: by.accountId,
    senderDeviceId: by.deviceId,
    ...(target && { targetSeq: target.seq }),
    ...(isTakenBack && { rootSeq: root }),
  };
  const event: Event = {
    ...envelope,
    payload,
    contentHash,
    prevHash,
    hash: eventHashOf(sha256, envelope, contentHash, prevHash),
  };
  chat.events.push(event);
  applySystem(chat, event);
  erase(chat, event);
  return event;
}

/** V30: what a redact erases loses its payload in the store itself. */
function erase(chat: ModelChat, event: Event): void {
  if (event.rel?.kind !== REL.redact) return;
  const lost = (one: Event): boolean =>
    one.clientId === event.rel?.target ||
    (event.rootSeq === undefined &&
      one.targetSeq === event.targetSeq &&
      (one.rel?.kind === REL.edit || one.rel?.kind === REL.reaction));
  chat.events = chat.events.map((one) => (lost(one) ? { ...one, payload: null } : one));
}

function applySystem(chat: ModelChat, event: Event): void {
  const { system, seq } = event;
  if (system === undefined) return;
  const before = chat.roster;
  chat.roster = foldRoster(before, event);
  if (system.kind === "created" || system.kind === "added") {
    for (const account of system.accountIds) {
      if (before.members.some((member) => member.accountId === account)) continue;
      const from = chat.history === "all" ? 1 : seq;
      const periods = chat.periods.get(account) ?? [];
      chat.periods.set(account, [...periods, { from, to: Infinity }]);
      chat.former.delete(account);
    }
  }
  if (system.kind === "removed" || system.kind === "left") {
    const { accountId } = system;
    const gone = before.members.find((member) => member.accountId === accountId);
    if (gone !== undefined) chat.former.set(accountId, gone);
    const periods = chat.periods.get(accountId) ?? [];
    chat.periods.set(
      accountId,
      periods.map((period) => ({ ...period, to: Math.min(period.to, seq) })),
    );
  }
}

/** The fold of an event, whoever may see it. */
export function wholeFold(chat: ModelChat, seq: number): Event["fold"] {
  return chat.events
    .filter((later) => foldTargetOf(later) === seq)
    .reduce<Event["fold"]>((fold, later) => foldEvent(fold, later), undefined);
}

/** The fold of an event as an account sees it (V30): told of every erasure up to its last event. */
export function foldFor(chat: ModelChat, account: AccountId, seq: number): Event["fold"] {
  const whole = wholeFold(chat, seq);
  if (whole?.erased && whole.erased.seq <= visibleHead(chat, account)) return whole;
  return chat.events
    .filter((later) => foldTargetOf(later) === seq && canSee(chat, account, later.seq))
    .reduce<Event["fold"]>((fold, later) => foldEvent(fold, later), undefined);
}

/**
 * S12: an event as a history page shows it now: folded, edits' payloads in their targets only. X3: what
 * came after an account left touches nothing of what it sees.
 */
export function shown(chat: ModelChat, account: AccountId, event: Event): Event {
  const fold = foldFor(chat, account, event.seq);
  const isRelation = foldTargetOf(event) !== undefined;
  const replaced = isRelation || fold?.edit !== undefined || fold?.erased !== undefined;
  return { ...event, payload: replaced ? null : event.payload, ...(fold && { fold }) };
}

/** V31: what moved past `after` in the ranges that a client holds. */
export function movedIn(
  chat: ModelChat,
  account: AccountId,
  after: number,
  held: readonly { from: number; to: number }[],
  limit: number,
): Pick<RangePart, "moved" | "movedCut"> {
  const moved = chat.events.flatMap(({ seq }) => {
    const isHeld = held.some(({ from, to }) => from <= seq && seq <= Math.min(to, after));
    if (!isHeld || !canSee(chat, account, seq)) return [];
    const fold = foldFor(chat, account, seq);
    return fold !== undefined && fold.foldSeq > after ? [{ seq, fold }] : [];
  });
  moved.sort((a, b) => Number(b.fold.erased !== undefined) - Number(a.fold.erased !== undefined));
  return { moved: moved.slice(0, limit), movedCut: moved.length > limit };
}

/** The numbers of S9, counted from scratch. */
export function countsFor(chat: ModelChat, account: AccountId): Counts {
  const readSeq = marksOf(chat, account).readSeq;
  const visible = chat.events
    .filter((event) => event.seq > readSeq && canSee(chat, account, event.seq))
    .map((event) => shown(chat, account, event));
  const counts = addToCounts(
    { unread: 0, mentions: 0, countedThroughSeq: readSeq },
    visible,
    account,
  );
  return { ...counts, countedThroughSeq: visibleHead(chat, account) };
}

function marksOf(chat: ModelChat, account: AccountId): { deliveredSeq: number; readSeq: number } {
  const { deliveredSeq = 0, readSeq = 0 } =
    memberOf(chat, account) ?? chat.former.get(account) ?? {};
  return { deliveredSeq, readSeq };
}

/** S6: the chat as an account sees it. */
export function stateFor(chat: ModelChat, account: AccountId): ChatState {
  const member = memberOf(chat, account) ?? chat.former.get(account);
  const head = visibleHead(chat, account);
  const here = memberOf(chat, account) !== undefined;
  const last = chat.events
    .filter((event) => canSee(chat, account, event.seq))
    .findLast(
      (event) =>
        event.system === undefined && (event.rel === undefined || event.rel.kind === REL.reply),
    );
  return {
    chatId: chat.chatId,
    kind: chat.kind,
    title: chat.roster.title,
    createdAt: chat.createdAt,
    headSeq: head,
    rev: chat.rev,
    membershipVersion: chat.roster.membershipVersion,
    memberCount: chat.roster.members.length,
    members: chat.roster.members.map((one) => ({ ...one })),
    othersMin: null,
    my: {
      ...marksOf(chat, account),
      role: member?.role ?? "member",
      joinedSeq: member?.joinedSeq ?? 1,
      leftSeq: here ? null : head,
      ...countsFor(chat, account),
    },
    last: last === undefined ? null : shown(chat, account, last),
  };
}

/** S6b, S7: an answer about the seqs `from` to `to`. */
export function partOf(
  chat: ModelChat,
  account: AccountId,
  span: { from: number; to: number },
  snapshot: boolean,
  moved: Pick<RangePart, "moved" | "movedCut"> = { moved: [], movedCut: false },
): RangePart {
  const events: Event[] = [];
  const withheld: Withheld[] = [];
  for (let seq = Math.max(1, span.from); seq <= span.to; seq++) {
    const event = chat.events[seq - 1];
    if (event === undefined) continue;
    if (canSee(chat, account, seq)) events.push(shown(chat, account, event));
    else if (withheld.at(-1)?.to === seq - 1) withheld[withheld.length - 1]!.to = seq;
    else withheld.push({ from: seq, to: seq });
  }
  return {
    chatId: chat.chatId,
    headSeq: visibleHead(chat, account),
    events,
    withheld,
    snapshot,
    ...moved,
  };
}

/** What ticks of an account's messages go by, for comparing. */
export function othersMinFor(chat: ModelChat, account: AccountId) {
  return minimumOverOthers(chat.roster.members, account) ?? null;
}

export function systemSend(chatId: ChatId, clientId: ClientId, system: SystemContent) {
  return { chatId, clientId, alg: "none", type: "system", notify: false, payload: "", system };
}
