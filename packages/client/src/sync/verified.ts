import type { ChainFaultMark, Range } from "./model.ts";
import type { Span } from "./ranges.ts";

/**
 * S7: the newest unbroken run of events whose chain was checked: the newest held range, after its
 * newest fault. Every event of a held range was checked with its neighbours when it was put there, so
 * nothing else has to be remembered. Null if there is none.
 */
export function verifiedRun(
  ranges: readonly Range[],
  faults: readonly ChainFaultMark[],
): Span | null {
  const newest = ranges.findLast((range) => range.kind === "held");
  if (newest === undefined) return null;
  const within = faults.findLast((mark) => mark.seq >= newest.from && mark.seq <= newest.to);
  const from = within === undefined ? newest.from : within.seq + 1;
  return from > newest.to ? null : { from, to: newest.to };
}
