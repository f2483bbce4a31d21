// Whether `npm start` opens the desktop app. A decision only: it touches nothing, so that every
// combination of machine and checkout can be tested on any one of them.

export interface DesktopSituation {
  /** False when the caller asked for no window (`--no-desktop`). */
  isWanted: boolean;
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether this checkout has the desktop app. */
  hasDesktopApp: boolean;
  /** Whether Electron's runtime is on this machine, can be fetched, or neither. */
  runtime: "present" | "fetchable" | "absent";
}

export type DesktopDecision =
  | { open: true; mustFetchRuntime: boolean }
  /** `reason` is written to follow "The desktop app was not opened: ". */
  | { open: false; reason: string };

/** Decides between the desktop app and the browser, and says why not the desktop app. */
export function decideDesktop(situation: DesktopSituation): DesktopDecision {
  const { isWanted, platform, env, hasDesktopApp, runtime } = situation;
  if (!isWanted) return { open: false, reason: "--no-desktop was given" };
  if (!hasDesktopApp) {
    return { open: false, reason: "the desktop app is not part of this checkout" };
  }
  if (!hasDisplay(platform, env)) return { open: false, reason: "there is no display" };
  // A runtime somebody points at is there by their word, whatever the package folder holds.
  const isPointedAt = isSet(env["ELECTRON_OVERRIDE_DIST_PATH"]);
  if (isPointedAt || runtime === "present") return { open: true, mustFetchRuntime: false };
  if (runtime === "fetchable") return { open: true, mustFetchRuntime: true };
  return {
    open: false,
    reason: "Electron's runtime is not on this machine and could not be fetched",
  };
}

/** macOS and Windows always have a display; elsewhere one of two variables names it. */
function hasDisplay(platform: NodeJS.Platform, env: DesktopSituation["env"]): boolean {
  if (platform === "darwin" || platform === "win32") return true;
  return isSet(env["DISPLAY"]) || isSet(env["WAYLAND_DISPLAY"]);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
