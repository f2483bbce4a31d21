// The bubble alone, in one colour, for the tray of a desktop.
import { bubbleDistance, coverage } from "./mark.ts";

/** What the tray tells. */
export const TRAY_STATES = ["none", "unread"] as const;
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

/** The tray icon as RGBA, row by row. */
export function trayAsPixels(state: TrayState, look: TrayLook, sizePx: number): Uint8Array {
  const unit = VIEW.size / sizePx;
  const pixels = new Uint8Array(sizePx * sizePx * 4);
  for (let row = 0; row < sizePx; row++) {
    for (let column = 0; column < sizePx; column++) {
      const at = { x: VIEW.left + (column + 0.5) * unit, y: VIEW.top + (row + 0.5) * unit };
      const toDot = Math.hypot(at.x - DOT_AT.x, at.y - DOT_AT.y) - DOT_AT.radius;
      const hasDot = state === "unread";
      const dot = hasDot ? coverage(toDot / unit) : 0;
      const cut = hasDot ? coverage((toDot - DOT_AT.gap) / unit) : 0;
      const ink = coverage(bubbleDistance(at) / unit) * (1 - cut);
      const [red, green, blue] = dot > 0 ? DOT[look] : INK[look];
      // The gap keeps dot and bubble apart: no pixel has both.
      const alpha = Math.round(255 * Math.max(dot, ink));
      pixels.set([red, green, blue, alpha], (row * sizePx + column) * 4);
    }
  }
  return pixels;
}
