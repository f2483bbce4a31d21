import { copyFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { WalSync } from "../sqlite/wal-sync.ts";

/**
 * A disk that can lose power: what it holds for certain is what was in the files when the last sync
 * that ended began. Each sync waits for `release`, or ends by itself after some turns of the event loop.
 */
export class FragileDisk implements WalSync {
  readonly #path: string;
  /** One for each sync that ended: what a power loss right after it would leave, as a database file. */
  readonly images: string[] = [];
  /** Turns of the event loop that the next sync takes; "held" until it is released. */
  turns: () => number | "held" = () => 0;
  /** The next sync fails with this. */
  failure: Error | undefined;
  isClosed = false;
  #begun = 0;
  #release: (() => void) | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get begun(): number {
    return this.#begun;
  }

  async sync(): Promise<void> {
    if (this.#release || this.isClosed) throw new Error("one sync at a time, on an open file");
    const image = `${this.#path}.${this.#begun++}`;
    for (const end of ["", "-wal"]) copyFileSync(this.#path + end, image + end);
    const turns = this.turns();
    if (turns === "held") {
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
      this.#release = undefined;
    } else {
      for (let turn = 0; turn < turns; turn++) await nextTurn();
    }
    if (this.failure) throw this.failure;
    this.images.push(image);
  }

  release(): void {
    this.#release?.();
  }

  close(): void {
    this.isClosed = true;
  }
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The clientIds of the events in a database that power loss left behind. Throws if it is not sound. */
export function recoveredClientIds(image: string): Set<string> {
  const db = new DatabaseSync(image);
  try {
    const check = Object.values(db.prepare("PRAGMA integrity_check").get() ?? {});
    if (check[0] !== "ok") throw new Error(`not sound: ${String(check[0])}`);
    const rows = db.prepare("SELECT client_id FROM events").all();
    return new Set(rows.map((row) => String(row["client_id"])));
  } finally {
    db.close();
  }
}
