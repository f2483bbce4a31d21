import { bridgeOver } from "@parley/client/sync/bridge-over.ts";
import { mountApp } from "@parley/ui/app/mount.tsx";
import { osOf } from "@parley/ui/app/os.ts";
import { keepAppUpToDate } from "./app-updates.ts";
import { Badge, browserBadge } from "./badge.ts";
import { openHostLine } from "./host-line.ts";
import { browserInstall } from "./install.ts";
import { NotificationTargets } from "./notification-targets.ts";
import { noNotification, Notifications, showNotifications } from "./notifications.ts";
import { openLinks } from "./open-link.ts";
import { reloadForBuild } from "./reload.ts";
import { withShell } from "./shell-line.ts";
import { startOfWindow } from "./start.ts";
import { whenSafe } from "./when-safe.ts";

/** Without a session host the app only shows what is cached: not for long. */
const OUTDATED_WITHIN_MS = 5_000;

async function start(root: HTMLElement): Promise<void> {
  // At once: the browser makes its offer early, and only once.
  const install = browserInstall();
  const build = document.querySelector<HTMLMetaElement>("meta[name=parley-build]")?.content ?? "";
  const serviceWorker = "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
  const line = await openHostLine();
  const badge = new Badge(browserBadge());
  const notifications = serviceWorker && new Notifications(serviceWorker);
  const shellLine = withShell(line, {
    testNotification: () => notifications?.test() ?? noNotification(),
    reported: ({ accountKey, unread }) => badge.reported(accountKey, unread),
    viewed: (view) => targets.viewed(view),
    greeted: (accountKeys) => badge.keep(accountKeys),
  });
  const targets = new NotificationTargets({
    worker: serviceWorker,
    acted: (acted) => shellLine.act(acted),
  });
  const bridge = bridgeOver(shellLine, {
    warn: (message, details) => console.warn(message, details ?? ""),
  });
  bridge.on("accounts:changed", ({ accounts }) =>
    badge.keep(accounts.map((account) => account.accountKey)),
  );
  bridge.on("host:outdated", () => whenSafe(() => reloadForBuild(), OUTDATED_WITHIN_MS));
  mountApp(root, {
    bridge,
    platform: {
      shell: "web",
      os: osOf(navigator.userAgent),
      build,
      install,
      takeStart: startOfWindow(),
    },
    // X2: the web shell speaks only to the server it came from.
    defaultServerUrl: location.origin,
    windowId: line.windowId,
    onOpenTarget: targets.onOpen,
    onOpenLink: openLinks(),
  });
  if (!serviceWorker || !notifications) return;
  showNotifications(bridge, notifications);
  if (import.meta.env.PROD) await keepAppUpToDate(serviceWorker);
}

const root = document.getElementById("root");
if (root) void start(root);
