import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import type { Failure } from "@parley/protocol/errors.ts";
import { useCallback, useEffect, useState } from "react";
import { useScope } from "./context.ts";

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
  const isDesktop = platform.shell === "desktop";
  useEffect(() => {
    if (!isDesktop) return;
    let current = true;
    const stop = bridge.on("shell:changed", (notice) => setState(notice.state));
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
      void bridge.call("shell:configure", change).then((result) => {
        setFailure(result.ok ? null : result.error);
        if (result.ok) setState(result.value);
      });
    },
    [bridge],
  );
  return [state, configure, failure];
}
