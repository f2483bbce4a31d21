import { useCallback, useEffect, useRef } from "react";
import { isOwnFocusMove, type UserInput } from "../state/send-guard.ts";
import type { UiStore } from "../state/ui-store.ts";

/**
 * Tells moves of the focus that the user made from those that happened to him, so that the mis-send
 * guard asks only after the latter. Returns what to call when the focus enters a pane.
 */
export function useFocusGuard(ui: UiStore): (paneId: string) => void {
  const last = useRef<UserInput | null>(null);
  useEffect(() => {
    function onPointer(event: PointerEvent): void {
      if (event.isTrusted)
        last.current = { kind: "pointer", target: event.target, atMs: Date.now() };
    }
    function onKey(event: KeyboardEvent): void {
      if (event.isTrusted) last.current = { kind: "key", key: event.key, atMs: Date.now() };
    }
    window.addEventListener("pointerdown", onPointer, true);
    window.addEventListener("keydown", onKey, true);
    return () => {
      window.removeEventListener("pointerdown", onPointer, true);
      window.removeEventListener("keydown", onKey, true);
    };
  }, []);
  return useCallback(
    (paneId: string) => {
      const inside = (target: unknown): boolean =>
        target instanceof Element && target.closest(`[data-pane="${CSS.escape(paneId)}"]`) !== null;
      ui.getState().panes(
        { kind: "focus", paneId },
        isOwnFocusMove(last.current, inside, Date.now()),
      );
    },
    [ui],
  );
}
