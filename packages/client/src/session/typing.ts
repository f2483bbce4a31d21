import type { AccountId, ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Cancel, Clock } from "../connection/ports.ts";

type Own = { sentAtMs: number; windowIds: Map<string, number>; timer: Cancel };

/**
 * S10: own typing. Windows signal as often as keys are struck; the server hears of it at once and
 * then every LIMITS.typingRepeatMs while signals go on. It ends when the window says so, is gone, or
 * has been silent for LIMITS.typingShownMs.
 */
export class OwnTyping {
  readonly #clock: Clock;
  readonly #send: (chatId: ChatId, typing: boolean) => void;
  readonly #chats = new Map<ChatId, Own>();

  constructor(clock: Clock, send: (chatId: ChatId, typing: boolean) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  set(windowId: string, chatId: ChatId, typing: boolean): void {
    if (!typing) return this.#leave(windowId, chatId);
    const signalledAtMs = this.#clock.nowMs();
    const own = this.#chats.get(chatId);
    if (own) {
      own.windowIds.set(windowId, signalledAtMs);
      return;
    }
    this.#send(chatId, true);
    this.#chats.set(chatId, {
      sentAtMs: signalledAtMs,
      windowIds: new Map([[windowId, signalledAtMs]]),
      timer: this.#again(chatId),
    });
  }

  windowGone(windowId: string): void {
    for (const chatId of this.#chats.keys()) this.#leave(windowId, chatId);
  }

  /** Forgets without a word: the connection is gone, and typing with it. */
  clear(): void {
    for (const own of this.#chats.values()) own.timer();
    this.#chats.clear();
  }

  #again(chatId: ChatId): Cancel {
    return this.#clock.setTimer(() => this.#repeat(chatId), LIMITS.typingRepeatMs);
  }

  #repeat(chatId: ChatId): void {
    const own = this.#chats.get(chatId);
    if (!own) return;
    const nowMs = this.#clock.nowMs();
    for (const [windowId, signalledAtMs] of own.windowIds) {
      if (nowMs - signalledAtMs >= LIMITS.typingShownMs) own.windowIds.delete(windowId);
    }
    if (own.windowIds.size === 0) return this.#end(chatId, own);
    // Signals since the last word to the server: it goes on. None: a pause, which may end by itself.
    if ([...own.windowIds.values()].some((atMs) => atMs > own.sentAtMs)) {
      own.sentAtMs = nowMs;
      this.#send(chatId, true);
    }
    own.timer = this.#again(chatId);
  }

  #leave(windowId: string, chatId: ChatId): void {
    const own = this.#chats.get(chatId);
    if (!own?.windowIds.delete(windowId) || own.windowIds.size > 0) return;
    this.#end(chatId, own);
  }

  #end(chatId: ChatId, own: Own): void {
    own.timer();
    this.#chats.delete(chatId);
    this.#send(chatId, false);
  }
}

type Tell = (chatId: ChatId, accountId: AccountId, typing: boolean) => void;

/** S10: typing of others. It ends by itself, should the word that it ended be lost. */
export class OthersTyping {
  readonly #clock: Clock;
  readonly #tell: Tell;
  readonly #shown = new Map<string, { end: () => void; timer: Cancel }>();

  constructor(clock: Clock, tell: Tell) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** What the server said; also `false` when a message of the typist arrived. */
  set(chatId: ChatId, accountId: AccountId, typing: boolean): void {
    const key = `${chatId} ${accountId}`;
    const shown = this.#shown.get(key);
    shown?.timer();
    if (!typing) {
      shown?.end();
      return;
    }
    const end = (): void => {
      this.#shown.delete(key);
      this.#tell(chatId, accountId, false);
    };
    this.#shown.set(key, { end, timer: this.#clock.setTimer(end, LIMITS.typingShownMs) });
    if (!shown) this.#tell(chatId, accountId, true);
  }

  /** The connection is gone: nobody is known to type. */
  clear(): void {
    for (const shown of this.#shown.values()) {
      shown.timer();
      shown.end();
    }
  }
}
