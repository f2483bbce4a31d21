const KEY = "parley:reloads";
/** More reloads than this in so short a time lead nowhere. */
const MAX_RELOADS = 3;
const WITHIN_MS = 30_000;

function recentReloads(nowMs: number): number[] {
  const times = (sessionStorage.getItem(KEY) ?? "").split(",").map(Number);
  return times.filter((time) => time > 0 && time <= nowMs && nowMs - time < WITHIN_MS);
}

/**
 * S20: loads the window anew because host and window are of different builds. Gives up when that
 * happens again and again, rather than flicker for ever; answers whether it reloads.
 */
export function reloadForBuild(nowMs: number = Date.now()): boolean {
  const recent = recentReloads(nowMs);
  if (recent.length >= MAX_RELOADS) return false;
  sessionStorage.setItem(KEY, [...recent, nowMs].join(","));
  location.reload();
  return true;
}
