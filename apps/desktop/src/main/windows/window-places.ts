import { parseWith } from "@parley/client/connection/parse.ts";
import type { HostStore } from "@parley/client/session/ports.ts";
import { z } from "zod";
import { type Display, displaySetKey, type Place, placeWindow } from "./placement.ts";

const PREFIX = "window:";
const Kept = z.object({
  bounds: z.object({
    x: z.number().int(),
    y: z.number().int(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
  }),
  isMaximized: z.boolean(),
});

/** Where the main window lies, kept for each set of displays. */
export class WindowPlaces {
  readonly #store: HostStore;

  constructor(store: HostStore) {
    this.#store = store;
  }

  async find(displays: readonly [Display, ...Display[]]): Promise<Place> {
    const key = PREFIX + displaySetKey(displays);
    const kept = (await this.#store.list(key)).find(([name]) => name === key);
    const place = parseWith(Kept, kept?.[1]);
    return placeWindow(place.ok ? place.value : undefined, displays);
  }

  keep(displays: readonly Display[], place: Place): Promise<void> {
    return this.#store.put([[PREFIX + displaySetKey(displays), place]]);
  }
}
