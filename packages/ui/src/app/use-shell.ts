import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import { useMemo } from "react";
import { useScope } from "./context.ts";
import { type HostSettings, useHostSettings } from "./use-host-settings.ts";

/**
 * What the desktop says of itself, how to change it, and why the last of it failed. Null in a browser, and
 * until it has answered. Follows changes made in other windows and in the tray.
 */
export function useShell(): [
  state: ShellState | null,
  configure: (change: Partial<ShellSettings>) => void,
  failure: Failure | null,
] {
  const { bridge, platform } = useScope();
  const host = useMemo(
    (): HostSettings<ShellState, Partial<ShellSettings>> => ({
      ask: () => bridge.call("shell:state", {}),
      change: (change) => bridge.call("shell:configure", change),
      changed: (before, change) => ({ ...before, settings: { ...before.settings, ...change } }),
      listen: (heard) => bridge.on("shell:changed", (notice) => heard(notice.state)),
    }),
    [bridge],
  );
  return useHostSettings(host, platform.shell === "desktop");
}
