import type { Event } from "@parley/protocol/event.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { Cancel, Clock } from "../connection/ports.ts";

/** Alerts that come so soon after each other are shown together. */
const QUIET_MS = 50;
/** What comes late comes with more: a connection that stood still, or slept, gives all of it at once. */
const QUIET_AFTER_LATE_MS = 1_000;
/** Nobody is kept waiting longer, however much goes on coming. */
const LONGEST_MS = 3_000;

/** What arrived in one chat, in order, and has not been shown. */
export type GatheredChat = { events: Event[]; isLate: boolean };

/**
 * V52: live messages that alert, gathered for a moment. A computer that slept hears of hundreds of them
 * in a few milliseconds, on the connection that it had: they are news of a time away.
 */
export class GatheredNews {
  readonly #clock: Clock;
  readonly #take: (chats: GatheredChat[]) => void;
  readonly #chats = new Map<ChatId, GatheredChat>();
  #quiet: Cancel | undefined;
  #longest: Cancel | undefined;

  constructor(clock: Clock, take: (chats: GatheredChat[]) => void) {
    this.#clock = clock;
    this.#take = take;
  }

  /** @param isLate it was stored some time before it arrived here */
  add(event: Event, isLate: boolean): void {
    const chat = this.#chats.get(event.chatId) ?? { events: [], isLate: false };
    this.#chats.set(event.chatId, {
      events: [...chat.events, event],
      isLate: chat.isLate || isLate,
    });
    const anyLate = [...this.#chats.values()].some((one) => one.isLate);
    this.#quiet?.();
    this.#quiet = this.#clock.setTimer(
      () => this.#flush(),
      anyLate ? QUIET_AFTER_LATE_MS : QUIET_MS,
    );
    this.#longest ??= this.#clock.setTimer(() => this.#flush(), LONGEST_MS);
  }

  /** Whether this message, or a later one of its chat, is about to be shown. */
  holds({ chatId, seq }: Pick<Event, "chatId" | "seq">): boolean {
    return this.#chats.get(chatId)?.events.some((event) => event.seq >= seq) ?? false;
  }

  /** S13: it was deleted for everyone, and is not shown. */
  erase(chatId: ChatId, target: ClientId): void {
    const chat = this.#chats.get(chatId);
    if (!chat) return;
    const events = chat.events.filter(({ clientId }) => clientId !== target);
    if (events.length > 0) this.#chats.set(chatId, { ...chat, events });
    else this.#chats.delete(chatId);
  }

  /** Hands over all that is gathered, now. */
  takeAll(): GatheredChat[] {
    this.stop();
    const chats = [...this.#chats.values()];
    this.#chats.clear();
    return chats;
  }

  stop(): void {
    this.#quiet?.();
    this.#longest?.();
    this.#quiet = undefined;
    this.#longest = undefined;
  }

  #flush(): void {
    const chats = this.takeAll();
    if (chats.length > 0) this.#take(chats);
  }
}
