import type { ShellSettings, ShellState } from "@parley/protocol/bridge/shell.ts";
import { useCallback, useEffect, useState } from "react";
import { useScope } from "./context.ts";

/** What the desktop says of itself, and how to change it. Null in a browser, and until it has answered. */
export function useShell(): [
  state: ShellState | null,
  configure: (change: Partial<ShellSettings>) => void,
] {
  const { bridge, platform } = useScope();
  const [state, setState] = useState<ShellState | null>(null);
  const isDesktop = platform.shell === "desktop";
  useEffect(() => {
    if (!isDesktop) return;
    let current = true;
    void bridge.call("shell:state", {}).then((result) => {
      if (current && result.ok) setState(result.value);
    });
    return () => {
      current = false;
    };
  }, [bridge, isDesktop]);
  const configure = useCallback(
    (change: Partial<ShellSettings>) => {
      void bridge.call("shell:configure", change).then((result) => {
        if (result.ok) setState(result.value);
      });
    },
    [bridge],
  );
  return [state, configure];
}
