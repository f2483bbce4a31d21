import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import { useCallback, useEffect, useRef, useState } from "react";
import { useScope } from "./context.ts";

/** Whether some change has not been answered yet. */
function isWaiting({ asked, answered }: { asked: number; answered: number }): boolean {
  return answered < asked;
}

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
  /** While one waits for its answer, what the host said before tells nothing of it. */
  const changes = useRef({ asked: 0, answered: 0 });
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const stop = bridge.on("alerts:changed", ({ settings }) => {
      if (!isWaiting(changes.current)) setAlerts(settings);
    });
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
      // Shown at once: the next change, which may come before the answer, builds on it.
      setAlerts((before) => before && { ...before, ...change });
      changes.current.asked += 1;
      void bridge.call("alerts:configure", change).then(async (result) => {
        setFailure(result.ok ? null : result.error);
        const held = result.ok ? result : await bridge.call("alerts:state", {});
        changes.current.answered += 1;
        if (held.ok && !isWaiting(changes.current)) setAlerts(held.value);
      });
    },
    [bridge],
  );
  return [alerts, configure, failure];
}
