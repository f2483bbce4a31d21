import type { NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";

/** What nobody was there to show is no news any more after this long. */
const KEPT_MS = 5 * 60_000;
/** Notices without a last word, or missed. */
const MAX_NOTICES = 50;

type Notice = { events: readonly Event[]; atMs: number; isMissed: boolean };

/**
 * V52: notices that no program was there to show, so that one which comes soon can be handed what is
 * still unread of them. In memory alone: after a restart it would be stale.
 */
export class MissedNotices {
  readonly #notices = new Map<ClientId, Notice>();

  /** A notice of this name was handed over; it tells of these messages. `nowMs`: this machine's clock. */
  handed(name: ClientId, events: readonly Event[], nowMs: number): void {
    this.#notices.delete(name);
    this.#notices.set(name, { events, atMs: nowMs, isMissed: false });
    for (const oldest of this.#notices.keys()) {
      if (this.#notices.size <= MAX_NOTICES) return;
      this.#notices.delete(oldest);
    }
  }

  /** What became of one. A program that only takes its time may still show it. */
  told({ of, state }: NotificationOutcome): void {
    const notice = of && this.#notices.get(of.clientId);
    if (!of || !notice || state === "waiting") return;
    if (state === "unavailable") this.#notices.set(of.clientId, { ...notice, isMissed: true });
    else this.#notices.delete(of.clientId);
  }

  /** S13: a message that was deleted for everyone is told by nobody. */
  erase(target: ClientId): void {
    for (const [name, notice] of this.#notices) {
      const events = notice.events.filter(({ clientId }) => clientId !== target);
      this.#notices.set(name, { ...notice, events });
    }
  }

  /** Hands out the newest message of each chat that was missed lately, and forgets all that was missed. */
  take(nowMs: number): Event[] {
    const newest = new Map<ChatId, Event>();
    for (const [name, { events, atMs, isMissed }] of this.#notices) {
      if (!isMissed) continue;
      this.#notices.delete(name);
      if (nowMs - atMs > KEPT_MS) continue;
      for (const event of events) {
        if (event.seq > (newest.get(event.chatId)?.seq ?? 0)) newest.set(event.chatId, event);
      }
    }
    return [...newest.values()];
  }
}
