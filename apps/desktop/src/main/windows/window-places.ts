import { parseWith } from "@parley/client/connection/parse.ts";
import type { HostStore } from "@parley/client/session/ports.ts";
import { z } from "zod";
import { type Display, displaySetKey, type Place, placeWindow } from "./placement.ts";
import { USUAL_ZOOM, zoomWithin } from "./zoom.ts";

const Kept = z.object({
  bounds: z.object({
    x: z.number().int(),
    y: z.number().int(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
  }),
  isMaximized: z.boolean(),
});
const KeptLook = z.object({ zoomPercent: z.number(), alwaysOnTop: z.boolean() });
export type WindowLook = z.infer<typeof KeptLook>;

/** Where a window lies, kept for each set of displays, and how it looks. */
export class WindowPlaces {
  readonly #store: HostStore;
  readonly #slot: string;
  readonly #prefix: string;
  readonly #lookKey: string;

  /** @param slot names the window over restarts */
  constructor(store: HostStore, slot = "main") {
    this.#store = store;
    this.#slot = slot;
    this.#prefix = slot === "main" ? "window:" : `window-${slot}:`;
    this.#lookKey = `look-of-${slot}`;
  }

  async find(displays: readonly [Display, ...Display[]]): Promise<Place> {
    const key = this.#prefix + displaySetKey(displays);
    const kept = (await this.#store.list(key)).find(([name]) => name === key);
    const place = parseWith(Kept, kept?.[1]);
    return placeWindow(place.ok ? place.value : undefined, displays, this.#slot);
  }

  keep(displays: readonly Display[], place: Place): Promise<void> {
    return this.#store.put([[this.#prefix + displaySetKey(displays), place]]);
  }

  async look(): Promise<WindowLook> {
    const kept = (await this.#store.list(this.#lookKey)).find(([key]) => key === this.#lookKey);
    const look = parseWith(KeptLook, kept?.[1]);
    if (!look.ok) return { zoomPercent: USUAL_ZOOM, alwaysOnTop: false };
    return { ...look.value, zoomPercent: zoomWithin(look.value.zoomPercent) };
  }

  keepLook(look: WindowLook): Promise<void> {
    return this.#store.put([[this.#lookKey, look]]);
  }
}
