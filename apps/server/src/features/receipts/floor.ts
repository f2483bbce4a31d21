import type { MarkFloor } from "../../storage/rows.ts";

/** S8: the floor of all members' marks. There must be at least one. */
export function floorOf(marks: readonly number[]): MarkFloor {
  let min = Infinity;
  let next = Infinity;
  let holders = 0;
  for (const mark of marks) {
    if (mark < min) {
      next = min;
      min = mark;
      holders = 1;
    } else if (mark === min) {
      holders += 1;
    } else if (mark < next) {
      next = mark;
    }
  }
  if (holders === 0) throw new Error("A floor needs at least one mark.");
  return { min, holders, next: holders > 1 || next === Infinity ? null : next };
}

/**
 * S8: the floor after one member's mark rose from `from` to `to`; undefined when only a look at all
 * marks can tell. That happens when the lowest or second lowest is left behind: about twice per
 * message in a group, however many members it has.
 */
export function raiseInFloor(floor: MarkFloor, from: number, to: number): MarkFloor | undefined {
  if (to <= from) return floor;
  if (from > floor.min) return floor.holders === 1 && from === floor.next ? undefined : floor;
  return floor.holders > 2 ? { ...floor, holders: floor.holders - 1 } : undefined;
}
