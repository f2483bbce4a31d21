import { useCallback, useEffect, useRef } from "react";
import type { WayOut } from "../kit/Dialog.tsx";
import { useScope, useUi } from "./context.ts";

/**
 * Where the focus goes when a dialog closes: to the composer, if a chat was asked for in it, for the
 * chat could not take the focus while the dialog held it. A chat that is still being read takes it by
 * itself when it is there. Without such a wish it goes back to where it was.
 */
export function useWayOut(): WayOut {
  const { ui } = useScope();
  const overlay = useUi((state) => state.overlay);
  const asked = useRef(0);
  useEffect(() => {
    if (overlay !== null) asked.current = ui.getState().focusRequest;
  }, [overlay, ui]);
  return useCallback(() => {
    if (ui.getState().focusRequest === asked.current) return null;
    return document.querySelector<HTMLElement>(".pane[data-focused] .composer textarea") ?? false;
  }, [ui]);
}
