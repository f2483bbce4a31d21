/** How long after the focus moved by itself Enter asks first. */
export const SEND_GUARD_MS = 1_000;

/** The last move of the focus into another pane. */
export type FocusMove = { paneId: string; atMs: number; byUser: boolean };

/**
 * Mis-send guard: whether sending in a pane asks first, because the focus came there within the last
 * second by anything but the user's own click or key.
 */
export function needsSendCheck(move: FocusMove | null, paneId: string, nowMs: number): boolean {
  if (move === null || move.byUser || move.paneId !== paneId) return false;
  return nowMs - move.atMs < SEND_GUARD_MS;
}

/** What the user did last, by the event's own clock. */
export type UserInput =
  | { kind: "pointer"; target: unknown; atMs: number }
  | { kind: "key"; key: string; atMs: number };

/** A press this long ago no longer explains a move of the focus. */
const EXPLAINS_MS = 400;

/**
 * Whether a move of the focus into a pane was the user's own: a press inside that pane, or a key that
 * moves the focus. Typing letters while something else takes the focus does not count.
 */
export function isOwnFocusMove(
  last: UserInput | null,
  insidePane: (target: unknown) => boolean,
  nowMs: number,
): boolean {
  if (last === null || nowMs - last.atMs > EXPLAINS_MS) return false;
  return last.kind === "pointer"
    ? insidePane(last.target)
    : last.key === "Tab" || last.key === "F6";
}
