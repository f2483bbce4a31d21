import { useCallback, useEffect, useRef } from "react";
import { useScope, useUi } from "./context.ts";

/**
 * Where the focus goes when a dialog closes: to the composer, if a chat was asked for in it. The chat
 * itself cannot take the focus while the dialog still holds it. Null: back to where it was.
 */
export function useWayOut(): () => HTMLElement | null {
  const { ui } = useScope();
  const overlay = useUi((state) => state.overlay);
  const asked = useRef(0);
  useEffect(() => {
    if (overlay !== null) asked.current = ui.getState().focusRequest;
  }, [overlay, ui]);
  return useCallback(() => {
    if (ui.getState().focusRequest === asked.current) return null;
    return document.querySelector<HTMLElement>(".pane[data-focused] .composer textarea");
  }, [ui]);
}
