import { z } from "zod";
import { ChatState, Changes, CountsChange, Member, Withheld } from "../chat.ts";
import { Event, Fold, Seq, SeqMark, Send, TimestampMs } from "../event.ts";
import { AccountId, ChatId, ClientId, DataEpoch } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { lineOfText, Person, Presence } from "../person.ts";
import { WireError } from "../errors.ts";
import { AccountValuePut, ValueOutcome } from "../values.ts";

/** Title of a group. */
export const Title = lineOfText(LIMITS.titleUnits);

/** S6: where the next page of a hello continues; opaque to clients. */
const HelloCursor = z.string().max(256);

/** An answer about some chat's history. */
const RangePart = z.object({
  chatId: ChatId,
  headSeq: SeqMark,
  /** In seq order; every seq of the range that is not withheld (S12). */
  events: z.array(Event),
  withheld: z.array(Withheld),
  /** S6b: the newest page instead of what was asked, because too much is missing in between. */
  snapshot: z.boolean(),
  /** S6b: targets in the ranges named by a pull whose folds moved past its cursor, erasures first. */
  moved: z.array(z.object({ seq: Seq, fold: Fold })),
  /** S6b: more moved than `moved` can say: what it leaves out of those ranges becomes a gap. */
  movedCut: z.boolean(),
});
export type RangePart = z.infer<typeof RangePart>;

/** S3: outcome of one item of a flush. */
export const SendOutcome = z.union([z.object({ event: Event }), z.object({ error: WireError })]);
export type SendOutcome = z.infer<typeof SendOutcome>;

const Empty = z.object({});
const OneChat = z.object({ chatId: ChatId });
const OneMember = z.object({ chatId: ChatId, accountId: AccountId });
/** The event that a command wrote; null when everything already was as asked. */
const CommandResult = z.object({ event: Event.nullable() });

/**
 * Every request of a socket: its body and its answer. Answers are `{data}` or `{error}` (E1).
 * Names are `domain:verb`.
 */
