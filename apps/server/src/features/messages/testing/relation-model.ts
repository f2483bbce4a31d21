import { type Event, type Fold, isMessage, type Send } from "@parley/protocol/event.ts";
import { foldEvent, foldTargetOf } from "@parley/protocol/fold.ts";
import type { AccountId, ClientId } from "@parley/protocol/ids.ts";

/** An accepted event with the payload it came with, which it may have lost since. */
export type Known = { event: Event; payload: string; isLive: boolean };

/** The rules of V29 once more, plainly, over what was accepted. */
export class RelationModel {
  readonly events: Known[] = [];
  readonly #byId = new Map<ClientId, Known>();
  readonly periods = new Map<AccountId, { from: number; to: number }[]>();
  readonly readSeqs = new Map<AccountId, number>();
  readonly #history: "joined" | "all";

  constructor(history: "joined" | "all") {
    this.#history = history;
  }

  add(event: Event, payload: string): void {
    const known = { event, payload, isLive: true };
    this.events.push(known);
    this.#byId.set(event.clientId, known);
    const { system, seq } = event;
    if (system?.kind === "created" || system?.kind === "added") {
      for (const id of system.accountIds) {
        const from = this.#history === "all" ? 1 : seq;
        this.periods.set(id, [...(this.periods.get(id) ?? []), { from, to: Infinity }]);
        this.readSeqs.set(id, seq);
      }
    }
    if (system?.kind === "left") this.periods.get(event.senderId)!.at(-1)!.to = seq;
    const target = event.rel && this.#byId.get(event.rel.target);
    if (event.rel?.kind === "redact" && target) target.isLive = false;
  }

  get head(): number {
    return this.events.length;
  }
  isMember(id: AccountId): boolean {
    return this.periods.get(id)?.at(-1)?.to === Infinity;
  }
  sees(id: AccountId, seq: number): boolean {
    return (this.periods.get(id) ?? []).some(({ from, to }) => from <= seq && seq <= to);
  }
  visibleHead(id: AccountId): number {
    return Math.min(this.head, this.periods.get(id)!.at(-1)!.to);
  }
  erasedBy(seq: number): Event | undefined {
    return this.events.find(
      ({ event }) =>
        event.rel?.kind === "redact" && event.targetSeq === seq && event.rootSeq === undefined,
    )?.event;
  }

  /** What becomes of an item that relates to another, of which no earlier one of the flush failed. */
  verdict(by: AccountId, role: "owner" | "member", { rel }: Send): string {
    if (!this.isMember(by)) return this.periods.has(by) ? "not_a_member" : "chat_not_found";
    if (!rel) return "ok";
    const target = this.#byId.get(rel.target);
    if (!target || !this.sees(by, target.event.seq)) return "target_not_found";
    if (rel.kind === "reply") return "ok";
    const { event } = target;
    if (rel.kind === "redact" && event.rel?.kind === "reaction") {
      if (!target.isLive || this.erasedBy(event.targetSeq!)) return "target_gone";
      if (event.senderId !== by) return "not_allowed";
      return rel.key === event.rel.key ? "ok" : "invalid_request";
    }
    if (!isMessage(event)) return "invalid_request";
    if (!target.isLive) return "target_gone";
    if (rel.kind === "edit") return event.senderId === by ? "ok" : "not_allowed";
    if (rel.kind === "redact") {
      if (rel.key !== undefined) return "invalid_request";
      return event.senderId === by || role === "owner" ? "ok" : "not_allowed";
    }
    const isDouble = this.events.some(
      ({ event: one, isLive }) =>
        isLive &&
        one.rel?.kind === "reaction" &&
        one.rel.target === rel.target &&
        one.rel.key === rel.key &&
        one.senderId === by,
    );
    return isDouble ? "duplicate_reaction" : "ok";
  }

  /** V30, V40: the whole stream folded anew for one account. */
  foldOf(id: AccountId, seq: number): Fold | undefined {
    const erasedBy = this.erasedBy(seq);
    if (erasedBy && erasedBy.seq <= this.visibleHead(id)) return foldEvent(undefined, erasedBy);
    return this.events
      .filter(({ event }) => foldTargetOf(event) === seq && this.sees(id, event.seq))
      .reduce<Fold | undefined>((fold, { event, payload }) => {
        return foldEvent(fold, { ...event, payload: erasedBy ? null : payload });
      }, undefined);
  }

  /** S12: an event as a page shows it to one account. */
  shown(id: AccountId, { event, payload }: Known): Event {
    const fold = this.foldOf(id, event.seq);
    const isHidden = foldTargetOf(event) !== undefined || this.erasedBy(event.seq) !== undefined;
    const { fold: _fold, ...bare } = event;
    const shown = isHidden || fold?.edit ? null : payload;
    return { ...bare, payload: shown, ...(fold && { fold }) };
  }
}
