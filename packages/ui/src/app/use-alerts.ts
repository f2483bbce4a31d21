import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import { useCallback, useEffect, useState } from "react";
import { useScope } from "./context.ts";

/** V51: how alerts are set on this device, how to change it, and why the last of it failed. */
export function useAlerts(
  wanted: boolean,
): [
  alerts: AlertSettings | null,
  configure: (change: Partial<AlertSettings>) => void,
  failure: Failure | null,
] {
  const { bridge } = useScope();
  const [alerts, setAlerts] = useState<AlertSettings | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const stop = bridge.on("alerts:changed", ({ settings }) => setAlerts(settings));
    void bridge.call("alerts:state", {}).then((result) => {
      if (!current) return;
      setFailure(result.ok ? null : result.error);
      if (result.ok) setAlerts(result.value);
    });
    return () => {
      current = false;
      stop();
    };
  }, [bridge, wanted]);
  const configure = useCallback(
    (change: Partial<AlertSettings>) => {
      void bridge.call("alerts:configure", change).then((result) => {
        setFailure(result.ok ? null : result.error);
        if (result.ok) setAlerts(result.value);
      });
    },
    [bridge],
  );
  return [alerts, configure, failure];
}
