/** S21: after so many crashes before the page was ready, within so long, the cache is suspected. */
const CRASHES = 3;
const WITHIN_MS = 120_000;
/** A page that worked and crashes so often trips over what it shows: it comes back with nothing open. */
const SUSPECTS_PANES = 4;
/** And so often, it never gets anywhere. */
const GIVES_UP = 8;

export type CrashHistory = {
  /** When pages crashed before they were ready, ms by this machine's clock. */
  readonly early: readonly number[];
  /** When pages crashed that had worked. */
  readonly late: readonly number[];
  /** Whether the cache was dropped for it already. */
  readonly droppedCache: boolean;
};

export const NO_CRASHES: CrashHistory = { early: [], late: [], droppedCache: false };

/** What follows: the page anew, with nothing open, without its cache, or the page that only rescues texts. */
export type AfterCrash = "reload" | "reload-without-panes" | "reload-without-cache" | "rescue";

function recent(times: readonly number[], nowMs: number): number[] {
  return [...times.filter((atMs) => Math.abs(nowMs - atMs) < WITHIN_MS), nowMs];
}

/**
 * S21: what to do about a page that crashed or hung. `wasReady` is whether it had started to work: such a
 * crash says nothing about the cache and clears that count, but a page is not loaded anew for ever.
 */
export function afterCrash(
  history: CrashHistory,
  crash: { nowMs: number; wasReady: boolean },
): { history: CrashHistory; next: AfterCrash } {
  const { nowMs } = crash;
  if (crash.wasReady) {
    const late = recent(history.late, nowMs);
    const next: AfterCrash =
      late.length >= GIVES_UP
        ? "rescue"
        : late.length === SUSPECTS_PANES
          ? "reload-without-panes"
          : "reload";
    return { history: { ...history, early: [], late: next === "rescue" ? [] : late }, next };
  }
  const early = recent(history.early, nowMs);
  if (early.length < CRASHES) return { history: { ...history, early }, next: "reload" };
  if (!history.droppedCache) {
    return { history: { ...history, early: [], droppedCache: true }, next: "reload-without-cache" };
  }
  return { history: { ...history, early: [] }, next: "rescue" };
}
