import type { Change } from "@parley/protocol/chat.ts";
import type { Result } from "@parley/protocol/errors.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import type { RequestData, RequestInput } from "@parley/protocol/socket/requests.ts";
import type { Cancel, Clock, Log } from "../connection/ports.ts";
import type { Directory } from "./directory.ts";

/** A window's page needs about a second to start; only without one main says hello itself. */
const SUMMARY_AFTER_MS = 3_000;
/** So many chats are told of after a time away; the others are seen in the list. */
const MAX_TOLD = 5;

type Options = {
  clock: Clock;
  log: Log;
  directory: Directory;
  hello: (body: RequestInput<"sync:hello">) => Promise<Result<RequestData<"sync:hello">>>;
  learn: (changes: readonly Change[]) => void;
  notify: (event: Event) => Promise<void>;
  /** All pages are learned, and no writer has come meanwhile. */
  done: () => void;
  isWanted: () => boolean;
};

/** S21: the newest messages that a summary tells of, newest chats first, and those passed over. */
export function newsOf(changes: readonly Change[]): { told: Event[]; passed: Event[] } {
  const newest = new Map<ChatId, Event>();
  for (const change of changes) {
    if (change.kind !== "chat") continue;
    const { chatId, last, my } = change.chat;
    if (last && my.unread > 0 && last.seq > my.readSeq) newest.set(chatId, last);
    else newest.delete(chatId);
  }
  const byTime = [...newest.values()].toSorted((a, b) => b.at - a.at);
  return { told: byTime.slice(0, MAX_TOLD), passed: byTime.slice(MAX_TOLD) };
}

/**
 * S21: the host's own hello while no window can write the cache: names, heads, counts, so that it can
 * notify and count. It keeps no messages and marks nothing delivered. Its `since` is its own.
 */
export class Summary {
  readonly #options: Options;
  #timer: Cancel | undefined;
  #isRunning = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The connection is up and nobody writes: hello follows unless a writer comes soon. */
  wanted(): void {
    if (this.#isRunning) return;
    this.#timer ??= this.#options.clock.setTimer(() => {
      this.#timer = undefined;
      if (this.#options.isWanted()) void this.#run();
    }, SUMMARY_AFTER_MS);
  }

  /** A writer came, or the connection went. */
  cancel(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      await this.#sayHello();
    } finally {
      this.#isRunning = false;
    }
  }

  async #sayHello(): Promise<void> {
    const { directory, hello, learn, notify, done, isWanted, log } = this.#options;
    const { epoch, since } = directory;
    const changes: Change[] = [];
    let after: RequestInput<"sync:hello">["after"];
    let watermark = since;
    for (;;) {
      const dataEpoch = since === 0 ? null : (epoch ?? null);
      const page = await hello({ dataEpoch, since, ...(after !== undefined && { after }) });
      if (!page.ok) {
        // The catch-up is asked for again; nothing was taken in that would be missed then.
        log.warn("The summary could not be fetched.", { code: page.error.code });
        return;
      }
      learn(page.value.changes);
      changes.push(...page.value.changes.filter((change) => change.kind === "chat"));
      watermark = page.value.watermark;
      if (page.value.next === null) break;
      after = page.value.next;
    }
    // The first hello of a device tells of everything there is: none of it is news.
    if (since > 0) {
      const { told, passed } = newsOf(changes);
      for (const event of told) await notify(event);
      for (const event of passed) directory.notified(event.chatId, event.seq);
    }
    directory.advance(watermark);
    await directory.flush();
    if (isWanted()) done();
  }
}
