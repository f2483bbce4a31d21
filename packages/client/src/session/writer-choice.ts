/** A window as a candidate for the writer's role. */
export type WriterCandidate = {
  windowId: string;
  /** Whether it answers. */
  responsive: boolean;
  visible: boolean;
  /** When it came, in order. */
  order: number;
};

/**
 * S20: which window writes the cache of an account. The one that does keeps the role while it
 * answers; else a visible window is taken before a hidden one, an older before a younger. A writer
 * that fell silent keeps the role as long as there is nobody to give it to.
 */
export function chooseWriter(
  candidates: readonly WriterCandidate[],
  currentId: string | undefined,
): string | undefined {
  const current = candidates.find((candidate) => candidate.windowId === currentId);
  if (current?.responsive) return current.windowId;
  const next = candidates
    .filter((candidate) => candidate.responsive)
    .toSorted((a, b) => Number(b.visible) - Number(a.visible) || a.order - b.order)[0];
  return (
    next?.windowId ??
    current?.windowId ??
    candidates.toSorted((a, b) => a.order - b.order)[0]?.windowId
  );
}
