import type { Event } from "@parley/protocol/event.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import type { News } from "./backlog.ts";
import type { Written } from "./ports.ts";

/** Enough for what is before somebody's eyes; older ones stay as they were shown. */
const MAX_KEPT = 50;

/** What an edit put in the place of a message's text (S12). */
export type Edit = Written & { seq: number };

/**
 * V61: single messages whose notifications are on the screen, and what edits made of them, or of those that
 * are still on their way there. In memory alone.
 */
export class ShownMessages {
  readonly #shown = new Map<ChatId, News>();
  readonly #edits = new Map<ClientId, Edit>();

  /** @returns whether it is newer than what was known of this message */
  edited(target: ClientId, edit: Edit): boolean {
    const known = this.#edits.get(target);
    if (known && known.seq >= edit.seq) return false;
    this.#edits.delete(target);
    keep(this.#edits, target, edit);
    return true;
  }

  /** What a message says by now: an edit's payload replaces that of the message whole. */
  textOf({ clientId, alg, payload, contentHash, fold }: Event): Written {
    const heard = this.#edits.get(clientId);
    const folded = fold?.edit;
    if (heard && heard.seq >= (folded?.seq ?? 0)) return heard;
    if (folded) return { alg: folded.alg, payload: folded.payload, contentHash: undefined };
    return { alg, payload, contentHash };
  }

  shown(news: News): void {
    this.#shown.delete(news.event.chatId);
    keep(this.#shown, news.event.chatId, news);
  }

  /** The message of a chat that is on the screen by itself. */
  of(chatId: ChatId): News | undefined {
    return this.#shown.get(chatId);
  }

  withdrawn(chatId: ChatId): void {
    this.#shown.delete(chatId);
  }
}

function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size > MAX_KEPT) map.delete(oldest);
}
