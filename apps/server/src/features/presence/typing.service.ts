import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { hasGone } from "../../fanout/has-gone.ts";
import { type Fanout, type FanoutConnection, Push } from "../../fanout/port.ts";
import type { StorageReads } from "../../storage/port.ts";
import { TokenBucket } from "../../socket/token-bucket.ts";

/** A typist's clock and network are not exact: a repeat this much early still counts. */
const SLACK_MS = 500;
/** Signals of one connection that are passed on: each may go to everyone in a large group. */
const SIGNALS_PER_SECOND = 2;
const SIGNALS_BURST = 8;

type Typist = { chatId: ChatId; typing: boolean; atMs: number; signals: TokenBucket };

/** S10: typing, told to connections of other members that have the chat open. */
export class TypingService {
  readonly #fanout: Fanout;
  readonly #storage: Pick<StorageReads, "hasBlock">;
  readonly #nowMs: () => number;
  readonly #open = new Map<ChatId, Set<FanoutConnection>>();
  readonly #opened = new Map<string, readonly ChatId[]>();
  /** What each connection last said. */
  readonly #said = new Map<string, Typist>();

  constructor(fanout: Fanout, storage: Pick<StorageReads, "hasBlock">, nowMs: () => number) {
    this.#fanout = fanout;
    this.#storage = storage;
    this.#nowMs = nowMs;
  }

  /** Replaces the chats that a connection has open. */
  setOpen(connection: FanoutConnection, chatIds: readonly ChatId[]): void {
    this.#close(connection);
    // What came in one piece with the end of the connection is read after it.
    if (hasGone(this.#fanout, connection)) return;
    const wanted = [...new Set(chatIds)];
    this.#opened.set(connection.id, wanted);
    for (const chatId of wanted) {
      const viewers = this.#open.get(chatId) ?? new Set();
      this.#open.set(chatId, viewers.add(connection));
    }
  }

  /** Returns false if the account is no member. Signals more frequent than needed are dropped. */
  async set(connection: FanoutConnection, chatId: ChatId, typing: boolean): Promise<boolean> {
    const { accountId } = connection;
    if (!(await this.#fanout.isMember(chatId, accountId))) return false;
    if (hasGone(this.#fanout, connection) || !this.#isNews(connection, chatId, typing)) return true;
    // V33: neither the blocked nor whoever blocked them sees the other write.
    if (await this.#storage.hasBlock(chatId)) return true;
    const push = new Push("typing:changed", { chatId, accountId, typing });
    for (const viewer of this.#open.get(chatId) ?? []) {
      if (viewer.accountId === accountId) continue;
      if (await this.#fanout.isMember(chatId, viewer.accountId)) viewer.send(push);
    }
    return true;
  }

  /** The connection is gone. Whoever was typing stops being shown by itself. */
  forget(connection: FanoutConnection): void {
    this.#close(connection);
    this.#said.delete(connection.id);
  }

  #close(connection: FanoutConnection): void {
    for (const chatId of this.#opened.get(connection.id) ?? []) {
      const viewers = this.#open.get(chatId);
      viewers?.delete(connection);
      if (viewers?.size === 0) this.#open.delete(chatId);
    }
    this.#opened.delete(connection.id);
  }

  #isNews({ id }: FanoutConnection, chatId: ChatId, typing: boolean): boolean {
    const atMs = this.#nowMs();
    const before = this.#said.get(id);
    const isRepeat = before?.chatId === chatId && before.typing === typing;
    // Clocks are put back: nothing is kept back for longer because of it.
    const passedMs = Math.abs(atMs - (before?.atMs ?? 0));
    if (isRepeat && passedMs < LIMITS.typingRepeatMs - SLACK_MS) return false;
    const signals = before?.signals ?? new TokenBucket(SIGNALS_PER_SECOND, SIGNALS_BURST, atMs);
    if (signals.take(atMs) > 0) return false;
    this.#said.set(id, { chatId, typing, atMs, signals });
    return true;
  }
}
