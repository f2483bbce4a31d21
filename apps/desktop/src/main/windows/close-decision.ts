export type CloseSituation = {
  isQuitting: boolean;
  platform: NodeJS.Platform;
  /** The user's setting. */
  closeToTray: boolean;
  /** Whether a tray is there to bring the window back. */
  hasTray: boolean;
};

/**
 * What closing the window does. It hides only where the user finds it again: macOS keeps the app in
 * the dock, elsewhere it takes a tray; without one the app ends.
 */
export function decideClose(situation: CloseSituation): "close" | "hide" | "quit" {
  if (situation.isQuitting) return "close";
  if (situation.platform === "darwin") return "hide";
  return situation.closeToTray && situation.hasTray ? "hide" : "quit";
}

/** Whether the app starts without a window: only where the user finds it. */
export function startsHidden(situation: {
  isAsked: boolean;
  platform: NodeJS.Platform;
  hasTray: boolean;
}): boolean {
  return situation.isAsked && (situation.platform === "darwin" || situation.hasTray);
}

/** What the global shortcut does to the window in front: away, but never where nobody finds it again. */
export function decideToggle(situation: {
  isFocused: boolean;
  kind: "main" | "extra" | "chat";
  platform: NodeJS.Platform;
  hasTray: boolean;
}): "show" | "hide" | "minimize" {
  const { isFocused, kind, platform, hasTray } = situation;
  if (!isFocused) return "show";
  const comesBack = kind === "main" && (platform === "darwin" || hasTray);
  return comesBack ? "hide" : "minimize";
}
