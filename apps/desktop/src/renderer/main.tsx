import { bridgeOver } from "@parley/client/sync/bridge-over.ts";
import { mountApp } from "@parley/ui/app/mount.tsx";
import { osOf } from "@parley/ui/app/os.ts";
import { browserMemory, type Memory, WINDOW_KEYS } from "@parley/ui/state/remembered.ts";
import { dropCaches } from "@parley/ui/cache/rescue.ts";
import { type PreloadHost, preloadLine } from "./host-line.ts";

declare global {
  interface Window {
    readonly parleyHost: PreloadHost;
  }
}

const asked = new URLSearchParams(location.search);

/** Each window keeps its own panes: those beside the main one remember under their name. */
function memoryOf(windowName: string): Memory {
  const memory = browserMemory();
  const named = (key: string): string =>
    key.startsWith(WINDOW_KEYS) ? `${windowName}/${key}` : key;
  return {
    getItem: (key) => memory.getItem(named(key)),
    setItem: (key, value) => memory.setItem(named(key), value),
  };
}

async function start(root: HTMLElement): Promise<void> {
  // S21: main suspects the cache of the crashes of the page before this one.
  if (asked.has("drop-cache")) {
    await dropCaches();
    history.replaceState(null, "", location.pathname);
  }
  const bridge = bridgeOver(preloadLine(window.parleyHost), {
    warn: (message, details) => console.warn(message, details ?? ""),
  });
  const windowName = asked.get("window");
  mountApp(root, {
    bridge,
    platform: { shell: "desktop", os: osOf(navigator.userAgent), build: PARLEY_BUILD },
    ...(windowName !== null && { memory: memoryOf(windowName) }),
    defaultServerUrl: asked.get("server") ?? "",
    onOpenTarget: (listener) => bridge.on("target:open", listener),
  });
}

const root = document.getElementById("root");
if (root) void start(root);
