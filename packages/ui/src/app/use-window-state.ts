import type { WindowState } from "@parley/protocol/bridge/shell.ts";
import type { CallInput } from "@parley/protocol/bridge/contract.ts";
import { useCallback, useEffect, useState } from "react";
import { useScope } from "./context.ts";

/** Desktop: this window, and how to change it. Null in a browser, and until it has answered. */
export function useWindowState(
  wanted = true,
): [state: WindowState | null, configure: (change: CallInput<"window:configure">) => void] {
  const { bridge, platform } = useScope();
  const [state, setState] = useState<WindowState | null>(null);
  const isDesktop = wanted && platform.shell === "desktop";
  useEffect(() => {
    if (!isDesktop) return;
    let current = true;
    const ask = (): void => {
      void bridge.call("window:state", {}).then((result) => {
        // Without an answer nothing is offered that would need it.
        if (current && result.ok) setState(result.value);
      });
    };
    ask();
    // The keys of the menu zoom too, which a page notices by its size.
    window.addEventListener("resize", ask);
    return () => {
      current = false;
      window.removeEventListener("resize", ask);
    };
  }, [bridge, isDesktop]);
  const configure = useCallback(
    (change: CallInput<"window:configure">) => {
      void bridge.call("window:configure", change).then((result) => {
        if (result.ok) setState(result.value);
      });
    },
    [bridge],
  );
  return [state, configure];
}
