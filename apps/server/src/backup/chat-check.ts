import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import type { ChatRow, MarkFloor, MembershipRow } from "../storage/rows.ts";
import { newestPeriod, visibleHead } from "../storage/visible.ts";
import { floorOf } from "../stream/floor.ts";
import { showsMinima } from "../stream/group-floors.ts";
import type { StoredCopy } from "./stored-copy.ts";
import { StreamCheck } from "./stream-check.ts";

/** Events read at a time. */
const SLICE = 2_000;
const SLICE_BYTES = 16 * 1_048_576;

/** Everything that is wrong with one chat, in words; empty when it is whole. */
export async function chatFaults(copy: StoredCopy, chat: ChatRow): Promise<string[]> {
  const { chatId } = chat;
  const stream = new StreamCheck((clientId) => copy.seqOf(chatId, clientId));
  for await (const event of eventsOf(copy, chatId)) stream.take(event);
  stream.checkFolds();
  const periods = copy.periods(chatId);
  return [
    ...stream.faults,
    ...headFaults(chat, stream),
    ...rosterFaults(chat, stream, periods),
    ...markFaults(copy, chat, periods),
    ...floorFaults(chat, periods),
    ...mentionFaults(copy, chatId, stream),
    ...(await numberFaults(copy, chat, stream, periods)),
  ];
}

async function* eventsOf(copy: StoredCopy, chatId: ChatId) {
  const cut = { order: "oldest", limit: SLICE, maxBytes: SLICE_BYTES } as const;
  for (let from = 1; ;) {
    const rows = await copy.reads.events(chatId, { from, to: Number.MAX_SAFE_INTEGER }, cut);
    const last = rows.at(-1);
    if (!last) return;
    for (const { event } of rows) yield event;
    from = last.event.seq + 1;
  }
}

function headFaults(chat: ChatRow, stream: StreamCheck): string[] {
  const faults: string[] = [];
  const compare = (what: string, stored: unknown, told: unknown): void => {
    if (stored !== told)
      faults.push(`${what} is ${String(stored)}, the events say ${String(told)}`);
  };
  compare("its head", chat.headSeq, stream.headSeq);
  compare("the hash of its head", chat.headHash, stream.headHash);
  compare("the time of its head", chat.headAt, stream.headAt);
  compare("its newest message", chat.lastMessageSeq, stream.lastMessageSeq);
  compare("its membership version", chat.membershipVersion, stream.roster.membershipVersion);
  compare("its number of members", chat.memberCount, stream.roster.members.length);
  compare("its title", chat.title, stream.roster.title);
  return faults;
}

/** S17: periods and roles against what the system events tell. */
function rosterFaults(
  chat: ChatRow,
  stream: StreamCheck,
  periods: readonly MembershipRow[],
): string[] {
  const line = (one: { accountId: AccountId; joinedSeq: number; leftSeq: number | null }): string =>
    `${one.accountId} from ${one.joinedSeq} to ${one.leftSeq ?? "now"}`;
  const stored = new Set(periods.map(line));
  const told = new Set(stream.periods.map(line));
  const roles = new Map(stream.roster.members.map(({ accountId, role }) => [accountId, role]));
  const current = periods.filter((period) => period.leftSeq === null);
  const firstSeen = (period: MembershipRow): number =>
    chat.history === "all" ? 1 : period.joinedSeq;
  return [
    ...[...stored].filter((one) => !told.has(one)).map((one) => `no event says: member ${one}`),
    ...[...told].filter((one) => !stored.has(one)).map((one) => `not kept: member ${one}`),
    ...current
      .filter(({ accountId, role }) => roles.get(accountId) !== role)
      .map(
        ({ accountId, role }) =>
          `member ${accountId} is kept as ${role}, the events say ${roles.get(accountId)}`,
      ),
    ...periods
      .filter((period) => period.visibleFromSeq !== firstSeen(period))
      .map(
        (period) =>
          `member ${period.accountId} sees it from ${period.visibleFromSeq}, not ${firstSeen(period)}`,
      ),
  ];
}

