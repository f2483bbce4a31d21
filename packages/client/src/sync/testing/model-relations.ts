import type { Failure } from "@parley/protocol/errors.ts";
import { type Event, isMessage, REL, type Send } from "@parley/protocol/event.ts";
import type { AccountId } from "@parley/protocol/ids.ts";
import { canSee, memberOf, type ModelChat, wholeFold } from "./model-chat.ts";

/** V29: why an account may not relate to what it names; undefined if it may, or relates to nothing. */
export function relFault(
  chat: ModelChat,
  accountId: AccountId,
  { rel }: Pick<Send, "rel">,
): Failure | undefined {
  if (rel === undefined) return undefined;
  const at = (seq: number | undefined): Event | undefined => chat.events[(seq ?? 0) - 1];
  const target = chat.events.find((event) => event.clientId === rel.target);
  if (target === undefined || !canSee(chat, accountId, target.seq)) {
    return { code: "target_not_found", message: "no such target" };
  }
  if (rel.kind === REL.reply) return undefined;
  const gone: Failure = { code: "target_gone", message: "erased" };
  const notAllowed: Failure = { code: "not_allowed", message: "not yours" };
  const invalid: Failure = { code: "invalid_request", message: "not so" };
  const foldOf = (event: Event): Event["fold"] => wholeFold(chat, event.seq);
  if (rel.kind === REL.redact && target.rel?.kind === REL.reaction) {
    const root = at(target.targetSeq);
    if (target.payload === null || !root || foldOf(root)?.erased) return gone;
    if (target.senderId !== accountId) return notAllowed;
    return rel.key === target.rel.key ? undefined : invalid;
  }
  if (!isMessage(target)) return invalid;
  if (foldOf(target)?.erased) return gone;
  if (rel.kind === REL.edit) return target.senderId === accountId ? undefined : notAllowed;
  if (rel.kind === REL.redact) {
    const role = memberOf(chat, accountId)?.role ?? "member";
    if (rel.key !== undefined) return invalid;
    return target.senderId === accountId || role !== "member" ? undefined : notAllowed;
  }
  if (rel.key === undefined) return invalid;
  const lives = chat.events.some(
    (event) =>
      event.rel?.kind === REL.reaction &&
      event.targetSeq === target.seq &&
      event.senderId === accountId &&
      event.rel.key === rel.key &&
      event.payload !== null,
  );
  return lives ? { code: "duplicate_reaction", message: "is there" } : undefined;
}
