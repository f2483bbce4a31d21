import { LIMITS } from "@parley/protocol/limits.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Range } from "./model.ts";
import { heldBelow } from "./puller.ts";
import { addRange, cursorOf, gapsWithin, isHeld, rangesWithin, removeSpan } from "./ranges.ts";

/** The obvious model: what is known of each seq. */
type Known = Map<number, Range["kind"]>;
type Op = { add: Range } | { remove: { from: number; to: number } };

const span = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.nat(12))
  .map(([from, size]) => ({ from, to: from + size }));
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({
    add: fc
      .tuple(span, fc.constantFrom("held" as const, "withheld" as const))
      .map(([at, kind]) => ({ ...at, kind })),
  }),
  fc.record({ remove: span }),
);

function apply(ops: readonly Op[]): { ranges: Range[]; known: Known } {
  let ranges: Range[] = [];
  const known: Known = new Map();
  for (const one of ops) {
    if ("add" in one) {
      ranges = addRange(ranges, one.add);
      for (let seq = one.add.from; seq <= one.add.to; seq++) known.set(seq, one.add.kind);
    } else {
      ranges = removeSpan(ranges, one.remove);
      for (let seq = one.remove.from; seq <= one.remove.to; seq++) known.delete(seq);
    }
  }
  return { ranges, known };
}

describe("ranges", () => {
  it("S6b, S7: any order of additions and gaps says of each seq what was learnt last", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 20 }), (ops) => {
        const { ranges, known } = apply(ops);
        const told = new Map<number, string>();
        for (const range of ranges)
          for (let seq = range.from; seq <= range.to; seq++) told.set(seq, range.kind);
        expect([...told].sort(([a], [b]) => a - b)).toEqual([...known].sort(([a], [b]) => a - b));
        expect(cursorOf(ranges)).toBe(Math.max(0, ...known.keys()));
        for (let seq = 1; seq <= 60; seq++)
          expect(isHeld(ranges, seq)).toBe(known.get(seq) === "held");
      }),
    );
  });

  it("S6b: ranges stay sorted, disjoint and as few as possible", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 20 }), (ops) => {
        const { ranges } = apply(ops);
        for (const [i, range] of ranges.entries()) {
          expect(range.from).toBeLessThanOrEqual(range.to);
          const next = ranges[i + 1];
          if (next === undefined) continue;
          expect(next.from).toBeGreaterThan(range.to);
          if (next.from === range.to + 1) expect(next.kind).not.toBe(range.kind);
        }
      }),
    );
  });

  it("S6b: gaps of a span are exactly the unknown seqs in it", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 20 }), span, (ops, at) => {
        const { ranges, known } = apply(ops);
        const missing = new Set<number>();
        for (const gap of gapsWithin(ranges, at)) {
          for (let seq = gap.from; seq <= gap.to; seq++) missing.add(seq);
        }
        for (let seq = at.from; seq <= at.to; seq++) expect(missing.has(seq)).toBe(!known.has(seq));
        expect(Math.min(...missing, Infinity)).toBeGreaterThanOrEqual(at.from);
        expect(Math.max(...missing, 0)).toBeLessThanOrEqual(at.to);
        const cut = rangesWithin(ranges, at);
        const size = cut.reduce((sum, range) => sum + range.to - range.from + 1, 0);
        expect(size + missing.size).toBe(at.to - at.from + 1);
      }),
    );
  });

  it("V31: a pull names what is held at or below its cursor, the newest ranges first, as many as it may", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 20 }), fc.nat(60), (ops, after) => {
        const { ranges, known } = apply(ops);
        const named = heldBelow(ranges, after);
        const seqs = named.flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i),
        );
        const held = [...known].filter(([seq, kind]) => kind === "held" && seq <= after);
        expect(seqs.sort((a, b) => a - b)).toEqual(held.map(([seq]) => seq).sort((a, b) => a - b));
        named.forEach((range, i) => expect(range.to < (named[i - 1]?.from ?? Infinity)).toBe(true));
      }),
    );
    const many = Array.from({ length: LIMITS.heldRanges + 9 }, (_, i) => ({
      from: i * 2 + 1,
      to: i * 2 + 1,
      kind: "held" as const,
    }));
    const newest = heldBelow(many, 1_000);
    expect([newest.length, newest[0]?.from]).toEqual([LIMITS.heldRanges, many.at(-1)?.from]);
  });
});
