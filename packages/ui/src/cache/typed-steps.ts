import { holds } from "@parley/client/sync/drafts.ts";

/**
 * What waits to be written of a composer, with one more state of it. The last state makes room for the
 * next one where that, or an earlier one, holds its text: nothing typed is lost between two writes.
 * @param same whether a state is one of the same text as `next`
 */
export function typedOn<Step extends { text: string } | null>(
  steps: readonly Step[],
  next: NonNullable<Step>,
  same: (step: NonNullable<Step>) => boolean,
): Step[] {
  const mine = steps.flatMap((step) => (step !== null && same(step) ? [step] : []));
  const last = mine.at(-1);
  if (last === undefined || last !== steps.at(-1)) return [...steps, next];
  const others = [next, ...mine.slice(0, -1)];
  const isHeld = others.some((other) => holds(other.text, last.text));
  return [...(isHeld ? steps.slice(0, -1) : steps), next];
}
