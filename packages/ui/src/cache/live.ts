import { liveQuery } from "dexie";

/**
 * A value that follows the databases: the shape React's useSyncExternalStore wants. `get` is
 * undefined until the first result. Equal models share one Live, so several components read one query.
 */
export type Live<T> = {
  readonly subscribe: (listener: () => void) => () => void;
  readonly get: () => T | undefined;
};

/** Stands for a model that is not asked for. */
export const NO_LIVE: Live<never> = { subscribe: () => () => undefined, get: () => undefined };

/**
 * A Live that follows from another one alone, without a query of its own: both change at the same
 * time. `make` gets its own last result, to keep what did not change.
 */
export function derive<Source, T>(
  source: () => Live<Source>,
  make: (from: Source, last: T | undefined) => T,
): Live<T> {
  let from: Source | undefined;
  let value: T | undefined;
  function get(): T | undefined {
    const now = source().get();
    if (now === undefined) return undefined;
    if (now === from) return value;
    from = now;
    value = make(now, value);
    return value;
  }
  return {
    get,
    subscribe(listener) {
      let told = get();
      return source().subscribe(() => {
        const now = get();
        if (now === told) return;
        told = now;
        listener();
      });
    },
  };
}

type Shared = { live: Live<unknown>; release: () => void; restart: () => void };

/** Results of models that nobody reads any more, kept so that going back to a chat shows at once. */
const KEPT_IDLE = 100;
/** The database was closed under a query, say, and opens again. */
const RETRY_MS = 1_000;

/**
 * Makes Lives out of queries and shares them by key. An idle one stops its query but keeps its last
 * result for a while; the oldest idle ones are forgotten.
 */
export function createLiveShelf(onError: (error: unknown) => void) {
  const shelf = new Map<string, Shared>();
  const idle = new Set<string>();

  function forgetOldest(): void {
    for (const key of idle) {
      if (idle.size <= KEPT_IDLE) return;
      idle.delete(key);
      shelf.delete(key);
    }
  }

  function start<T>(
    key: string,
    query: (last: T | undefined) => Promise<T>,
    seed: T | undefined,
    forgets: boolean,
  ): Shared & { live: Live<T> } {
    let value = seed;
    let stop: (() => void) | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const listeners = new Set<() => void>();

    /** Dexie runs a query again once what it read changes; one that failed may have read nothing. */
    function failed(cause: unknown): never {
      if (stop !== undefined) retry ??= setTimeout(restart, RETRY_MS);
      throw cause;
    }

    function begin(): void {
      const subscription = liveQuery(async () => query(value).catch(failed)).subscribe({
        next: (result) => {
          if (result === value) return;
          value = result;
          for (const listener of listeners) listener();
        },
        error: onError,
      });
      stop = () => subscription.unsubscribe();
    }

    function release(): void {
      clearTimeout(retry);
      retry = undefined;
      stop?.();
      stop = undefined;
    }

    const live: Live<T> = {
      get: () => value,
      subscribe(listener) {
        listeners.add(listener);
        shelf.set(key, made);
        idle.delete(key);
        if (stop === undefined) begin();
        return () => {
          listeners.delete(listener);
          if (listeners.size > 0) return;
          release();
          if (forgets) value = undefined;
          idle.add(key);
          forgetOldest();
        };
      },
    };
    function restart(): void {
      if (stop === undefined) return;
      release();
      begin();
    }

    const made = { live, release, restart };
    return made;
  }

  return {
    /**
     * The Live of `key`; `query` gets its own last result, to keep what did not change. A new one
     * shows `seed` until its first result. One that `forgets` shows nothing after a pause until it has
     * read anew: for what must never be taken for newer than it is.
     */
    share<T>(
      key: string,
      query: (last: T | undefined) => Promise<T>,
      seed?: T,
      forgets = false,
    ): Live<T> {
      const known = shelf.get(key);
      // oxlint-disable-next-line no-unsafe-type-assertion -- one key always names one query, hence one type
      if (known !== undefined) return known.live as Live<T>;
      const made = start(key, query, seed, forgets);
      shelf.set(key, made);
      idle.add(key);
      forgetOldest();
      return made.live;
    },
    /** Runs every query that is read anew: the database behind it was replaced. */
    restart(): void {
      for (const shared of shelf.values()) shared.restart();
    },
    /** Ends all queries. */
    close(): void {
      for (const shared of shelf.values()) shared.release();
      shelf.clear();
      idle.clear();
    },
  };
}

export type LiveShelf = ReturnType<typeof createLiveShelf>;
