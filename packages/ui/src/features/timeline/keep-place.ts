/** How the drawn list changed around the row that is looked at. */
export type ListChange =
  /** Nothing above it changed: what is below may grow. */
  | "below"
  /** Only what is above changed: the list keeps its distance from the end. */
  | "above"
  /** Both: the row has to be looked up and put back. */
  | "around"
  /** The row is gone. */
  | "lost";

type Keyed = { key: string };

/** Decides how to keep `anchorKey` in its place when `before` becomes `after`. Pure. */
export function listChange(
  before: readonly Keyed[],
  after: readonly Keyed[],
  anchorKey: string | null,
): ListChange {
  if (anchorKey === null || before.length === 0) return "below";
  const from = before.findIndex((row) => row.key === anchorKey);
  const to = after.findIndex((row) => row.key === anchorKey);
  if (from < 0 || to < 0) return "lost";
  if (from === to) return "below";
  return before.length - from === after.length - to ? "above" : "around";
}

/** Where a chat was left: a row and how far its top was above the top of the view, in CSS pixels. */
export type Place =
  | { kind: "end" }
  | { kind: "row"; key: string; seq: number | null; offsetPx: number };

/** Within this many pixels of the end, the view follows new messages. */
export const AT_END_PX = 48;

/** Whether a view is at its end. */
export function isAtEnd(scrollTop: number, viewPx: number, contentPx: number): boolean {
  return contentPx - scrollTop - viewPx <= AT_END_PX;
}
