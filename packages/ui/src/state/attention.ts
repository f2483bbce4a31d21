import type { Bridge } from "@parley/protocol/bridge/bridge.ts";

/** Whether the window is in view and has the user's attention. */
export type Attention = { readonly focused: boolean; readonly visible: boolean };

/** A value that follows the window, in the shape React's useSyncExternalStore wants. */
export type AttentionSource = {
  readonly get: () => Attention;
  readonly subscribe: (listener: () => void) => () => void;
};

function source(start: (set: (next: Attention) => void) => () => void, first: Attention) {
  let value = first;
  const listeners = new Set<() => void>();
  let stop: (() => void) | undefined;
  const set = (next: Attention): void => {
    if (next.focused === value.focused && next.visible === value.visible) return;
    value = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => value,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      stop ??= start(set);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}

function read(): Attention {
  return {
    focused: document.hasFocus(),
    visible: document.visibilityState === "visible",
  };
}

/** As the page itself sees it: right in a browser. */
export function pageAttention(): AttentionSource {
  return source((set) => {
    const update = (): void => set(read());
    update();
    window.addEventListener("focus", update);
    window.addEventListener("blur", update);
    document.addEventListener("visibilitychange", update);
    return () => {
      window.removeEventListener("focus", update);
      window.removeEventListener("blur", update);
      document.removeEventListener("visibilitychange", update);
    };
  }, read());
}

/** As the host tells it: a desktop's page that is never throttled always believes to be in view. */
export function toldAttention(bridge: Bridge): AttentionSource {
  const nothing = { focused: false, visible: false };
  return source((set) => bridge.on("window:changed", set), nothing);
}
