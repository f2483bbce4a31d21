export type Bounds = { x: number; y: number; width: number; height: number };

/** What a window is at the moment. */
export type WindowState = {
  bounds: Bounds;
  /** Where it goes back to from being maximised. */
  normalBounds: Bounds;
  visible: boolean;
  minimized: boolean;
  maximized: boolean;
  fullScreen: boolean;
  alwaysOnTop: boolean;
  title: string;
  minimumSize: [number, number];
  menuBarVisible: boolean;
  skipTaskbar: boolean;
  flashing: boolean;
  overlayDescription: string;
  backgroundColor: string;
};

export type WindowOptions = Partial<Bounds> & {
  show?: boolean;
  alwaysOnTop?: boolean;
  title?: string;
  minWidth?: number;
  minHeight?: number;
  backgroundColor?: string;
  webPreferences?: Record<string, unknown>;
  [other: string]: unknown;
};

/** The state of a new window. Without a place it is put in the middle of `area`. */
export function initialState(options: WindowOptions, area: Bounds): WindowState {
  const width = options.width ?? 800;
  const height = options.height ?? 600;
  const bounds = {
    x: options.x ?? area.x + Math.round((area.width - width) / 2),
    y: options.y ?? area.y + Math.round((area.height - height) / 2),
    width,
    height,
  };
  return {
    bounds,
    normalBounds: bounds,
    visible: options.show ?? true,
    minimized: false,
    maximized: false,
    fullScreen: false,
    alwaysOnTop: options.alwaysOnTop ?? false,
    title: options.title ?? "Electron",
    minimumSize: [options.minWidth ?? 0, options.minHeight ?? 0],
    menuBarVisible: true,
    skipTaskbar: false,
    flashing: false,
    overlayDescription: "",
    backgroundColor: options.backgroundColor ?? "#ffffff",
  };
}

/** Beside the windows, not in them: main sees nothing that Electron's windows do not have. */
const states = new WeakMap<object, WindowState>();

export function keepState(window: object, state: WindowState): void {
  states.set(window, state);
}

export function stateOf(window: object): WindowState {
  const state = states.get(window);
  if (!state) throw new Error("the window has no state yet");
  return state;
}

export function changeState(window: object, change: Partial<WindowState>): void {
  Object.assign(stateOf(window), change);
}
