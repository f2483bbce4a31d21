/** The disk did not take what was handed to it. What was not synced before is unknown from then on. */
export class DurabilityError extends Error {
  override readonly name = "DurabilityError";
  constructor(cause: unknown) {
    super("The disk did not confirm what was written.", { cause });
  }
}

/** Told once what was committed is on the disk, or why that can no longer be known. */
export type Synced = (fault?: DurabilityError) => void;

type Waiter = { through: number; done: Synced };

/**
 * S4: what lies between a commit and its ack. A commit is written to the file first and synced after,
 * off the event loop; a sync serves all commits that were written before it began.
 *
 *   written() -> sync begins -> sync ends -> waiters of all commits before its beginning, in order
 *                  ^                 |
 *                  +-- more written -+
 *
 * A sync that fails is final: the system may have dropped the pages it could not write, so that a
 * second sync would succeed and prove nothing. Nothing is confirmed any more, now or later.
 */
export class Durability {
  readonly #sync: () => Promise<void>;
  readonly #onFault: (fault: DurabilityError) => void;
  readonly #waiters: Waiter[] = [];
  #written = 0;
  #synced = 0;
  #syncing = false;
  #fault: DurabilityError | undefined;

  /** `sync` puts on the disk all that was written before it is called. `onFault` is called once. */
  constructor(sync: () => Promise<void>, onFault: (fault: DurabilityError) => void) {
    this.#sync = sync;
    this.#onFault = onFault;
  }

  /** Why nothing is confirmed any more. */
  get fault(): DurabilityError | undefined {
    return this.#fault;
  }

  /** A commit was written. */
  written(): void {
    this.#written += 1;
    this.#begin();
  }

  /**
   * Calls back when everything written so far is on the disk: at once if it is already, else in the
   * order of the calls.
   */
  whenSynced(done: Synced): void {
    if (this.#fault) done(this.#fault);
    else if (this.#synced === this.#written) done();
    else this.#waiters.push({ through: this.#written, done });
  }

  /** As `whenSynced`, for whoever awaits it. Rejects with a DurabilityError. */
  synced(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.whenSynced((fault) => (fault ? reject(fault) : resolve()));
    });
  }

  /** Confirms nothing any more, as after a sync that failed. */
  fail(cause: unknown): void {
    if (this.#fault) return;
    this.#fault = new DurabilityError(cause);
    this.#onFault(this.#fault);
    for (const waiter of this.#waiters.splice(0)) waiter.done(this.#fault);
  }

  #begin(): void {
    if (this.#syncing || this.#fault || this.#synced === this.#written) return;
    this.#syncing = true;
    const through = this.#written;
    this.#sync().then(
      () => this.#end(through),
      (error: unknown) => this.fail(error),
    );
  }

  #end(through: number): void {
    this.#syncing = false;
    // A fault of another kind may have come meanwhile: then this sync proves nothing either.
    if (this.#fault) return;
    this.#synced = through;
    // First the disk gets its work, then the acks go out beside it.
    this.#begin();
    const first = this.#waiters.findIndex((waiter) => waiter.through > through);
    const ready = this.#waiters.splice(0, first < 0 ? this.#waiters.length : first);
    for (const waiter of ready) waiter.done();
  }
}
