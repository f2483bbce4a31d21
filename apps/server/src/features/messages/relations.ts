import type { Role } from "@parley/protocol/chat.ts";
import { type Failure, failure, type Result, success } from "@parley/protocol/errors.ts";
import { type Event, isMessage, REL, type Relation, type Send } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { ChatRow } from "../../storage/rows.ts";

type Refusal = { ok: false; error: Failure };

/** What the server adds to an event that relates to another (S2). */
export type Related = { targetSeq: number; rootSeq?: number };

/** What a relation is decided from (V29). */
export type Relating = {
  rel: Relation;
  by: AccountId;
  role: Role;
  chat: Pick<ChatRow, "kind">;
  /** Visible to whoever relates to it. */
  target: Event;
  /** The message on which the target stands, where that is a reaction that is taken back. */
  root(): Event | undefined;
  /** Whether a reaction of this account with this key lives on the target. */
  hasReacted(): boolean;
};

const KINDS: readonly string[] = Object.values(REL);

function refuse(field: string, message: string): Refusal {
  return failure("invalid_request", message, { field });
}

function gone(): Refusal {
  return failure("target_gone", "The message it refers to was deleted.");
}

function notAllowed(message: string): Refusal {
  return failure("not_allowed", message);
}

/** V16, V29: what this server does not do, or not so: refused rather than accepted and not done. */
export function refusedShape(item: Send): Refusal | undefined {
  const { rel } = item;
  if (item.type === "system") return refuse("type", "System events are written by the server.");
  if (item.mediaIds) return refuse("mediaIds", "This server does not take media yet.");
  if (item.expiresInS !== undefined) {
    return refuse("expiresInS", "This server has no disappearing messages yet.");
  }
  return rel && refusedRelation(item, rel);
}

function refusedRelation({ notify, mentions }: Send, { kind, key }: Relation): Refusal | undefined {
  if (!KINDS.includes(kind)) {
    return refuse("rel.kind", `This server does not take the relation ${kind}.`);
  }
  if (kind === REL.reaction && key === undefined) return refuse("rel.key", "A reaction has a key.");
  if (kind === REL.reply || kind === REL.edit) {
    if (key !== undefined) return refuse("rel.key", `The relation ${kind} has no key.`);
  }
  if (kind === REL.reply) return undefined;
  if (notify) return refuse("notify", `The relation ${kind} alerts nobody.`);
  if (mentions && kind !== REL.edit) {
    return refuse("mentions", `The relation ${kind} mentions nobody.`);
  }
  return undefined;
}

/** V29: who may relate to what, and what the event then says of its target. Pure. */
export function relate(about: Relating): Result<Related> {
  const { rel, target } = about;
  if (rel.kind === REL.reply) return success({ targetSeq: target.seq });
  if (rel.kind === REL.redact && target.rel?.kind === REL.reaction) return redactReaction(about);
  if (!isMessage(target)) return refuse("rel.target", "It does not refer to a message.");
  if (target.fold?.erased) return gone();
  const refusal = refusedOnMessage(about);
  return refusal ?? success({ targetSeq: target.seq });
}

function refusedOnMessage(about: Relating): Refusal | undefined {
  const { rel, by, role, chat, target } = about;
  const isOwn = target.senderId === by;
  if (rel.kind === REL.edit) {
    return isOwn ? undefined : notAllowed("Only its sender edits a message.");
  }
  if (rel.kind === REL.reaction) return refusedReaction(about);
  if (rel.key !== undefined) return refuse("rel.key", "Deleting a message has no key.");
  const isManaged = chat.kind === "group" && role !== "member";
  return isOwn || isManaged
    ? undefined
    : notAllowed("Only its sender, or in groups owner and admins, delete a message.");
}

function refusedReaction(about: Relating): Refusal | undefined {
  const { rel, target } = about;
  if (about.hasReacted()) {
    return failure("duplicate_reaction", "This reaction is on the message already.");
  }
  const keys = target.fold?.reactions ?? [];
  const isNewKey = keys.every(({ key }) => key !== rel.key);
  return isNewKey && keys.length >= LIMITS.reactionKeys
    ? notAllowed(`A message takes at most ${LIMITS.reactionKeys} different reactions.`)
    : undefined;
}

/** A reaction lives as long as its payload, and no longer than its message. */
function redactReaction(about: Relating): Result<Related> {
  const { rel, by, target } = about;
  const root = about.root();
  if (target.payload === null || !root || root.fold?.erased) return gone();
  if (target.senderId !== by) return notAllowed("Only its sender takes a reaction back.");
  if (rel.key !== target.rel?.key) return refuse("rel.key", "It names the key of the reaction.");
  return success({ targetSeq: target.seq, rootSeq: root.seq });
}