/** S8: marks lie within their period, what was read was delivered, and no move is past its mark. */
function markFaults(copy: StoredCopy, chat: ChatRow, periods: readonly MembershipRow[]): string[] {
  const faults: string[] = [];
  for (const period of periods) {
    const { accountId, joinedSeq, readSeq, deliveredSeq } = period;
    const end = period.leftSeq ?? chat.headSeq;
    if (joinedSeq <= readSeq && readSeq <= deliveredSeq && deliveredSeq <= end) continue;
    faults.push(
      `member ${accountId} (${joinedSeq} to ${end}) has delivered ${deliveredSeq}, read ${readSeq}`,
    );
  }
  for (const { accountId, kind, seq } of copy.newestMoves(chat.chatId)) {
    const own = periods.filter((period) => period.accountId === accountId);
    const marks = own.map((period) => (kind === "read" ? period.readSeq : period.deliveredSeq));
    if (seq > Math.max(0, ...marks)) {
      faults.push(`member ${accountId} has ${kind} ${seq} in the ledger, past the mark`);
    }
  }
  return faults;
}

function floorFaults(chat: ChatRow, periods: readonly MembershipRow[]): string[] {
  const current = periods.filter((period) => period.leftSeq === null);
  const isLarge = showsMinima(current.length);
  const differs = (stored: MarkFloor | null, marks: number[]): boolean => {
    if (!isLarge || stored === null) return isLarge !== (stored !== null);
    // V43: what is kept may be older than the marks, hence lower, never higher.
    const told = floorOf(marks);
    const second = told.holders > 1 ? told.min : told.next;
    const isSecondShown = stored.holders === 1 && stored.next !== null;
    return stored.min > told.min || (isSecondShown && (stored.next ?? 0) > (second ?? Infinity));
  };
  const delivered = differs(
    chat.deliveredFloor,
    current.map((period) => period.deliveredSeq),
  );
  const read = differs(
    chat.readFloor,
    current.map((period) => period.readSeq),
  );
  return delivered || read ? ["its lowest marks are not those of its members"] : [];
}

function mentionFaults(copy: StoredCopy, chatId: ChatId, stream: StreamCheck): string[] {
  const stored = new Set(copy.mentions(chatId).map(({ seq, accountId }) => `${seq} ${accountId}`));
  const told = new Set<string>();
  for (const [seq, accountIds] of stream.mentioned) {
    for (const accountId of accountIds) told.add(`${seq} ${accountId}`);
  }
  const seqOf = (line: string): number => Number(line.split(" ")[0]);
  return [
    ...[...told]
      .filter((line) => !stored.has(line) && !stream.isErased(seqOf(line)))
      .map((line) => `event ${seqOf(line)}: a mention in it is not kept`),
    ...[...stored]
      .filter((line) => !told.has(line))
      .map((line) => `event ${seqOf(line)}: a mention is kept that is not in it`),
  ];
}

/** S9: the numbers that the server would tell each account, against the events. */
async function numberFaults(
  copy: StoredCopy,
  chat: ChatRow,
  stream: StreamCheck,
  periods: readonly MembershipRow[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const [accountId, own] of Map.groupBy(periods, (period) => period.accountId)) {
    const sorted = own.toSorted((a, b) => a.joinedSeq - b.joinedSeq);
    const told = stream.numbersFor(
      accountId,
      newestPeriod(sorted).readSeq,
      visibleHead(chat, sorted),
    );
    const stated = await copy.reads.counts(accountId, chat.chatId);
    if (stated?.unread === told.unread && stated.mentions === told.mentions) continue;
    faults.push(
      `member ${accountId} is told ${stated?.unread} unread and ${stated?.mentions} mentions; it is ${told.unread} and ${told.mentions}`,
    );
  }
  return faults;
}
