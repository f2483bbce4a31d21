import type { AlertDecision } from "@parley/protocol/bridge/alerts.ts";
import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";

const KEPT_PER_CHAT = 20;
const KEPT_CHATS = 200;

/** V52: the last decisions of each chat, to answer "why was I not notified?". */
export class AlertLog {
  readonly #chats = new Map<ChatId, Map<ClientId, AlertDecision>>();

  /** A message has one entry: a later decision about it takes the place of the one before. */
  add(chatId: ChatId, decision: AlertDecision): void {
    const decisions = this.#chats.get(chatId) ?? new Map<ClientId, AlertDecision>();
    // That it came again says nothing new.
    if (decision.reason === "already-notified" && decisions.has(decision.clientId)) return;
    decisions.delete(decision.clientId);
    decisions.set(decision.clientId, decision);
    dropOldest(decisions, KEPT_PER_CHAT);
    this.#chats.delete(chatId);
    this.#chats.set(chatId, decisions);
    dropOldest(this.#chats, KEPT_CHATS);
  }

  /** What the system did with a notification, where a window says so. */
  learn(outcome: NotificationOutcome): void {
    const { of } = outcome;
    const decisions = of && this.#chats.get(of.chatId);
    const decision = of && decisions?.get(of.clientId);
    if (decision) decisions?.set(decision.clientId, { ...decision, outcome });
  }

  /** Newest last. */
  of(chatId: ChatId): AlertDecision[] {
    return [...(this.#chats.get(chatId)?.values() ?? [])];
  }
}

function dropOldest<Key>(map: Map<Key, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}
