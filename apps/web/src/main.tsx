import { mountApp } from "@parley/ui/app/mount.tsx";
import { keepAppUpToDate } from "./app-updates.ts";
import { bridgeOver } from "./bridge-port.ts";
import { openHostLine } from "./host-line.ts";
import { showNotifications } from "./notifications.ts";
import { osOf } from "./os.ts";

async function start(root: HTMLElement): Promise<void> {
  const build = document.querySelector<HTMLMetaElement>("meta[name=parley-build]")?.content ?? "";
  const bridge = bridgeOver(await openHostLine());
  mountApp(root, {
    bridge,
    platform: { shell: "web", os: osOf(navigator.userAgent), build },
    // X2: the web shell speaks only to the server it came from.
    defaultServerUrl: location.origin,
  });
  if (!("serviceWorker" in navigator)) return;
  showNotifications(bridge, navigator.serviceWorker);
  if (import.meta.env.PROD) await keepAppUpToDate(navigator.serviceWorker);
}

const root = document.getElementById("root");
if (root) void start(root);
