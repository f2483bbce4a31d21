import type { Event } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { chatIdOf, type Input } from "./apply.ts";
import type { ChatRow } from "./model.ts";

/**
 * Events that came before their predecessors wait here, in memory, so that a pull under way need not
 * be followed by another one (S6a). Forgetting them is harmless: the known head makes them be pulled.
 */
export type EarlyEvents = Map<ChatId, Event[]>;

/** Of one chat; more than this and the chat is better pulled. */
const KEPT_PER_CHAT = 200;
/** Chats that are not listed yet: their events wait for the statement (V9). */
const KEPT_CHATS = 100;

/** Takes the waiting events of all chats that `inputs` are about. */
export function takeEarly(early: EarlyEvents, inputs: readonly Input[]): Input[] {
  const taken: Input[] = [];
  if (early.size === 0) return taken;
  for (const chatId of new Set(inputs.map((input) => chatIdOf(input)))) {
    if (chatId === undefined) continue;
    for (const event of early.get(chatId) ?? []) taken.push({ kind: "event", change: 0, event });
  }
  return taken;
}

/** Keeps what a commit could not apply; `rows` are the chats it touched. */
export function keepEarly(
  early: EarlyEvents,
  events: readonly Event[],
  rows: readonly ChatRow[],
): void {
  for (const row of rows) early.delete(row.chatId);
  const waiting = new Map<ChatId, Event[]>();
  for (const event of events) {
    const list = waiting.get(event.chatId);
    if (list === undefined) waiting.set(event.chatId, [event]);
    else if (list.length < KEPT_PER_CHAT && list.at(-1)?.seq !== event.seq) list.push(event);
  }
  for (const [chatId, list] of waiting) {
    if (early.size < KEPT_CHATS || early.has(chatId)) early.set(chatId, list);
  }
}
