import { bridgeOver } from "@parley/client/sync/bridge-over.ts";
import { mountApp } from "@parley/ui/app/mount.tsx";
import { osOf } from "@parley/ui/app/os.ts";
import { type PreloadHost, preloadLine } from "./host-line.ts";

declare global {
  interface Window {
    readonly parleyHost: PreloadHost;
  }
}

const root = document.getElementById("root");
if (root) {
  const bridge = bridgeOver(preloadLine(window.parleyHost), {
    warn: (message, details) => console.warn(message, details ?? ""),
  });
  const asked = new URLSearchParams(location.search);
  mountApp(root, {
    bridge,
    platform: { shell: "desktop", os: osOf(navigator.userAgent), build: PARLEY_BUILD },
    defaultServerUrl: asked.get("server") ?? "",
    onOpenTarget: (listener) => bridge.on("target:open", listener),
  });
}
