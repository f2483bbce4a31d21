type Task = () => void | Promise<void>;

/**
 * Tasks in order per name. As long as nothing has to wait, a task runs at once, within the call; after
 * one that waits (a read of the database) the later ones of its name queue up behind it.
 */
export class Lanes {
  readonly #lanes = new Map<string, Task[]>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  run(name: string, task: Task): void {
    const waiting = this.#lanes.get(name);
    if (waiting) {
      waiting.push(task);
      return;
    }
    const pending = this.#start(task);
    if (!pending) return;
    this.#lanes.set(name, []);
    void this.#drain(name, pending);
  }

  #start(task: Task): Promise<void> | undefined {
    try {
      return task() ?? undefined;
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  async #drain(name: string, first: Promise<void>): Promise<void> {
    let pending: Promise<void> | undefined = first;
    for (;;) {
      try {
        await pending;
      } catch (error) {
        this.#report(error);
      }
      const task = this.#lanes.get(name)?.shift();
      if (!task) break;
      pending = this.#start(task);
    }
    this.#lanes.delete(name);
  }
}
