/** Notices that wait for a system that does not answer; more are of no use to anybody. */
export const MAX_WAITING = 50;

/** The next thing to do about a tag. */
export type Job<Notice> = { tag: string; notice?: Notice };

/** What adding a job did to a notice that waited. */
export type Displaced<Notice> = { notice: Notice; state: "merged" | "dropped" | "withdrawn" };

/**
 * What is to be shown or closed, oldest first. At most one job a tag: the newest says what is wanted.
 * Bounded: the oldest notice makes room.
 */
export class NoticeQueue<Notice> {
  readonly #jobs = new Map<string, Notice | undefined>();

  get size(): number {
    return this.#jobs.size;
  }

  show(tag: string, notice: Notice): Displaced<Notice>[] {
    const displaced: Displaced<Notice>[] = [];
    // It keeps its turn: a chat with many messages must not wait longer than one with few.
    const before = this.#jobs.get(tag);
    if (before !== undefined) displaced.push({ notice: before, state: "merged" });
    this.#jobs.set(tag, notice);
    const shows = [...this.#jobs].flatMap(([of, job]) => (job === undefined ? [] : [{ of, job }]));
    const [oldest] = shows;
    if (shows.length > MAX_WAITING && oldest) {
      this.#jobs.delete(oldest.of);
      displaced.push({ notice: oldest.job, state: "dropped" });
    }
    return displaced;
  }

  /** @param isShown whether something of this tag may be on the screen */
  close(tag: string, isShown: boolean): Displaced<Notice>[] {
    const notice = this.#jobs.get(tag);
    if (isShown) this.#jobs.set(tag, undefined);
    else this.#jobs.delete(tag);
    return notice === undefined ? [] : [{ notice, state: "withdrawn" }];
  }

  take(): Job<Notice> | undefined {
    const [first] = this.#jobs;
    if (!first) return undefined;
    const [tag, notice] = first;
    this.#jobs.delete(tag);
    return notice === undefined ? { tag } : { tag, notice };
  }
}
