import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import { useMemo } from "react";
import { useScope } from "./context.ts";
import { type HostSettings, useHostSettings } from "./use-host-settings.ts";

/** V51: how alerts are set on this device, how to change it, and why the last of it failed. */
export function useAlerts(
  isWanted: boolean,
): [
  alerts: AlertSettings | null,
  configure: (change: Partial<AlertSettings>) => void,
  failure: Failure | null,
] {
  const { bridge } = useScope();
  const host = useMemo(
    (): HostSettings<AlertSettings, Partial<AlertSettings>> => ({
      ask: () => bridge.call("alerts:state", {}),
      change: (change) => bridge.call("alerts:configure", change),
      changed: (before, change) => ({ ...before, ...change }),
      listen: (heard) => bridge.on("alerts:changed", ({ settings }) => heard(settings)),
    }),
    [bridge],
  );
  return useHostSettings(host, isWanted);
}
