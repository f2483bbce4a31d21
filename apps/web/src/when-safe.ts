/** A reload under somebody's hands waits for a pause of this length, but not for ever. */
const PAUSE_MS = 3_000;

/**
 * Runs `act` when it disturbs nobody: at once in a window that is hidden or not in use, else after a
 * pause in typing and clicking, at the latest after `atMostMs`. Drafts are kept as they are typed, so
 * nothing is lost either way.
 */
export function whenSafe(act: () => void, atMostMs: number): void {
  if (document.visibilityState === "hidden" || !document.hasFocus()) return act();
  const controller = new AbortController();
  const { signal } = controller;
  const go = (): void => {
    if (signal.aborted) return;
    controller.abort();
    act();
  };
  let pause = setTimeout(go, PAUSE_MS);
  const touched = (): void => {
    clearTimeout(pause);
    pause = setTimeout(go, PAUSE_MS);
  };
  for (const name of ["keydown", "pointerdown", "input"])
    addEventListener(name, touched, { signal });
  document.addEventListener("visibilitychange", go, { signal });
  setTimeout(go, atMostMs);
}
