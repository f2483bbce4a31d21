import type { MarkFloor } from "../storage/rows.ts";

/** S8: the floor of all members' marks. There must be at least one. */
export function floorOf(marks: readonly number[]): MarkFloor {
  let min = Infinity;
  let next = Infinity;
  let holders = 0;
  let nextHolders = 0;
  for (const mark of marks) {
    if (mark < min) {
      [next, nextHolders] = [min, holders];
      [min, holders] = [mark, 1];
    } else if (mark === min) {
      holders += 1;
    } else if (mark < next) {
      [next, nextHolders] = [mark, 1];
    } else if (mark === next) {
      nextHolders += 1;
    }
  }
  if (holders === 0) throw new Error("A floor needs at least one mark.");
  return { min, holders, next: next === Infinity ? null : next, nextHolders };
}
