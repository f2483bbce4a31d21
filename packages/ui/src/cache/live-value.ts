import type { Live } from "./live.ts";

/** A value that is set, in the shape of a live one. */
export function createValue<T>(first: T): Live<T> & { set(value: T): void } {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (next === value) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
