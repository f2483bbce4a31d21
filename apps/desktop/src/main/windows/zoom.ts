/** The steps that browsers have, in percent. */
const STEPS = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300] as const;
export const USUAL_ZOOM = 100;
export const ZOOM_RANGE = { min: 25, max: 500 } as const;

/** The next step in a direction; at the end it stays. */
export function zoomStep(percent: number, direction: "in" | "out" | "reset"): number {
  if (direction === "reset") return USUAL_ZOOM;
  const next =
    direction === "in"
      ? STEPS.find((step) => step > percent)
      : STEPS.findLast((step) => step < percent);
  return next ?? percent;
}

/** A zoom as it is set: whole percents within what is readable. */
export function zoomWithin(percent: number): number {
  if (!Number.isFinite(percent)) return USUAL_ZOOM;
  return Math.round(Math.max(ZOOM_RANGE.min, Math.min(percent, ZOOM_RANGE.max)));
}
