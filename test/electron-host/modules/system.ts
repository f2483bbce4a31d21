import { HostEmitter } from "../host-emitter.ts";
import { registry } from "../registry.ts";
import type { Bounds } from "./window-state.ts";

/** Sleep, wake, lock and power supply, as a test has them happen. */
export class PowerMonitor extends HostEmitter {
  onBatteryPower = false;

  constructor() {
    super("PowerMonitor");
  }

  getSystemIdleTime(): number {
    return registry.machine.idleSeconds;
  }

  getSystemIdleState(thresholdSeconds: number): "active" | "idle" {
    return registry.machine.idleSeconds >= thresholdSeconds ? "idle" : "active";
  }

  isOnBatteryPower(): boolean {
    return this.onBatteryPower;
  }
}

/** Light or dark. */
export class NativeTheme extends HostEmitter {
  shouldUseHighContrastColors = false;
  shouldUseDarkColorsForSystemIntegratedUI = false;
  prefersReducedTransparency = false;
  #source: "system" | "light" | "dark" = "system";
  #systemDark = false;

  constructor() {
    super("NativeTheme");
  }

  get themeSource(): "system" | "light" | "dark" {
    return this.#source;
  }

  set themeSource(source: "system" | "light" | "dark") {
    this.#source = source;
    this.emit("updated");
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === "system" ? this.#systemDark : this.#source === "dark";
  }

  static systemChanged(theme: NativeTheme, dark: boolean): void {
    theme.#systemDark = dark;
    theme.shouldUseDarkColorsForSystemIntegratedUI = dark;
    theme.emit("updated");
  }
}

export type Display = {
  id: number;
  label: string;
  bounds: Bounds;
  workArea: Bounds;
  size: { width: number; height: number };
  workAreaSize: { width: number; height: number };
  scaleFactor: number;
  rotation: number;
  internal: boolean;
};

/** A display of this place and size; the work area is all of it but a bar of 28 at the top. */
export function displayAt(id: number, bounds: Bounds): Display {
  const bar = 28;
  const workArea = { ...bounds, y: bounds.y + bar, height: bounds.height - bar };
  return {
    id,
    label: `Display ${id}`,
    bounds,
    workArea,
    size: { width: bounds.width, height: bounds.height },
    workAreaSize: { width: workArea.width, height: workArea.height },
    scaleFactor: 1,
    rotation: 0,
    internal: id === 1,
  };
}

/** The displays of the machine, which a test may change. */
export class Screen extends HostEmitter {
  #displays: Display[] = [displayAt(1, { x: 0, y: 0, width: 1920, height: 1080 })];

  constructor() {
    super("Screen");
  }

  getAllDisplays(): Display[] {
    return [...this.#displays];
  }

  getPrimaryDisplay(): Display {
    const [primary] = this.#displays;
    if (!primary) throw new Error("there is no display");
    return primary;
  }

  getDisplayMatching(bounds: Bounds): Display {
    const shared = (display: Display): number => overlap(display.bounds, bounds);
    return this.#displays.reduce(
      (best, display) => (shared(display) > shared(best) ? display : best),
      this.getPrimaryDisplay(),
    );
  }

  getDisplayNearestPoint({ x, y }: { x: number; y: number }): Display {
    return this.getDisplayMatching({ x, y, width: 1, height: 1 });
  }

  getCursorScreenPoint(): { x: number; y: number } {
    return { x: 0, y: 0 };
  }

  static change(screen: Screen, displays: Display[]): void {
    const before = screen.#displays;
    screen.#displays = displays;
    for (const old of before) {
      if (!displays.some(({ id }) => id === old.id)) screen.emit("display-removed", {}, old);
    }
    for (const display of displays) {
      if (!before.some(({ id }) => id === display.id)) screen.emit("display-added", {}, display);
    }
  }
}

function overlap(a: Bounds, b: Bounds): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
