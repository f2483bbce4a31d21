import type { BridgeEnd } from "./bridge-end.ts";
import type { Crossing, ViewState, WindowOpening } from "./world-types.ts";

/**
 * Prepares the page's own world before any script of the page: takes what the preload exposes, and
 * makes the document believe that its window is shown and focused when the stand-in says so.
 * Evaluated in pages: it must not refer to anything outside itself.
 */
export function prepareMainWorld(
  makeBridgeEnd: (line: Element, here: string, there: string) => BridgeEnd,
  handshake: string,
  view: ViewState,
): void {
  function freeze(value: unknown): unknown {
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
    Object.freeze(value);
    for (const field of Object.values(value)) freeze(field);
    return value;
  }

  document.addEventListener(
    handshake,
    (event) => {
      event.stopImmediatePropagation();
      const line = (event as MouseEvent).relatedTarget;
      if (!(line instanceof Element)) return;
      const bridge = makeBridgeEnd(line, "main", "isolated");
      line.addEventListener("expose", (exposing) => {
        const { key, api } = (exposing as CustomEvent<{ key: string; api: Crossing }>).detail;
        Object.defineProperty(globalThis, key, { value: freeze(bridge.unpack(api)) });
      });
      line.addEventListener("view", (changed) => {
        Object.assign(view, (changed as CustomEvent<ViewState>).detail);
      });
      tellOpening = (detail) => line.dispatchEvent(new CustomEvent("open", { detail }));
      // In Electron a page may close its window, whoever opened it.
      window.close = () => line.dispatchEvent(new CustomEvent("close"));
    },
    { once: true },
  );

  /*
   * Windows that pages open are main's to decide on, before there is one. A real one would live in the
   * page's own process, and closing it again while it starts has crashed that process.
   */
  let tellOpening: (opening: WindowOpening) => void = () => undefined;
  window.open = (url = "", frameName = "", features = "") => {
    const { href } = new URL(String(url) || "about:blank", document.baseURI);
    tellOpening({ url: href, frameName, features });
    return null;
  };
  window.addEventListener("click", (event) => {
    if (event.defaultPrevented) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link || link.href === "" || link.target === "" || link.target === "_self") return;
    event.preventDefault();
    tellOpening({ url: link.href, frameName: link.target, features: "" });
  });

  Object.defineProperties(Document.prototype, {
    hidden: { configurable: true, enumerable: true, get: () => !view.visible },
    visibilityState: {
      configurable: true,
      enumerable: true,
      get: () => (view.visible ? "visible" : "hidden"),
    },
    hasFocus: { configurable: true, writable: true, value: () => view.focused },
  });
}
