import { hash } from "node:crypto";
import { CHAIN_START, type ChainFault, verifyEvent } from "@parley/protocol/chain.ts";
import { countsAsUnread } from "@parley/protocol/counts.ts";
import { type Event, type Fold, isMessage, REL } from "@parley/protocol/event.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import type { AccountId, ClientId } from "@parley/protocol/ids.ts";
import { foldRoster, type Roster } from "@parley/protocol/roster.ts";

/** A period of membership as the stream tells it (S17). */
export type ToldPeriod = { accountId: AccountId; joinedSeq: number; leftSeq: number | null };

const FAULT_WORDS: Record<ChainFault, string> = {
  content: "its text is not what was sent",
  hash: "its envelope is not what was hashed",
  previous: "it does not follow the one before",
};

const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");

/**
 * Follows one chat's stream from its first event to its last and recomputes from it everything that is
 * stored beside it: head, roster, periods, folds, numbers. Takes events in seq order, as stored, with
 * the folds that the server would tell.
 */
export class StreamCheck {
  readonly faults: string[] = [];
  headSeq = 0;
  headHash = CHAIN_START;
  headAt = 0;
  lastMessageSeq = 0;
  roster: Roster = { membershipVersion: 0, title: null, members: [] };
  readonly periods: ToldPeriod[] = [];
  /** Who is named in which message. */
  readonly mentioned = new Map<number, readonly AccountId[]>();
  readonly #seqOf: (clientId: ClientId) => number | undefined;
  readonly #stored = new Map<number, Fold>();
  readonly #told = new Map<number, Fold>();
  readonly #payloads = new Set<number>();
  /** Edits and reactions with what they change. */
  readonly #targets = new Map<number, number>();
  /** Reactions that were taken back. */
  readonly #withdrawn: number[] = [];
  readonly #messages: { seq: number; senderId: AccountId }[] = [];

  constructor(seqOf: (clientId: ClientId) => number | undefined) {
    this.#seqOf = seqOf;
  }

  take(event: Event): void {
    this.#followChain(event);
    this.#checkTarget(event);
    this.roster = foldRoster(this.roster, event);
    this.#tellPeriods(event);
    if (event.fold) this.#stored.set(event.seq, event.fold);
    if (event.payload !== null) this.#payloads.add(event.seq);
    const targetSeq = foldTargetOf(event);
    if (targetSeq !== undefined) {
      if (event.rel?.kind !== REL.redact) this.#targets.set(event.seq, targetSeq);
      else if (event.rootSeq !== undefined) this.#withdrawn.push(event.targetSeq ?? 0);
      this.#told.set(targetSeq, foldEvent(this.#told.get(targetSeq), event));
    }
    if (isMessage(event)) {
      this.lastMessageSeq = event.seq;
      this.#messages.push({ seq: event.seq, senderId: event.senderId });
      if (event.mentions) this.mentioned.set(event.seq, event.mentions);
    }
  }

  #fault(seq: number, what: string): void {
    this.faults.push(`event ${seq}: ${what}`);
  }

  #followChain(event: Event): void {
    const expected = this.headSeq + 1;
    const gap = event.seq !== expected;
    if (gap) this.#fault(expected, `missing; the next one is ${event.seq}`);
    const fault = verifyEvent(sha256, event, gap ? undefined : this.headHash);
    if (fault) this.#fault(event.seq, FAULT_WORDS[fault]);
    if (event.at < this.headAt)
      this.#fault(event.seq, "its time lies before that of the one before");
    this.headSeq = event.seq;
    this.headHash = event.hash;
    this.headAt = event.at;
  }

  #checkTarget({ seq, rel, targetSeq }: Event): void {
    if (!rel) return;
    if (targetSeq === undefined || targetSeq >= seq || this.#seqOf(rel.target) !== targetSeq) {
      this.#fault(seq, "it refers to an event that is not there");
    }
  }

  #tellPeriods({ seq, system }: Event): void {
    if (system?.kind === "created" || system?.kind === "added") {
      for (const accountId of system.accountIds) {
        this.periods.push({ accountId, joinedSeq: seq, leftSeq: null });
      }
    } else if (system?.kind === "removed" || system?.kind === "left") {
      const period = this.periods.findLast((one) => one.accountId === system.accountId);
      if (period) period.leftSeq = seq;
    }
  }

  /** After the last event: stored folds against those that the stream tells (S12, S13). */
  checkFolds(): void {
    for (const seq of new Set([...this.#stored.keys(), ...this.#told.keys()])) {
      const what = foldFault(this.#stored.get(seq), this.#told.get(seq));
      if (what) this.#fault(seq, what);
      if (this.#told.get(seq)?.erased) {
        if (this.#payloads.has(seq))
          this.#fault(seq, "deleted for everyone, but its text is there");
      }
    }
    for (const [seq, targetSeq] of this.#targets) {
      if (this.isErased(targetSeq) && this.#payloads.has(seq)) {
        this.#fault(seq, "what it refers to was deleted for everyone, but its own text is there");
      }
    }
    for (const seq of this.#withdrawn) {
      if (this.#payloads.has(seq)) this.#fault(seq, "a reaction that was taken back, but is kept");
    }
  }

  /** S9: unread messages and mentions of an account after its read mark. */
  numbersFor(
    accountId: AccountId,
    readSeq: number,
    endSeq: number,
  ): { unread: number; mentions: number } {
    let unread = 0;
    let mentions = 0;
    // From the end: most accounts have read nearly all.
    for (let i = this.#messages.length - 1; i >= 0; i--) {
      const message = this.#messages[i];
      if (message === undefined || message.seq <= readSeq) break;
      const { seq, senderId } = message;
      if (seq > endSeq) continue;
      const fold = this.#told.get(seq);
      if (!countsAsUnread({ seq, senderId, ...(fold && { fold }) }, accountId)) continue;
      unread += 1;
      if (this.mentioned.get(seq)?.includes(accountId)) mentions += 1;
    }
    return { unread, mentions };
  }

  isErased(seq: number): boolean {
    return this.#told.get(seq)?.erased !== undefined;
  }
}

function foldFault(stored: Fold | undefined, told: Fold | undefined): string | undefined {
  if (stored === undefined || told === undefined) {
    if ((stored ?? told)?.foldSeq === 0) return undefined;
    return stored === undefined
      ? "what later events did to it is not kept"
      : "it is kept as changed, but no event changed it";
  }
  if (stored.erased?.seq !== told.erased?.seq) return "deleted for everyone, but not kept as such";
  if (stored.edit?.seq !== told.edit?.seq || stored.edit?.payload !== told.edit?.payload) {
    return "its newest edit is not the one that is kept";
  }
  const keys = (fold: Fold): string =>
    fold.reactions
      .map(({ key, count }) => `${count} ${key}`)
      .sort()
      .join("\n");
  if (keys(stored) !== keys(told)) return "its reactions are not counted right";
  const recent = (fold: Fold): string => fold.recent.map((row) => row.clientId).join(" ");
  if (recent(stored) !== recent(told)) return "its newest reactions are not those that are kept";
  return undefined;
}
