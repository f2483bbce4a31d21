import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lowestOfOthers } from "../storage/chat-state.ts";
import { floorOf, raiseInFloor } from "./floor.ts";

const marksAndMoves = fc.record({
  marks: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 8 }),
  moves: fc.array(fc.record({ who: fc.nat(7), by: fc.integer({ min: 1, max: 4 }) })),
});

describe("floor of a large group", () => {
  test("S8: says for everyone the lowest mark over the others, after any moves", () => {
    fc.assert(
      fc.property(marksAndMoves, ({ marks, moves }) => {
        const now = [...marks];
        let floor = floorOf(now);
        for (const { who, by } of moves) {
          const index = who % now.length;
          const from = now[index] ?? 0;
          now[index] = from + by;
          floor = raiseInFloor(floor, from, from + by) ?? floorOf(now);
          now.forEach((own, me) => {
            const others = now.filter((_mark, other) => other !== me);
            expect(lowestOfOthers(floor, own)).toBe(Math.min(...others));
          });
        }
      }),
    );
  });

  test("S8: a message that everyone receives in turn needs two looks at all members", () => {
    const now = Array.from({ length: 100 }, () => 7);
    let floor = floorOf(now);
    let looks = 0;
    now.forEach((from, index) => {
      now[index] = 8;
      const raised = raiseInFloor(floor, from, 8);
      if (!raised) looks += 1;
      floor = raised ?? floorOf(now);
    });
    expect(looks).toBe(2);
    expect(floor).toEqual({ min: 8, holders: 100, next: null, nextHolders: 0 });
  });
});
