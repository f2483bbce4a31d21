/** In device-independent pixels of the whole desktop. */
export type Rectangle = { x: number; y: number; width: number; height: number };

export type Place = { bounds: Rectangle; isMaximized: boolean };

/** Where windows may lie on one display: without bars and docks. */
export type Display = { workArea: Rectangle };

export const MIN_SIZE = { width: 400, height: 480 } as const;
export type Size = Pick<Rectangle, "width" | "height">;
/** Of a window with list and panes. */
const WHOLE_SIZE: Size = { width: 1_160, height: 780 };
/** Of a window with one chat. */
const CHAT_SIZE: Size = { width: 480, height: 720 };
/** So far a window that opens beside others lies from the one before it: both can be told apart. */
const STEP = 32;
/** So much of a window has to be on a display to be found and dragged. */
const GRIP = { width: 120, height: 40 } as const;

function overlap(a: Rectangle, b: Rectangle): { width: number; height: number } {
  return {
    width: Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
    height: Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
  };
}

function shared(a: Rectangle, b: Rectangle): number {
  const { width, height } = overlap(a, b);
  return width > 0 && height > 0 ? width * height : 0;
}

function between(value: number, min: number, max: number): number {
  return Math.round(Math.max(min, Math.min(value, max)));
}

/** Names a set of displays: a window has its place in each such set. */
export function displaySetKey(displays: readonly Display[]): string {
  return displays
    .map(({ workArea: { x, y, width, height } }) => `${x},${y},${width}x${height}`)
    .toSorted()
    .join(" ");
}

/**
 * How large a window is that has no place yet, and how far it lies from the middle.
 * @param slot `main`, or kind and number of a window beside it, as in `chat-2`
 */
export function usualOf(slot: string): { size: Size; step: number } {
  const [kind, nth] = slot.split("-");
  return {
    size: kind === "chat" ? CHAT_SIZE : WHOLE_SIZE,
    step: STEP * (Number(nth ?? 0) || 0),
  };
}

/**
 * Where a window goes: its kept place if its top bar can be reached there, else inside the display
 * that it overlaps most, else about the middle of the first display. Never larger than that display.
 */
export function placeWindow(
  kept: Place | undefined,
  displays: readonly [Display, ...Display[]],
  slot = "main",
): Place {
  const [first] = displays;
  if (!kept) {
    const area = first.workArea;
    const { size, step } = usualOf(slot);
    const width = Math.round(Math.min(size.width, area.width));
    const height = Math.round(Math.min(size.height, area.height));
    const x = between(
      area.x + (area.width - width) / 2 + step,
      area.x,
      area.x + area.width - width,
    );
    const y = between(
      area.y + (area.height - height) / 2 + step,
      area.y,
      area.y + area.height - height,
    );
    return { bounds: { x, y, width, height }, isMaximized: false };
  }
  const { bounds, isMaximized } = kept;
  const onEach = displays.map(({ workArea }) => placeOn(workArea, bounds));
  // Where displays overlap it may fit one that is not the one it overlaps most: then it stays.
  if (onEach.some((placed) => isSame(placed, bounds))) return { bounds, isMaximized };
  const best = displays.reduce((a, b) =>
    shared(bounds, b.workArea) > shared(bounds, a.workArea) ? b : a,
  );
  return { bounds: placeOn(best.workArea, bounds), isMaximized };
}

function isSame(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Where a window goes on one display: it keeps its place if its bar can be grabbed there. */
function placeOn(area: Rectangle, bounds: Rectangle): Rectangle {
  const width = between(bounds.width, Math.min(MIN_SIZE.width, area.width), area.width);
  const height = between(bounds.height, Math.min(MIN_SIZE.height, area.height), area.height);
  const bar = { x: bounds.x, y: bounds.y, width, height: GRIP.height };
  const seen = overlap(bar, area);
  const canGrip =
    bounds.y >= area.y &&
    seen.width >= Math.min(GRIP.width, width) &&
    seen.height >= Math.min(GRIP.height, area.height);
  if (canGrip) return { x: Math.round(bounds.x), y: Math.round(bounds.y), width, height };
  return {
    x: between(bounds.x, area.x, area.x + area.width - width),
    y: between(bounds.y, area.y, area.y + area.height - height),
    width,
    height,
  };
}
