import { createStore, type StoreApi } from "zustand/vanilla";
import { DEFAULT_PREFERENCES, lookOf, Preferences, type SystemLook } from "./preferences.ts";
import { type Memory, recall, remember } from "./remembered.ts";

export type LookState = {
  preferences: Preferences;
  change: (part: Partial<Preferences>) => void;
};
export type LookStore = StoreApi<LookState>;

const KEY = "parley.look";

/** How the app looks on this device; remembered, and shown at once. */
export function createLookStore(memory: Memory): LookStore {
  const store = createStore<LookState>()((set) => ({
    preferences: recall(memory, KEY, Preferences, DEFAULT_PREFERENCES),
    change: (part) => set((state) => ({ preferences: { ...state.preferences, ...part } })),
  }));
  store.subscribe((state) => remember(memory, KEY, state.preferences));
  return store;
}

/**
 * Follows changes of the look that are made in other windows. Returns the function that stops it.
 * @param target the window: only others' changes of what is remembered are told there
 */
export function followLook(store: LookStore, memory: Memory, target: EventTarget): () => void {
  const changed = (event: Event): void => {
    // A key of null: all of it was cleared.
    if (!("key" in event) || (event.key !== KEY && event.key !== null)) return;
    store.setState({ preferences: recall(memory, KEY, Preferences, DEFAULT_PREFERENCES) });
  };
  target.addEventListener("storage", changed);
  return () => target.removeEventListener("storage", changed);
}

/**
 * Draws the look on the document and keeps it drawn: follows the preferences and the system.
 * Returns the function that stops it.
 */
export function applyLook(
  store: LookStore,
  root: HTMLElement,
  match: (query: string) => MediaQueryList,
): () => void {
  const dark = match("(prefers-color-scheme: dark)");
  const contrast = match("(prefers-contrast: more)");
  const draw = (): void => {
    const system: SystemLook = { dark: dark.matches, moreContrast: contrast.matches };
    const look = lookOf(store.getState().preferences, system);
    root.dataset["theme"] = look.theme;
    root.dataset["contrast"] = look.contrast;
    root.dataset["density"] = look.density;
    root.style.setProperty("--text-scale", String(look.textScale));
  };
  draw();
  dark.addEventListener("change", draw);
  contrast.addEventListener("change", draw);
  const stop = store.subscribe(draw);
  return () => {
    dark.removeEventListener("change", draw);
    contrast.removeEventListener("change", draw);
    stop();
  };
}
