import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import { useCallback, useEffect, useRef, useState } from "react";
import { useScope } from "./context.ts";

/** Whether some change has not been answered yet. */
function isWaiting({ asked, answered }: { asked: number; answered: number }): boolean {
  return answered < asked;
}

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
  const [state, setState] = useState<ShellState | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  /** While one waits for its answer, what the host said before tells nothing of it. */
  const changes = useRef({ asked: 0, answered: 0 });
  const isDesktop = platform.shell === "desktop";
  useEffect(() => {
    if (!isDesktop) return;
    let current = true;
    const stop = bridge.on("shell:changed", (notice) => {
      if (!isWaiting(changes.current)) setState(notice.state);
    });
    void bridge.call("shell:state", {}).then((result) => {
      if (!current) return;
      if (result.ok) setState(result.value);
      else setFailure(result.error);
    });
    return () => {
      current = false;
      stop();
    };
  }, [bridge, isDesktop]);
  const configure = useCallback(
    (change: Partial<ShellSettings>) => {
      // Shown at once: the next change, which may come before the answer, builds on it.
      setState((before) => before && { ...before, settings: { ...before.settings, ...change } });
      changes.current.asked += 1;
      void bridge.call("shell:configure", change).then(async (result) => {
        setFailure(result.ok ? null : result.error);
        const held = result.ok ? result : await bridge.call("shell:state", {});
        changes.current.answered += 1;
        if (held.ok && !isWaiting(changes.current)) setState(held.value);
      });
    },
    [bridge],
  );
  return [state, configure, failure];
}
