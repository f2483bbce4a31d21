// Whether `npm start` opens the desktop app. A decision only: it touches nothing, so that every
// combination of machine and checkout can be tested on any one of them.

export interface DesktopSituation {
  /** False when the caller asked for no window (`--no-desktop`). */
  isWanted: boolean;
  platform: NodeJS.Platform;
  /** Whether this user is root, as whom Chromium's sandbox does not work. */
  isRoot: boolean;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether this checkout has the desktop app. */
  hasDesktopApp: boolean;
  /** Whether Electron's runtime is on this machine, may be fetched, or neither. */
  runtime: "present" | "fetchable" | "absent";
}

export type DesktopDecision =
  | { open: true; mustFetchRuntime: boolean }
  /** `reason` is written to follow "The desktop app was not opened: ". */
  | { open: false; reason: string };

/** Decides between the desktop app and the browser, and says why not the desktop app. */
export function decideDesktop(situation: DesktopSituation): DesktopDecision {
  const { isWanted, platform, isRoot, env, hasDesktopApp, runtime } = situation;
  if (!isWanted) return no("--no-desktop was given");
  if (isOn(env["PARLEY_NO_DESKTOP"])) return no("PARLEY_NO_DESKTOP is set");
  if (!hasDesktopApp) return no("the desktop app is not part of this checkout");
  if (!hasDisplay(platform, env)) return no("there is no display");
  if (platform === "linux" && isRoot) return no("its sandbox does not work for root");
  if (runtime === "present") return { open: true, mustFetchRuntime: false };
  // Whoever points at a runtime wants that one and no other.
  if (isSet(env["ELECTRON_OVERRIDE_DIST_PATH"])) {
    return no("ELECTRON_OVERRIDE_DIST_PATH names a folder without Electron's runtime");
  }
  if (runtime === "fetchable") return { open: true, mustFetchRuntime: true };
  return no("Electron's runtime is not on this machine and could not be fetched");
}

function no(reason: string): DesktopDecision {
  return { open: false, reason };
}

/** macOS and Windows always have a display; elsewhere one of two variables names it. */
function hasDisplay(platform: NodeJS.Platform, env: DesktopSituation["env"]): boolean {
  if (platform === "darwin" || platform === "win32") return true;
  return isSet(env["DISPLAY"]) || isSet(env["WAYLAND_DISPLAY"]);
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** As the server reads its own variables. */
function isOn(value: string | undefined): boolean {
  return isSet(value) && !/^(?:0|false|no|off)$/i.test(value);
}
