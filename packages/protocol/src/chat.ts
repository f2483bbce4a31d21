import { z } from "zod";
import { ChangeNumber, Event, Seq, SeqMark, TimestampMs } from "./event.ts";
import { AccountId, ChatId } from "./ids.ts";
import { Person } from "./person.ts";
import { AccountValue } from "./values.ts";

export const ChatKind = z.enum(["direct", "group", "self"]);
export type ChatKind = z.infer<typeof ChatKind>;

export const Role = z.enum(["owner", "admin", "member"]);
export type Role = z.infer<typeof Role>;

/** S8: how far a member has come. Both marks only grow. */
export const Watermarks = z.object({ deliveredSeq: SeqMark, readSeq: SeqMark });
export type Watermarks = z.infer<typeof Watermarks>;

/** A current member. The marks start at `joinedSeq` (S8). */
export const Member = Watermarks.extend({
  accountId: AccountId,
  role: Role,
  joinedSeq: Seq,
});
export type Member = z.infer<typeof Member>;

/** S7, X3: seqs of a range that this account may never see. Both ends included. */
export const Withheld = z.object({ from: Seq, to: Seq });
export type Withheld = z.infer<typeof Withheld>;

/** What the chat is to the account that asks. */
export const MyMembership = Watermarks.extend({
  role: Role,
  joinedSeq: Seq,
  /** Set once the account left or was removed: the last seq it may see (X3). */
  leftSeq: Seq.nullable(),
  unread: z.number().int().nonnegative(),
  mentions: z.number().int().nonnegative(),
  countedThroughSeq: SeqMark,
});
export type MyMembership = z.infer<typeof MyMembership>;

/** S6: a chat as one account sees it; complete, so that no look-up follows. */
export const ChatState = z.object({
  chatId: ChatId,
  kind: ChatKind,
  /** Null for direct chats and notes to self: the app names those itself. */
  title: z.string().nullable(),
  createdAt: TimestampMs,
  /** Newest seq this account may see. */
  headSeq: SeqMark,
  /** S8: rises with every change to the chat or its shown receipts. */
  rev: ChangeNumber,
  /** Seq of the newest event that changed who is a member or in which role (S17). */
  membershipVersion: SeqMark,
  memberCount: z.number().int().nonnegative(),
  /** Null above LIMITS.receiptDetailMembers: pulled by `chat:members` when needed. */
  members: z.array(Member).nullable(),
  /** S8: in large groups the minimum over the other members; null where `members` says it all. */
  othersMin: Watermarks.nullable(),
  my: MyMembership,
  /** The newest message that this account may see, for the chat list. */
  last: Event.nullable(),
});
export type ChatState = z.infer<typeof ChatState>;

/** S9: my own marks in a chat and the numbers that follow from them, as of one commit. */
export const CountsChange = z.object({
  kind: z.literal("counts"),
  change: ChangeNumber,
  chatId: ChatId,
  deliveredSeq: SeqMark,
  readSeq: SeqMark,
  unread: z.number().int().nonnegative(),
  mentions: z.number().int().nonnegative(),
  countedThroughSeq: SeqMark,
});
export type CountsChange = z.infer<typeof CountsChange>;

/**
 * S6: one change as it crosses the wire, live or in catch-up. A kind that this build does not know
 * is passed over by `parseChanges`.
 */
export const Change = z.discriminatedUnion("kind", [
  /** A new event; `people` names those a system event brings in. */
  z.object({
    kind: z.literal("event"),
    change: ChangeNumber,
    event: Event,
    people: z.array(Person).optional(),
  }),
  /** A chat in full: new to the account, left, or listed by catch-up. */
  z.object({
    kind: z.literal("chat"),
    change: ChangeNumber,
    chat: ChatState,
    people: z.array(Person),
  }),
  /** S8: moved watermarks of others: one by one, or as the minimum in large groups. */
  z.object({
    kind: z.literal("receipts"),
    change: ChangeNumber,
    chatId: ChatId,
    rev: ChangeNumber,
    marks: z.array(Watermarks.extend({ accountId: AccountId })),
    othersMin: Watermarks.nullable(),
  }),
  /** S9: to the devices of the account. */
  CountsChange,
  z.object({ kind: z.literal("person"), change: ChangeNumber, person: Person }),
  /** S1: an account value, to the devices of the account. */
  AccountValue.extend({ kind: z.literal("value") }),
]);
export type Change = z.infer<typeof Change>;
export type ChangeOf<Kind extends Change["kind"]> = Extract<Change, { kind: Kind }>;

const KNOWN_KINDS = new Set<unknown>(["event", "chat", "receipts", "counts", "person", "value"]);

/** Parses a list of changes, passing over kinds of a newer protocol (S2b). Throws on a damaged known one. */
export const Changes = z
  .array(z.looseObject({ kind: z.string() }))
  .transform((list): Change[] =>
    list.filter((change) => KNOWN_KINDS.has(change.kind)).map((change) => Change.parse(change)),
  );
