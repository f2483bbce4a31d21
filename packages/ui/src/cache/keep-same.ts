/** Whether two models say the same. Models are plain data: objects, arrays and scalars. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  }
  if (Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return keys.every((key) => right.has(key) && isSame(left.get(key), right.get(key)));
}

/** The old model if the new one says the same, so that nothing redraws (`===`). */
export function keepSame<T>(before: T | undefined, now: T): T {
  return before !== undefined && isSame(before, now) ? before : now;
}

/** Keeps the identity of rows that did not change, and of the list when none did. */
export function keepSameRows<Row>(
  before: readonly Row[] | undefined,
  now: readonly Row[],
  keyOf: (row: Row) => string,
): readonly Row[] {
  if (before === undefined) return now;
  const known = new Map(before.map((row) => [keyOf(row), row]));
  const kept = now.map((row) => keepSame(known.get(keyOf(row)), row));
  const same = kept.length === before.length && kept.every((row, i) => row === before[i]);
  return same ? before : kept;
}
