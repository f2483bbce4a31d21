// The bubble alone, in one colour, for the tray of a desktop.
import { bubbleDistance, coverage } from "./mark.ts";

/** What the tray tells. */
export const TRAY_STATES = ["none", "unread", "mention", "offline", "muted"] as const;
export type TrayState = (typeof TRAY_STATES)[number];

/** For which background: `template` is black alone, which macOS colours by itself. */
export const TRAY_LOOKS = ["light", "dark", "template"] as const;
export type TrayLook = (typeof TRAY_LOOKS)[number];

type Colour = readonly [red: number, green: number, blue: number];

const INK: Record<TrayLook, Colour> = {
  light: [0x22, 0x2b, 0x2a],
  dark: [0xf5, 0xf7, 0xf7],
  template: [0, 0, 0],
};
/** A template has no colours: there the dot is told from the bubble by the gap around it. */
const DOT: Record<TrayLook, Colour> = {
  light: [0xd0, 0x3b, 0x2f],
  dark: [0xff, 0x6b, 0x5e],
  template: [0, 0, 0],
};
/** Unread messages are news, a mention asks for somebody: they differ in colour and in shape. */
const QUIET_DOT: Record<TrayLook, Colour> = {
  light: [0x0b, 0x6b, 0x63],
  dark: [0x4f, 0xc4, 0xb8],
  template: [0, 0, 0],
};

/** The part of the mark's space that is shown: the bubble and a little air. */
const VIEW = { left: 100, top: 106, size: 312 };
const DOT_AT = { x: 356, y: 162, radius: 56, gap: 26 };

/**
 * File name without folder and ending. The one for macOS has to end in "Template", or the system
 * does not colour it.
 */
export function trayName(state: TrayState, look: TrayLook): string {
  return look === "template" ? `tray-${state}-Template` : `tray-${state}-${look}`;
}

/** A bar across the whole bubble, as switches that are off have it; and the gap beside it. */
const SLASH = { from: { x: 120, y: 420 }, to: { x: 392, y: 120 }, width: 30, gap: 24 };
/** How much of its strength the bubble keeps without a connection. */
const OFFLINE_STRENGTH = 0.4;

function slashDistance({ x, y }: { x: number; y: number }): number {
  const { from, to, width } = SLASH;
  const along = { x: to.x - from.x, y: to.y - from.y };
  const t = ((x - from.x) * along.x + (y - from.y) * along.y) / (along.x ** 2 + along.y ** 2);
  const part = Math.min(1, Math.max(0, t));
  return Math.hypot(x - from.x - along.x * part, y - from.y - along.y * part) - width / 2;
}

/** The dot of unread messages; a mention's is a ring with a dot in it. */
function dotDistance(at: { x: number; y: number }, state: TrayState): number {
  const toMiddle = Math.hypot(at.x - DOT_AT.x, at.y - DOT_AT.y);
  if (state !== "mention") return toMiddle - DOT_AT.radius;
  const ring = Math.abs(toMiddle - DOT_AT.radius + RING_PX / 2) - RING_PX / 2;
  return Math.min(ring, toMiddle - DOT_AT.radius + RING_PX * 2);
}
const RING_PX = 18;

/** What of the bubble is left, and what stands beside it, each from 0 to 1. */
function shapesAt(at: { x: number; y: number }, state: TrayState, unit: number) {
  const bubble = coverage(bubbleDistance(at) / unit);
  if (state === "unread" || state === "mention") {
    const toMiddle = Math.hypot(at.x - DOT_AT.x, at.y - DOT_AT.y) - DOT_AT.radius;
    const cut = coverage((toMiddle - DOT_AT.gap) / unit);
    return { ink: bubble * (1 - cut), dot: coverage(dotDistance(at, state) / unit) };
  }
  if (state === "muted") {
    const toSlash = slashDistance(at);
    const cut = coverage((toSlash - SLASH.gap) / unit);
    return { ink: Math.max(bubble * (1 - cut), coverage(toSlash / unit)), dot: 0 };
  }
  return { ink: bubble * (state === "offline" ? OFFLINE_STRENGTH : 1), dot: 0 };
}

/** The tray icon as RGBA, row by row. */
export function trayAsPixels(state: TrayState, look: TrayLook, sizePx: number): Uint8Array {
  const unit = VIEW.size / sizePx;
  const pixels = new Uint8Array(sizePx * sizePx * 4);
  for (let row = 0; row < sizePx; row++) {
    for (let column = 0; column < sizePx; column++) {
      const at = { x: VIEW.left + (column + 0.5) * unit, y: VIEW.top + (row + 0.5) * unit };
      const { ink, dot } = shapesAt(at, state, unit);
      const dotColour = state === "mention" ? DOT[look] : QUIET_DOT[look];
      const [red, green, blue] = dot > 0 ? dotColour : INK[look];
      // The gap keeps dot and bubble apart: no pixel has both.
      const alpha = Math.round(255 * Math.max(dot, ink));
      pixels.set([red, green, blue, alpha], (row * sizePx + column) * 4);
    }
  }
  return pixels;
}

/** What Windows lays over the icon in its taskbar. */
export const OVERLAYS = ["unread", "mention"] as const;
const OVERLAY_RADIUS = 0.46;

/** A filled dot in the colour of the state, for a light and a dark taskbar alike. */
export function overlayAsPixels(state: (typeof OVERLAYS)[number], sizePx: number): Uint8Array {
  const pixels = new Uint8Array(sizePx * sizePx * 4);
  const colour = state === "mention" ? DOT.light : QUIET_DOT.light;
  for (let row = 0; row < sizePx; row++) {
    for (let column = 0; column < sizePx; column++) {
      const middle = Math.hypot(column + 0.5 - sizePx / 2, row + 0.5 - sizePx / 2);
      const edge = coverage(middle - sizePx * OVERLAY_RADIUS);
      const inside = coverage(middle - sizePx * (OVERLAY_RADIUS - RIM));
      const mixed = colour.map((part) => Math.round(part * inside + 255 * (1 - inside)));
      pixels.set([...mixed, Math.round(255 * edge)], (row * sizePx + column) * 4);
    }
  }
  return pixels;
}
/** A white rim keeps the dot apart from an icon of its own colour. */
const RIM = 0.1;
