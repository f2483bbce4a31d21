import type { Change } from "@parley/protocol/chat.ts";
import type { PushBody } from "@parley/protocol/socket/pushes.ts";
import type { Cancel, Clock } from "../connection/ports.ts";

/** Arrivals within this time travel to the writer together. A timer, because hidden windows draw no frames. */
const MERGE_MS = 4;
/** A batch that large goes at once. */
const MERGE_CHANGES = 500;

export type Heal = Omit<PushBody<"sync:heal">, "changes">;
type Deliver = (changes: Change[], heal?: Heal) => void;

/** Merges live changes of a few milliseconds into one batch, in order; a heal follows what came before it. */
export class ChangeMerger {
  readonly #clock: Clock;
  readonly #deliver: Deliver;
  #waiting: Change[] = [];
  #timer: Cancel | undefined;

  constructor(clock: Clock, deliver: Deliver) {
    this.#clock = clock;
    this.#deliver = deliver;
  }

  add(changes: readonly Change[]): void {
    this.#waiting.push(...changes);
    if (this.#waiting.length >= MERGE_CHANGES) this.#flush();
    else if (this.#waiting.length > 0)
      this.#timer ??= this.#clock.setTimer(() => this.#flush(), MERGE_MS);
  }

  heal({ changes, ...heal }: PushBody<"sync:heal">): void {
    this.#flush();
    this.#deliver(changes, heal);
  }

  /** Forgets what waits: the connection is gone or nobody writes, and the next catch-up brings it again. */
  drop(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#waiting = [];
  }

  #flush(): void {
    const changes = this.#waiting;
    this.drop();
    if (changes.length > 0) this.#deliver(changes);
  }
}
