import type { BridgeEnd } from "./bridge-end.ts";
import type { CloneCodec } from "./clone-codec.ts";
import type {
  DownMessage,
  UpMessage,
  ViewState,
  WindowOpening,
  WorldConfig,
} from "./world-types.ts";

type Listener = (event: object, ...args: unknown[]) => void;

type Preload = (
  require: (name: string) => unknown,
  module: { exports: object },
  exports: object,
  process: object,
) => void;

/**
 * Runs the preload in its own world of the document, with the part of `electron` that a sandboxed
 * preload has. The binding `standInUp` exists in this world only, so the page cannot reach it. In a
 * frame inside the page no preload runs, as in Electron, but a test may speak from there.
 * Evaluated in pages: it must not refer to anything outside itself.
 */
export function prepareIsolatedWorld(
  codec: CloneCodec,
  makeBridgeEnd: (line: Element, here: string, there: string) => BridgeEnd,
  config: WorldConfig,
  preload: Preload | null,
): void {
  type World = {
    standInUp: (text: string) => void;
    standInDown: (message: DownMessage) => void;
    standInIpc: object;
  };
  const world = globalThis as unknown as World;
  const up = (message: UpMessage): void => world.standInUp(JSON.stringify(message));

  const strict = <T extends object>(target: T, name: string): T =>
    new Proxy(target, {
      get(object, property, receiver): unknown {
        if (typeof property === "string" && !(property in object)) {
          throw new Error(`the stand-in has no ${name}.${property}`);
        }
        return Reflect.get(object, property, receiver);
      },
    });

  const listeners = new Map<string, { listener: Listener; once: boolean }[]>();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let nextId = 1;
  const add = (channel: string, listener: Listener, once: boolean): object => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }]);
    return ipcRenderer;
  };
  const remove = (channel: string, listener: Listener): object => {
    const kept = (listeners.get(channel) ?? []).filter((entry) => entry.listener !== listener);
    listeners.set(channel, kept);
    return ipcRenderer;
  };
  const ipcRenderer: Record<string, (...args: never[]) => unknown> = strict(
    {
      send: (channel: string, ...args: unknown[]) =>
        up({ kind: "send", channel: String(channel), args: codec.encode(args) }),
      invoke: async (channel: string, ...args: unknown[]) => {
        const encoded = codec.encode(args);
        const id = nextId++;
        const answer = Promise.withResolvers<unknown>();
        waiting.set(id, answer);
        up({ kind: "invoke", id, channel: String(channel), args: encoded });
        return answer.promise;
      },
      on: (channel: string, listener: Listener) => add(channel, listener, false),
      addListener: (channel: string, listener: Listener) => add(channel, listener, false),
      once: (channel: string, listener: Listener) => add(channel, listener, true),
      off: remove,
      removeListener: remove,
      removeAllListeners: (channel: string) => {
        listeners.delete(channel);
        return ipcRenderer;
      },
      listenerCount: (channel: string) => listeners.get(channel)?.length ?? 0,
    },
    "ipcRenderer",
  );

  function applyView(view: ViewState): void {
    const wasVisible = config.view.visible;
    const wasFocused = config.view.focused;
    config.view = view;
    line.dispatchEvent(new CustomEvent("view", { detail: view }));
    if (view.visible !== wasVisible) document.dispatchEvent(new Event("visibilitychange"));
    if (view.focused !== wasFocused) dispatchEvent(new Event(view.focused ? "focus" : "blur"));
  }

  world.standInDown = (message) => {
    if (message.kind === "view") {
      applyView({ visible: message.visible, focused: message.focused });
    } else if (message.kind === "message") {
      const args = codec.decode(message.args) as unknown[];
      const heard = listeners.get(message.channel) ?? [];
      listeners.set(
        message.channel,
        heard.filter((entry) => !entry.once),
      );
      const event = { sender: ipcRenderer, ports: [], senderId: 0, preventDefault: () => {} };
      for (const { listener } of heard) listener(event, ...args);
    } else {
      const answer = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.kind === "answer") answer?.resolve(codec.decode(message.value));
      else answer?.reject(new Error(message.message));
    }
  };
  world.standInIpc = ipcRenderer;

  const line = document.createElement("div");
  line.addEventListener("open", (opening) => {
    up({ kind: "window-open", ...(opening as CustomEvent<WindowOpening>).detail });
  });
  line.addEventListener("close", () => up({ kind: "window-close" }));
  if (window.top === window) {
    addEventListener("DOMContentLoaded", () => {
      const title = new MutationObserver(() => up({ kind: "title", title: document.title }));
      title.observe(document.head, { subtree: true, childList: true, characterData: true });
    });
  }
  document.dispatchEvent(new MouseEvent(config.handshake, { relatedTarget: line }));
  const bridge = makeBridgeEnd(line, "isolated", "main");
  const exposed = new Set<string>();
  const contextBridge = strict(
    {
      exposeInMainWorld: (key: string, api: unknown) => {
        if (exposed.has(key)) {
          throw new Error(`Cannot bind an API on top of an existing property on the window object`);
        }
        exposed.add(key);
        line.dispatchEvent(new CustomEvent("expose", { detail: { key, api: bridge.pack(api) } }));
      },
    },
    "contextBridge",
  );
  const webFrame = strict({ setVisualZoomLevelLimits: () => {} }, "webFrame");

  if (!preload || window.top !== window) return;
  const modules: Record<string, object> = {
    electron: strict({ ipcRenderer, contextBridge, webFrame }, "electron"),
  };
  const load = (name: string): object => {
    const found = modules[name.replace(/^node:/, "")];
    if (!found) throw new Error(`module not found: ${name}`);
    return found;
  };
  const module = { exports: {} };
  const process = {
    ...config.process,
    env: {},
    type: "renderer",
    sandboxed: true,
    contextIsolated: true,
    isMainFrame: true,
  };
  try {
    preload(load, module, module.exports, process);
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    up({ kind: "preload-error", message, stack: stack ?? "" });
    console.error("Unable to load preload script", error);
  }
}
