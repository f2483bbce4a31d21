import { createRoot } from "react-dom/client";
import { BRIDGE_VERSION } from "@parley/protocol/versions.ts";
import { keepAppUpToDate } from "./app-updates.ts";
import { bridgeOver } from "./bridge-port.ts";
import { openHostLine } from "./host-line.ts";
import { showNotifications } from "./notifications.ts";
import { openTargets } from "./open-target.ts";
import { reloadForBuild } from "./reload.ts";
import { whenSafe } from "./when-safe.ts";

/** Without a session host the app only shows what is cached: not for long. */
const OUTDATED_WITHIN_MS = 5_000;

async function start(root: HTMLElement): Promise<void> {
  const build = document.querySelector<HTMLMetaElement>("meta[name=parley-build]")?.content ?? "";
  const line = await openHostLine();
  const bridge = bridgeOver(line);
  bridge.on("host:outdated", () => whenSafe(() => reloadForBuild(), OUTDATED_WITHIN_MS));
  const serviceWorker = "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
  if (serviceWorker) showNotifications(bridge, serviceWorker);
  if (serviceWorker && import.meta.env.PROD) void keepAppUpToDate(serviceWorker);
  openTargets(serviceWorker);
  const hello = await bridge.call("host:hello", {
    bridgeVersion: BRIDGE_VERSION,
    build,
    windowId: line.windowId,
  });
  Object.assign(globalThis, { bridge });
  createRoot(root).render(<p>{JSON.stringify(hello)}</p>);
}

const root = document.getElementById("root");
if (root) void start(root);
