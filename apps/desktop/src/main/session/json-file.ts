import { rename, rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { Log } from "@parley/client/connection/ports.ts";
import { readJson, writeAtomically } from "./atomic-file.ts";

/** A virus scanner, a backup or a lack of file handles may keep a file from being read for a moment. */
const TRIES = 5;
const TRY_AGAIN_MS = 250;

/** What becomes of a damaged file. */
type Damaged = "set aside" | "dropped";

/**
 * Values by key in one JSON file, held in memory and written whole. Changes that come while a write is
 * under way share the next one; each call resolves once its own change is on the disk. A damaged file
 * is set aside, or dropped where nobody would look into it, and the keeping starts anew, so that the
 * app always starts.
 */
export class JsonFile {
  readonly #path: string;
  readonly #log: Log;
  readonly #damaged: Damaged;
  #entries: Promise<Map<string, unknown>> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(path: string, log: Log, damaged: Damaged = "set aside") {
    this.#path = path;
    this.#log = log;
    this.#damaged = damaged;
  }

  entries(): Promise<ReadonlyMap<string, unknown>> {
    return this.#loaded();
  }

  /** Changes the entries in memory and writes them. */
  async change(act: (entries: Map<string, unknown>) => void): Promise<void> {
    const entries = await this.#loaded();
    act(entries);
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      this.#writing = writeAtomically(this.#path, JSON.stringify(Object.fromEntries(entries)));
      const written = this.#writing;
      // The next write follows a failed one too; whoever asked for this one hears of it.
      this.#writing = written.catch(() => undefined);
      return written;
    });
    return this.#next;
  }

  #loaded(): Promise<Map<string, unknown>> {
    this.#entries ??= this.#load();
    return this.#entries;
  }

  async #load(): Promise<Map<string, unknown>> {
    try {
      const json = await readPatiently(this.#path);
      if (json === undefined) return new Map();
      if (typeof json === "object" && json !== null && !Array.isArray(json)) {
        return new Map<string, unknown>(Object.entries(json));
      }
      throw new Error("it holds no object");
    } catch (error) {
      this.#log.warn(`A file of the app could not be read and was ${this.#damaged}.`, {
        error: String(error),
      });
      if (this.#damaged === "dropped") await rm(this.#path, { force: true }).catch(() => undefined);
      else await rename(this.#path, `${this.#path}.damaged`).catch(() => undefined);
      return new Map();
    }
  }
}

/** What is in the file; only what cannot be read for a second is given up. */
async function readPatiently(path: string): Promise<unknown> {
  for (let tryNo = 1; ; tryNo++) {
    try {
      return await readJson(path);
    } catch (error) {
      // What was read and makes no sense makes none later.
      if (error instanceof SyntaxError || tryNo === TRIES) throw error;
      await setTimeout(TRY_AGAIN_MS);
    }
  }
}
