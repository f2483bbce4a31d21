import { expect, test } from "vitest";
import { derive, type Live } from "./live.ts";

function settable<T>(): Live<T> & { set(next: T): void } {
  let value: T | undefined;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
  };
}

test("S9: what follows from a model changes with it, and only when it says something else", () => {
  const list = settable<readonly number[]>();
  const sum = derive<readonly number[], number>(
    () => list,
    (numbers) => numbers.reduce((all, one) => all + one, 0),
  );
  expect(sum.get()).toBeUndefined();
  const told: (number | undefined)[] = [];
  const stop = sum.subscribe(() => told.push(sum.get()));
  list.set([1, 2]);
  list.set([2, 1]);
  list.set([2, 2]);
  stop();
  list.set([5]);
  expect(told).toEqual([3, 4]);
  expect(sum.get()).toBe(5);
});
