import type { Range } from "./model.ts";

/**
 * S6b, S7: arithmetic of what a chat's cache knows. A list of ranges is sorted, disjoint, and has no
 * two touching ranges of the same kind; every function here keeps that. Seqs in no range are gaps.
 */
export type Ranges = readonly Range[];

export type Span = { from: number; to: number };

function coalesce(sorted: Ranges): Range[] {
  const merged: Range[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && last.kind === range.kind && last.to + 1 >= range.from) {
      last.to = Math.max(last.to, range.to);
    } else {
      merged.push({ ...range });
    }
  }
  return merged;
}

/** Makes the seqs of `span` a gap. */
export function removeSpan(ranges: Ranges, span: Span): Range[] {
  if (span.from > span.to) return [...ranges];
  return ranges.flatMap((range) => {
    if (range.to < span.from || range.from > span.to) return [range];
    const kept: Range[] = [];
    if (range.from < span.from) kept.push({ ...range, to: span.from - 1 });
    if (range.to > span.to) kept.push({ ...range, from: span.to + 1 });
    return kept;
  });
}

/** Adds what was learnt; where it overlaps, the newer knowledge wins. */
export function addRange(ranges: Ranges, added: Range): Range[] {
  if (added.from > added.to) return [...ranges];
  const last = ranges.at(-1);
  // The usual case, the next live event, without a walk over everything.
  if (last !== undefined && last.kind === added.kind && last.to + 1 === added.from) {
    return [...ranges.slice(0, -1), { ...last, to: added.to }];
  }
  const around = [...removeSpan(ranges, added), added].sort((a, b) => a.from - b.from);
  return coalesce(around);
}

/** Whether the event at `seq` is cached. */
export function isHeld(ranges: Ranges, seq: number): boolean {
  return ranges.some((range) => range.kind === "held" && range.from <= seq && seq <= range.to);
}

/** Where the newest range ends; 0 if there is none (S6a). */
export function cursorOf(ranges: Ranges): number {
  return ranges.at(-1)?.to ?? 0;
}

/** What is missing within `span`, oldest first. */
export function gapsWithin(ranges: Ranges, span: Span): Span[] {
  const gaps: Span[] = [];
  let next = span.from;
  for (const range of ranges) {
    if (range.to < next) continue;
    if (range.from > span.to) break;
    if (range.from > next) gaps.push({ from: next, to: range.from - 1 });
    next = range.to + 1;
  }
  if (next <= span.to) gaps.push({ from: next, to: span.to });
  return gaps;
}

/** The ranges cut to `span`. */
export function rangesWithin(ranges: Ranges, span: Span): Range[] {
  return ranges
    .filter((range) => range.to >= span.from && range.from <= span.to)
    .map((range) => ({
      ...range,
      from: Math.max(range.from, span.from),
      to: Math.min(range.to, span.to),
    }));
}
