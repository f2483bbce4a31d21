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

/**
 * S8: the floor after one member's mark rose from `from` to `to`; undefined when only a look at all
 * marks can tell. That happens when the last but one leaves the lowest mark, or the last one of those
 * that count: about twice per message in a group, however many members it has.
 */
export function raiseInFloor(floor: MarkFloor, from: number, to: number): MarkFloor | undefined {
  if (to <= from) return floor;
  const after = { ...floor };
  if (from === floor.min) after.holders -= 1;
  else if (from === floor.next) after.nextHolders -= 1;
  if (after.next !== null && to === after.next) {
    after.nextHolders += 1;
  } else if (after.next !== null && to < after.next) {
    after.next = to;
    after.nextHolders = 1;
  }
  if (after.nextHolders === 0) after.next = null;
  if (after.holders === 0) return undefined;
  // One holder is shown `next`: who that is and what it is must be known the moment it begins.
  const alone = after.holders === 1 && (floor.holders > 1 || after.next === null);
  return alone ? undefined : after;
}
