import type { Change } from "@parley/protocol/chat.ts";
import type { Result } from "@parley/protocol/errors.ts";
import { type RequestData, type RequestInput, REQUESTS } from "@parley/protocol/socket/requests.ts";
import { parseWith } from "../connection/parse.ts";
import type { Cancel, Clock, Log } from "../connection/ports.ts";
import type { Directory } from "./directory.ts";

/** A window's page needs about a second to start; only without one main says hello itself. */
const SUMMARY_AFTER_MS = 3_000;

type Options = {
  clock: Clock;
  log: Log;
  directory: Directory;
  hello: (body: RequestInput<"sync:hello">) => Promise<Result<RequestData<"sync:hello">>>;
  learn: (changes: readonly Change[]) => void;
  /** V52: everything that was listed is learned; false for the first hello of a device. */
  caughtUp: (isNews: boolean) => void;
  /** S6c: the server has not reached what was told here before: all of it begins anew. */
  beginAnew: () => void;
  /** All pages are learned, and no writer has come meanwhile. */
  done: () => void;
  isWanted: () => boolean;
};

/**
 * S21: the host's own hello while no window can write the cache: names, heads, counts, so that it can
 * notify and count. It keeps no messages and marks nothing delivered. Its `since` is its own.
 */
export class Summary {
  readonly #options: Options;
  #timer: Cancel | undefined;
  #running: Promise<void> | undefined;
  /** From where on the writer's own catch-up tells what changed. */
  #writerSince = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The connection is up and nobody writes: hello follows unless a writer comes soon. */
  wanted(): void {
    if (this.#running) return;
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

  /**
   * A window is about to say hello. The host learns from the answer; what changed before that is known here
   * only if it was saved before the last host ended. The host asks for the rest itself, first: the server
   * heals a connection from its last hello on, which has to be the writer's.
   * @returns what to wait for, if anything
   */
  beforeHello(body: unknown): Promise<void> | undefined {
    const hello = parseWith(REQUESTS["sync:hello"].body, body);
    if (!hello.ok || hello.value.after !== undefined) return undefined;
    const { directory } = this.#options;
    const { dataEpoch, since } = hello.value;
    this.#writerSince = dataEpoch === directory.epoch ? since : 0;
    return this.#isBehindWriter ? this.#run() : undefined;
  }

  /** The writer has everything up to `watermark`: so has the host, unless something before it is missing. */
  writerCaughtUp(watermark: number): void {
    if (!this.#isBehindWriter) this.#options.directory.advance(watermark);
  }

  /** S6c: a window's hello was refused with `epoch_changed`. */
  refused(body: unknown): void {
    const hello = parseWith(REQUESTS["sync:hello"].body, body);
    const { directory, beginAnew } = this.#options;
    // Another one than the host's: that is the window's own business.
    if (hello.ok && hello.value.dataEpoch === directory.epoch) beginAnew();
  }

  get #isBehindWriter(): boolean {
    return this.#writerSince > this.#options.directory.since;
  }

  #run(): Promise<void> {
    this.#running ??= this.#sayHello().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #sayHello(): Promise<void> {
    const { directory, hello, learn, caughtUp, done, isWanted, log, beginAnew } = this.#options;
    const { epoch, since } = directory;
    let after: RequestInput<"sync:hello">["after"];
    let watermark = since;
    for (;;) {
      const dataEpoch = since === 0 ? null : (epoch ?? null);
      const page = await hello({ dataEpoch, since, ...(after !== undefined && { after }) });
      if (!page.ok) {
        if (page.error.code === "epoch_changed" && since > 0) {
          beginAnew();
          return this.#sayHello();
        }
        // The catch-up is asked for again; nothing was taken in that would be missed then.
        log.warn("The summary could not be fetched.", { code: page.error.code });
        return;
      }
      learn(page.value.changes);
      watermark = page.value.watermark;
      if (page.value.next === null) break;
      after = page.value.next;
    }
    // The first hello of a device tells of everything there is: none of it is news.
    caughtUp(since > 0);
    directory.advance(watermark);
    await directory.flush();
    if (isWanted()) done();
  }
}
