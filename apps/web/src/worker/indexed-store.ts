import type { HostStore } from "@parley/client/session/ports.ts";

const DATABASE = "parley-host";
const ENTRIES = "entries";

function done<T>(request: IDBRequest<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  request.addEventListener("success", () => resolve(request.result));
  request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  return promise;
}

function committed(transaction: IDBTransaction): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const fail = (): void => reject(transaction.error ?? new Error("IndexedDB aborted"));
  transaction.addEventListener("complete", () => resolve(undefined));
  transaction.addEventListener("abort", fail);
  transaction.addEventListener("error", fail);
  return promise;
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(ENTRIES));
  return done(request);
}

/** All keys that start with `prefix`. */
function range(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, `${prefix}\uffff`);
}

/** The host's small values in an IndexedDB database of its own. Each call is one transaction. */
export class IndexedStore implements HostStore {
  #database: Promise<IDBDatabase> | undefined;

  async list(prefix: string): Promise<[string, unknown][]> {
    const transaction = (await this.#opened()).transaction(ENTRIES, "readonly");
    const entries = transaction.objectStore(ENTRIES);
    const [keys, values] = await Promise.all([
      done(entries.getAllKeys(range(prefix))),
      done<unknown[]>(entries.getAll(range(prefix))),
    ]);
    return keys.map((key, i) => [typeof key === "string" ? key : "", values[i]]);
  }

  async put(entries: readonly (readonly [string, unknown])[]): Promise<void> {
    const transaction = (await this.#opened()).transaction(ENTRIES, "readwrite");
    for (const [key, value] of entries) transaction.objectStore(ENTRIES).put(value, key);
    await committed(transaction);
  }

  async deleteAll(prefix: string): Promise<void> {
    const transaction = (await this.#opened()).transaction(ENTRIES, "readwrite");
    transaction.objectStore(ENTRIES).delete(range(prefix));
    await committed(transaction);
  }

  #opened(): Promise<IDBDatabase> {
    const forget = (): void => {
      this.#database = undefined;
    };
    this.#database ??= open().then(
      (database) => {
        // The browser may close it under us, e.g. when the user clears the site's data.
        database.addEventListener("close", forget);
        return database;
      },
      (cause: unknown) => {
        // The next call tries again.
        forget();
        throw cause;
      },
    );
    return this.#database;
  }
}
