import type { Watermarks } from "@parley/protocol/chat.ts";
import { failure } from "@parley/protocol/errors.ts";
import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { mergeMarks } from "@parley/protocol/receipts.ts";
import {
  accept,
  type Command,
  type CommandSpec,
  type DecideContext,
  type Decision,
  defineCommand,
  type State,
  type Write,
} from "../../storage/command.ts";
import type { Publication } from "../../storage/publication.ts";
import type { ChatRow, MembershipRow, ReceiptMoveRow } from "../../storage/rows.ts";
import { chatNotFound, memberKeys } from "../../stream/chat-access.ts";
import { showsMinima } from "../../stream/group-floors.ts";
import { tellFloors } from "./floors.commands.ts";

export type ReceiptMark = {
  chatId: ChatId;
  deliveredSeq?: number | undefined;
  readSeq?: number | undefined;
};

/** V34: a chat whose read mark a batch named, with the commit that last moved a mark there; `allRead` as in the publication. */
export type ReadMove = { chatId: ChatId; change: number; allRead?: Watermarks };

/** S8: one merged batch of one connection. */
export interface PutReceipts extends Command<ReadMove[]> {
  readonly kind: "receipt.put";
  readonly marks: readonly ReceiptMark[];
  readonly accountId: AccountId;
  /** Connection that sent it: it has the numbers in the answer (V34). */
  readonly origin?: string;
}

type Moved = { writes: Write[]; publish: Publication[]; reads: ReadMove[] };

/**
 * S8: marks only grow and count within the account's newest period; a mark beyond its end is cut to
 * it. One chat that the account never was in, or a mark past the head (S6c), refuses the whole batch.
 */
export const putReceipts: CommandSpec<PutReceipts, ReadMove[]> = {
  kind: "receipt.put",
  reads: ({ marks, accountId }) => marks.flatMap(({ chatId }) => memberKeys(chatId, accountId)),
  decide(state, { marks, accountId, origin }, context) {
    const all: Moved = { writes: [], publish: [], reads: [] };
    for (const [index, mark] of mergedByChat(marks)) {
      const moved = putMark(state, accountId, mark, context);
      if (!moved.ok) return { ...moved, error: { ...moved.error, field: `marks.${index}` } };
      const { writes, publish, reads } = moved.result;
      all.writes.push(...writes);
      all.publish.push(...publish);
      all.reads.push(...reads);
      for (const { change, ...read } of reads) {
        // What stood before was told before; only the asker may have lost the answer (S3).
        if (change !== context.change) continue;
        const from = origin === undefined ? {} : { origin };
        all.publish.push({ kind: "counts", accountId, ...read, ...from });
      }
    }
    return accept(all.reads, all.writes, all.publish);
  },
};

/** One mark per chat, with the place of its first mention: the batch may name a chat twice. */
function mergedByChat(marks: readonly ReceiptMark[]): [number, ReceiptMark][] {
  const merged = new Map<ChatId, [number, ReceiptMark]>();
  marks.forEach((mark, index) => {
    const before = merged.get(mark.chatId);
    if (!before) {
      merged.set(mark.chatId, [index, mark]);
      return;
    }
    const highest = (a: number | undefined, b: number | undefined): number | undefined =>
      a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
    const both = {
      chatId: mark.chatId,
      deliveredSeq: highest(before[1].deliveredSeq, mark.deliveredSeq),
      readSeq: highest(before[1].readSeq, mark.readSeq),
    };
    merged.set(mark.chatId, [before[0], both]);
  });
  return [...merged.values()];
}

function putMark(
  state: State,
  accountId: AccountId,
  mark: ReceiptMark,
  context: DecideContext,
): Decision<Moved> {
  const chat = state.chat(mark.chatId);
  const own = state.periods(mark.chatId, accountId).at(-1);
  if (!chat || !own) return chatNotFound();
  const wanted = { deliveredSeq: mark.deliveredSeq ?? 0, readSeq: mark.readSeq ?? 0 };
  const end = own.leftSeq ?? chat.headSeq;
  // X3: whoever left must not learn from a refusal how far the chat has come since.
  if (own.leftSeq === null && Math.max(wanted.deliveredSeq, wanted.readSeq) > end) {
    return failure("epoch_changed", "The mark lies past the newest event.");
  }
  const after = mergeMarks(own, {
    deliveredSeq: Math.min(wanted.deliveredSeq, end),
    readSeq: Math.min(wanted.readSeq, end),
  });
  const isNamed = mark.readSeq !== undefined;
  if (after.deliveredSeq === own.deliveredSeq && after.readSeq === own.readSeq) {
    return accept<Moved>({ ...nothing(), reads: isNamed ? [readMoveOf(own, end)] : [] });
  }
  const row: MembershipRow = { ...own, ...after, change: context.change };
  const shown = row.leftSeq === null ? showMove(chat, row, context) : nothing();
  return accept<Moved>({
    writes: [
      { put: "membership", row },
      ...(chat.kind === "self" ? [] : movesOf(own, row, context.now)),
      ...shown.writes,
    ],
    publish: shown.publish,
    reads: isNamed ? [readMoveOf(row, end)] : [],
  });
}

/** S9: most marks reach the end of the chat, and then there is nothing to count. */
function readMoveOf(row: MembershipRow, end: number): ReadMove {
  const { chatId, deliveredSeq, readSeq, change } = row;
  return { chatId, change, ...(readSeq >= end && { allRead: { deliveredSeq, readSeq } }) };
}

type Shown = Pick<Moved, "writes" | "publish">;

function nothing(): Shown {
  return { writes: [], publish: [] };
}

/** S8: the source of the ledger's times. What was read was delivered: one row says both. */
function movesOf(before: MembershipRow, after: MembershipRow, at: number): Write[] {
  const { chatId, accountId } = after;
  const moveTo = (kind: ReceiptMoveRow["kind"], seq: number): Write => {
    return { put: "receipt-move", row: { chatId, accountId, kind, seq, at } };
  };
  const isRead = after.readSeq > before.readSeq;
  const isSaid = isRead && after.readSeq === after.deliveredSeq;
  const isDelivered = after.deliveredSeq > before.deliveredSeq && !isSaid;
  return [
    ...(isDelivered ? [moveTo("delivered", after.deliveredSeq)] : []),
    ...(isRead ? [moveTo("read", after.readSeq)] : []),
  ];
}

/** S8: what the others are shown of a move, and what that does to the chat's rev and change. */
function showMove(chat: ChatRow, after: MembershipRow, context: DecideContext): Shown {
  if (chat.kind === "self" || chat.memberCount < 2) return nothing();
  const { change } = context;
  if (!showsMinima(chat.memberCount)) {
    const { chatId, accountId, deliveredSeq, readSeq } = after;
    return {
      writes: [{ put: "chat", row: { ...chat, rev: change, change } }],
      publish: [
        { kind: "marks", chatId, rev: change, marks: [{ accountId, deliveredSeq, readSeq }] },
      ],
    };
  }
  // V43: told later, for many moves at once.
  const { chatId, memberCount } = chat;
  return { writes: [], publish: [{ kind: "floors-due", chatId, memberCount }] };
}

export const receiptCommands = [defineCommand(putReceipts), defineCommand(tellFloors)];
