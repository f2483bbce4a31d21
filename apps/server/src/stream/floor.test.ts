import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lowestOfOthers } from "../storage/chat-state.ts";
import { floorOf } from "./floor.ts";

const marksAndMoves = fc.record({
  marks: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 8 }),
  moves: fc.array(fc.record({ who: fc.nat(7), by: fc.integer({ min: 1, max: 4 }) })),
});

describe("floor of a large group", () => {
  test("S8: says for everyone the lowest mark over the others", () => {
    fc.assert(
      fc.property(marksAndMoves, ({ marks }) => {
        const floor = floorOf(marks);
        marks.forEach((own, me) => {
          const others = marks.filter((_mark, other) => other !== me);
          expect(lowestOfOthers(floor, own)).toBe(Math.min(...others));
        });
      }),
    );
  });

  test("V43: an older floor says of nobody more than is so, after any moves", () => {
    fc.assert(
      fc.property(marksAndMoves, ({ marks, moves }) => {
        const now = [...marks];
        const floor = floorOf(now);
        for (const { who, by } of moves) {
          const index = who % now.length;
          now[index] = (now[index] ?? 0) + by;
          now.forEach((own, me) => {
            const others = now.filter((_mark, other) => other !== me);
            expect(lowestOfOthers(floor, own)).toBeLessThanOrEqual(Math.min(...others));
          });
        }
      }),
    );
  });
});
