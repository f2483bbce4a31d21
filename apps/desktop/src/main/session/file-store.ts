import type { HostStore } from "@parley/client/session/ports.ts";
import type { JsonFile } from "./json-file.ts";

/** The host's small values in one JSON file. */
export class FileStore implements HostStore {
  readonly #file: JsonFile;

  constructor(file: JsonFile) {
    this.#file = file;
  }

  async list(prefix: string): Promise<[string, unknown][]> {
    const entries = await this.#file.entries();
    return structuredClone([...entries].filter(([key]) => key.startsWith(prefix)));
  }

  put(entries: readonly (readonly [string, unknown])[]): Promise<void> {
    const copies = structuredClone([...entries]);
    return this.#file.change((kept) => {
      for (const [key, value] of copies) kept.set(key, value);
    });
  }

  deleteAll(prefix: string): Promise<void> {
    return this.#file.change((kept) => {
      for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key);
    });
  }
}
