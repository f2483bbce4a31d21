import type { ChatRow, MembershipRow } from "./rows.ts";

/** Seqs from..to, both included. */
export type SeqRange = { from: number; to: number };

/** The newest period of an account in a chat. There must be one. */
export function newestPeriod(periods: readonly MembershipRow[]): MembershipRow {
  const last = periods.at(-1);
  if (!last) throw new Error("An account without a period has no access.");
  return last;
}

/** X3: newest seq that an account with these periods may see. */
export function visibleHead(
  chat: Pick<ChatRow, "headSeq">,
  periods: readonly MembershipRow[],
): number {
  return newestPeriod(periods).leftSeq ?? chat.headSeq;
}

/**
 * X3, V8: what an account with these periods may see, as ascending ranges that do not touch: each
 * period from its first visible seq to its end.
 */
export function visibleRanges(
  chat: Pick<ChatRow, "headSeq">,
  periods: readonly MembershipRow[],
): SeqRange[] {
  return joined(
    periods.map((period) => ({
      from: period.visibleFromSeq,
      to: period.leftSeq ?? chat.headSeq,
    })),
  );
}

/** The same seqs as ascending ranges that do not touch. */
export function joined(ranges: readonly SeqRange[]): SeqRange[] {
  const result: SeqRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else result.push({ ...range });
  }
  return result;
}

/** Whether a seq lies in one of the ranges. */
export function isVisible(ranges: readonly SeqRange[], seq: number): boolean {
  return ranges.some((range) => range.from <= seq && seq <= range.to);
}

/** The parts of `ranges` that lie in `whole`. */
export function clippedTo(whole: SeqRange, ranges: readonly SeqRange[]): SeqRange[] {
  return ranges
    .map(({ from, to }) => ({ from: Math.max(from, whole.from), to: Math.min(to, whole.to) }))
    .filter(({ from, to }) => from <= to);
}

/** S7: the parts of `whole` that lie in none of the ranges. */
export function gapsIn(whole: SeqRange, ranges: readonly SeqRange[]): SeqRange[] {
  const gaps: SeqRange[] = [];
  let from = whole.from;
  for (const range of ranges) {
    if (range.to < from) continue;
    if (range.from > whole.to) break;
    if (range.from > from) gaps.push({ from, to: range.from - 1 });
    from = range.to + 1;
  }
  if (from <= whole.to) gaps.push({ from, to: whole.to });
  return gaps;
}