export const REQUESTS = {
  /**
   * S6: subscribes the connection, then pages what changed after `since`. Follow `next` with the same
   * `since`; when it is null and all pages are applied, `since` becomes `watermark`.
   */
  "sync:hello": {
    body: z.object({
      dataEpoch: DataEpoch.nullable(),
      since: SeqMark,
      after: HelloCursor.optional(),
    }),
    data: z.object({
      dataEpoch: DataEpoch,
      watermark: SeqMark,
      changes: Changes,
      next: HelloCursor.nullable(),
    }),
  },
  /** S6a: events after a cursor, in several chats at once. Chats that found no room come as `more`. */
  "sync:pull": {
    body: z.object({
      chats: z
        .array(
          z.object({
            chatId: ChatId,
            after: SeqMark,
            /** S6b: what the client holds at or below `after`, newest first if there is more. */
            held: z
              .array(z.object({ from: Seq, to: Seq }))
              .max(LIMITS.heldRanges)
              .default([]),
          }),
        )
        .min(1)
        .max(LIMITS.pullChats),
    }),
    data: z.object({ parts: z.array(RangePart), more: z.boolean() }),
  },
  /**
   * S6c, S13: which of these messages, that this server does not hold since it was restored, were
   * deleted for everyone before.
   */
  "sync:erased": {
    body: z.object({ clientIds: z.array(ClientId).min(1).max(LIMITS.erasedNames) }),
    data: z.object({ clientIds: z.array(ClientId) }),
  },
  /** S3, S11: one flush: items of one chat, in order. Stops at the first retryable error. */
  "chat:send": {
    body: z
      .object({ chatId: ChatId, items: z.array(Send).min(1).max(LIMITS.flushItems) })
      .refine((body) => body.items.every((item) => item.chatId === body.chatId), {
        error: "every item must be for the same chat",
        path: ["items"],
      }),
    data: z.object({ outcomes: z.array(SendOutcome) }),
  },
  /** A history page: up to `limit` events before `before` (newest first in reach, answered in seq order). */
  "chat:history": {
    body: z.object({
      chatId: ChatId,
      /** Exclusive upper end. */
      before: Seq,
      limit: z.number().int().min(1).max(LIMITS.pageEvents),
    }),
    data: RangePart,
  },
  "chat:create-direct": {
    body: z.object({ chatId: ChatId, accountId: AccountId }),
    data: z.object({ chat: ChatState, people: z.array(Person) }),
  },
  "chat:create-group": {
    body: z.object({
      chatId: ChatId,
      title: Title,
      accountIds: z.array(AccountId).max(LIMITS.groupMembers - 1),
      /** X3: whether those who join later see what was written before. */
      history: z.enum(["all", "joined"]).default("joined"),
    }),
    data: z.object({ chat: ChatState, people: z.array(Person) }),
  },
  "chat:set-title": { body: z.object({ chatId: ChatId, title: Title }), data: CommandResult },
  "chat:add-members": {
    body: z.object({
      chatId: ChatId,
      accountIds: z.array(AccountId).min(1).max(LIMITS.addMembers),
    }),
    data: CommandResult,
  },
  "chat:remove-member": { body: OneMember, data: CommandResult },
  "chat:set-role": {
    body: OneMember.extend({ role: z.enum(["owner", "admin", "member"]) }),
    data: CommandResult,
  },
  "chat:leave": { body: OneChat, data: CommandResult },
  /** Members with watermarks, for groups whose ChatState has none (S8). */
  "chat:members": {
    body: OneChat,
    data: z.object({
      membershipVersion: SeqMark,
      members: z.array(Member),
      people: z.array(Person),
    }),
  },
  /** S8: when an own message reached whom. */
  "chat:ledger": {
    body: z.object({ chatId: ChatId, seq: Seq }),
    data: z.object({
      members: z.array(
        z.object({
          accountId: AccountId,
          delivered: z.boolean(),
          read: z.boolean(),
          /** Null when not yet, or when the time is no longer kept. */
          deliveredAt: TimestampMs.nullable(),
          readAt: TimestampMs.nullable(),
          lastSeenAt: TimestampMs.nullable(),
        }),
      ),
    }),
  },
  /**
   * S8: one merged batch of watermarks. The answer brings the numbers of each chat whose read mark it
   * names (S9, V34); other devices of the account get them as changes.
   */
  "receipt:put": {
    body: z.object({
      marks: z
        .array(
          z.object({
            chatId: ChatId,
            deliveredSeq: SeqMark.optional(),
            readSeq: SeqMark.optional(),
          }),
        )
        .min(1)
        .max(LIMITS.receiptMarks),
    }),
    data: z.object({ counts: z.array(CountsChange) }),
  },
  /** S1: puts account values, each by itself; outcomes come in the order of the puts. */
  "values:put": {
    body: z.object({ puts: z.array(AccountValuePut).min(1).max(LIMITS.valuePuts) }),
    data: z.object({ outcomes: z.array(ValueOutcome) }),
  },
  /** S10: chats this connection has open: typing of others is sent only for those. Replaces the last set. */
  "view:open": { body: z.object({ chatIds: z.array(ChatId).max(LIMITS.openChats) }), data: Empty },
  "typing:set": { body: z.object({ chatId: ChatId, typing: z.boolean() }), data: Empty },
  /** S10: whose presence to send from now on; answers with the present. Replaces the last set. */
  "presence:watch": {
    body: z.object({ accountIds: z.array(AccountId).max(LIMITS.presenceWatches) }),
    data: z.object({ presences: z.array(Presence) }),
  },
  /** S10: whether this device's user is there. */
  "presence:set": { body: z.object({ active: z.boolean() }), data: Empty },
  /** S10: how many members of a group are online. */
  "presence:count": { body: OneChat, data: z.object({ online: z.number().int().nonnegative() }) },
  "people:search": {
    body: z.object({ query: z.string().trim().min(1).max(LIMITS.searchUnits) }),
    data: z.object({ people: z.array(Person) }),
  },
  /** X2: keeps the connection past the life of its access token. */
  "session:renew": { body: z.object({ accessToken: z.string().max(1024) }), data: Empty },
} as const satisfies Record<string, { body: z.ZodType; data: z.ZodType }>;

export type RequestName = keyof typeof REQUESTS;
/** Body as the caller gives it (defaults not yet filled in). */
export type RequestInput<Name extends RequestName> = z.input<(typeof REQUESTS)[Name]["body"]>;
/** Body as the handler gets it. */
export type RequestBody<Name extends RequestName> = z.output<(typeof REQUESTS)[Name]["body"]>;
export type RequestData<Name extends RequestName> = z.output<(typeof REQUESTS)[Name]["data"]>;

/** E1: what an ack carries. */
export type Reply<T> = { data: T } | { error: WireError };
