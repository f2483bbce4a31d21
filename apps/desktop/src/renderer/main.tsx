import { bridgeOver } from "@parley/client/sync/bridge-over.ts";
import { mountApp } from "@parley/ui/app/mount.tsx";
import { osOf } from "@parley/ui/app/os.ts";
import { browserMemory, forgetWindow, memoryOfWindow } from "@parley/ui/state/remembered.ts";
import { dropCaches } from "@parley/ui/cache/rescue.ts";
import { type PreloadHost, preloadLine } from "./host-line.ts";

declare global {
  interface Window {
    readonly parleyHost: PreloadHost;
  }
}

const asked = new URLSearchParams(location.search);

const memory = browserMemory();

function withoutCrash(): string {
  const rest = new URLSearchParams(location.search);
  rest.delete("after-crash");
  return `${location.pathname}?${rest.toString()}`;
}

async function start(root: HTMLElement): Promise<void> {
  // S21: what main suspects of the crashes of the page before this one.
  const after = asked.get("after-crash");
  if (after === "reload-without-cache") await dropCaches();
  if (after === "reload-without-panes") forgetWindow(memory);
  // Loaded anew by itself, the page is after no crash.
  if (after !== null) history.replaceState(null, "", withoutCrash());
  const bridge = bridgeOver(preloadLine(window.parleyHost), {
    warn: (message, details) => console.warn(message, details ?? ""),
  });
  const windowName = asked.get("window");
  mountApp(root, {
    bridge,
    platform: { shell: "desktop", os: osOf(navigator.userAgent), build: PARLEY_BUILD },
    // Each window keeps its own panes: those beside the main one remember under their name.
    ...(windowName !== null && { memory: memoryOfWindow(memory, windowName) }),
    isAfterCrash: after === "reload" || after === "reload-without-cache",
    defaultServerUrl: asked.get("server") ?? "",
    onOpenTarget: (listener) => bridge.on("target:open", listener),
  });
}

const root = document.getElementById("root");
if (root) void start(root);
