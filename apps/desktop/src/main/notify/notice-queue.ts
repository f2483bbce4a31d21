/** Notices that wait for a system that does not answer; more are of no use to anybody. */
export const MAX_WAITING = 50;

/** The next thing to do about a tag. */
export type Job<Notice> = { tag: string; notice?: Notice };

/** What adding a job did to those that waited. */
export type Displaced = { tag: string; state: "merged" | "dropped" | "withdrawn" };

/**
 * What is to be shown or closed, oldest first. At most one job a tag: the newest says what is wanted.
 * Bounded: the oldest notice makes room.
 */
export class NoticeQueue<Notice> {
  readonly #jobs = new Map<string, Notice | undefined>();

  get size(): number {
    return this.#jobs.size;
  }

  show(tag: string, notice: Notice): Displaced[] {
    const displaced: Displaced[] = [];
    // It keeps its turn: a chat with many messages must not wait longer than one with few.
    if (this.#jobs.get(tag) !== undefined) displaced.push({ tag, state: "merged" });
    this.#jobs.set(tag, notice);
    const shows = [...this.#jobs].filter(([, job]) => job !== undefined);
    const [oldest] = shows;
    if (shows.length > MAX_WAITING && oldest) {
      this.#jobs.delete(oldest[0]);
      displaced.push({ tag: oldest[0], state: "dropped" });
    }
    return displaced;
  }

  /** @param isShown whether something of this tag may be on the screen */
  close(tag: string, isShown: boolean): Displaced[] {
    const waited = this.#jobs.get(tag) !== undefined;
    if (isShown) this.#jobs.set(tag, undefined);
    else this.#jobs.delete(tag);
    return waited ? [{ tag, state: "withdrawn" }] : [];
  }

  take(): Job<Notice> | undefined {
    const [first] = this.#jobs;
    if (!first) return undefined;
    const [tag, notice] = first;
    this.#jobs.delete(tag);
    return notice === undefined ? { tag } : { tag, notice };
  }
}
