/** S21: after so many crashes before the page was ready, within so long, the cache is suspected. */
const CRASHES = 3;
const WITHIN_MS = 120_000;

export type CrashHistory = {
  /** When pages crashed before they were ready, ms by this machine's clock. */
  readonly early: readonly number[];
  /** Whether the cache was dropped for it already. */
  readonly droppedCache: boolean;
};

export const NO_CRASHES: CrashHistory = { early: [], droppedCache: false };

/** What follows: the page anew, the page anew without its cache, or the page that only rescues texts. */
export type AfterCrash = "reload" | "reload-without-cache" | "rescue";

/**
 * S21: what to do about a page that crashed or hung. `wasReady` is whether it had started to work: such a
 * crash says nothing about the cache and clears the count.
 */
export function afterCrash(
  history: CrashHistory,
  crash: { nowMs: number; wasReady: boolean },
): { history: CrashHistory; next: AfterCrash } {
  if (crash.wasReady) return { history: { ...history, early: [] }, next: "reload" };
  const early = [
    ...history.early.filter((atMs) => Math.abs(crash.nowMs - atMs) < WITHIN_MS),
    crash.nowMs,
  ];
  if (early.length < CRASHES) return { history: { ...history, early }, next: "reload" };
  if (!history.droppedCache) {
    return { history: { early: [], droppedCache: true }, next: "reload-without-cache" };
  }
  return { history: { ...history, early: [] }, next: "rescue" };
}
