import { z } from "zod";
import { AccountId, ChatId, ClientId, DeviceId, MediaId } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { isWellFormed, utf8Bytes } from "./text.ts";

/** SHA-256 as unpadded base64url. */
export const Hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be a SHA-256 in base64url");

/** Place of an event in its chat's stream, from 1 without gaps (S1). */
export const Seq = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** A watermark or cursor: 0 stands before the first event. */
export const SeqMark = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** S6: server-wide number of a commit. */
export const ChangeNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Milliseconds since 1970, by the server's clock unless a name says otherwise. */
export const TimestampMs = z.number().int().min(0).max(8_640_000_000_000_000);

/** S12: how an event refers to an earlier one. Unknown kinds are kept as they are (S2b). */
export const Relation = z.object({
  kind: z.string().min(1).max(32),
  /** clientId of the target: it may have no seq yet (S2). */
  target: ClientId,
  /** What the relation is about, e.g. the emoji of a reaction. */
  key: z.string().min(1).max(64).optional(),
});
export type Relation = z.infer<typeof Relation>;

/** Kinds of relation that version 1 of the protocol folds (S12). */
export const REL = {
  reply: "reply",
  edit: "edit",
  redact: "redact",
  reaction: "reaction",
} as const;

const payload = z
  .string()
  .refine((text) => utf8Bytes(text) <= LIMITS.payloadBytes, {
    error: `must be at most ${LIMITS.payloadBytes} bytes of UTF-8`,
  })
  .refine(isWellFormed, {
    error: "must not contain lone surrogates",
    params: { code: "text_not_well_formed" },
  });

/** S2: what a client sends. */
export const Send = z.object({
  chatId: ChatId,
  clientId: ClientId,
  /** How the payload is encoded; `none` is JSON in clear (S2a). */
  alg: z.string().min(1).max(32),
  /** Kind of content, e.g. `text`; the server does not interpret it (S2b). */
  type: z.string().min(1).max(32),
  rel: Relation.optional(),
  /** Accounts that the sender declares as mentioned (S2b). */
  mentions: z.array(AccountId).min(1).max(LIMITS.mentions).optional(),
  expiresInS: z.number().int().min(1).max(31_536_000).optional(),
  /** Whether receivers may be alerted. */
  notify: z.boolean(),
  mediaIds: z.array(MediaId).min(1).max(LIMITS.mediaIds).optional(),
  /** S17: only algs that encrypt to members name the membership version they encrypted for. */
  ifMembership: z.number().int().min(1).optional(),
  payload,
});
export type Send = z.infer<typeof Send>;

/** S17: what happened to the chat itself, in clear, written by the server. */
export const SystemContent = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("created"),
    title: z.string().nullable(),
    accountIds: z.array(AccountId),
  }),
  z.object({ kind: z.literal("added"), accountIds: z.array(AccountId) }),
  z.object({ kind: z.literal("removed"), accountId: AccountId }),
  z.object({ kind: z.literal("left"), accountId: AccountId }),
  z.object({ kind: z.literal("title"), title: z.string() }),
  z.object({ kind: z.literal("role"), accountId: AccountId, role: z.enum(["admin", "member"]) }),
  z.object({ kind: z.literal("owner"), accountId: AccountId }),
]);
export type SystemContent = z.infer<typeof SystemContent>;

/** S12: what later events did to this one, as a reader needs it. */
export const Fold = z.object({
  /** A rel event at or below this seq changes nothing (S6b). */
  foldSeq: SeqMark,
  edit: z
    .object({
      seq: Seq,
      at: TimestampMs,
      alg: z.string(),
      payload: z.string(),
      mentions: z.array(AccountId).optional(),
      mediaIds: z.array(MediaId).optional(),
    })
    .optional(),
  erased: z.object({ seq: Seq, at: TimestampMs, by: AccountId }).optional(),
  /** Counts per key over all live reactions. */
  reactions: z.array(z.object({ key: z.string(), count: z.number().int().positive() })),
  /** The newest live reactions, newest last. */
  recent: z.array(
    z.object({
      clientId: ClientId,
      accountId: AccountId,
      key: z.string(),
      seq: Seq,
      at: TimestampMs,
    }),
  ),
});
export type Fold = z.infer<typeof Fold>;

/**
 * S2: an event as it stands everywhere: wire, store, cache. The server adds order, time, origin and
 * hashes to a Send. `payload` is null where it was erased or may not be seen (S12, S13, X3);
 * the contentHash stays, so the chain stays whole.
 */
export const Event = Send.omit({ payload: true, ifMembership: true }).extend({
  seq: Seq,
  at: TimestampMs,
  senderId: AccountId,
  senderDeviceId: DeviceId,
  targetSeq: Seq.optional(),
  /** Of a redaction whose target is a reaction: the message on which that reaction stood. */
  rootSeq: Seq.optional(),
  ifMembership: z.number().int().min(1).optional(),
  system: SystemContent.optional(),
  contentHash: Hash,
  prevHash: Hash,
  hash: Hash,
  payload: z.string().nullable(),
  fold: Fold.optional(),
});
export type Event = z.infer<typeof Event>;

/** Envelope: the event without what can be taken away from it later. */
export type Envelope = Omit<Event, "payload" | "fold" | "contentHash" | "prevHash" | "hash">;

/** S9: whether an event counts as a message for unread numbers, previews and notifications. */
export function isMessage(event: Pick<Event, "rel" | "system">): boolean {
  return event.system === undefined && (event.rel === undefined || event.rel.kind === REL.reply);
}
