/** The steps that browsers have, in percent. */
const STEPS: readonly number[] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/** The next larger (1) or smaller (-1) zoom; at the end it stays. */
export function zoomStep(percent: number, direction: 1 | -1): number {
  const next =
    direction === 1
      ? STEPS.find((step) => step > percent)
      : STEPS.findLast((step) => step < percent);
  return next ?? percent;
}
