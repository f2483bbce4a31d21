import { join } from "node:path";
import { systemClock } from "@parley/client/connection/system-clock.ts";
import type { Log } from "@parley/client/connection/ports.ts";
import { clockJumps } from "@parley/client/connection/wake.ts";
import { SessionHost } from "@parley/client/session/session-host.ts";
import type { ShellState } from "@parley/protocol/bridge/shell.ts";
import { app, net, powerMonitor, safeStorage } from "electron";
import { Ipc } from "./ipc/ipc.ts";
import { electronIpc } from "./ipc/electron-ipc.ts";
import { busSockets } from "./dbus/bus-address.ts";
import { DesktopBus } from "./dbus/desktop-bus.ts";
import { MessageNotifications } from "./notify/message-notifications.ts";
import { platformNotifier } from "./notify/platform-notifier.ts";
import { systemNetwork, systemPower } from "./power/system-events.ts";
import { SecretFile } from "./secrets/secret-file.ts";
import { systemKeyring } from "./secrets/system-keyring.ts";
import { FileStore } from "./session/file-store.ts";
import { JsonFile } from "./session/json-file.ts";
import { Reports } from "./session/reports.ts";
import { hostOptions } from "./session/session-ports.ts";
import { KeptSettings } from "./settings/shell-settings.ts";
import { texts } from "./texts.ts";
import { Certificates } from "./tls/certificates.ts";
import { AppTray } from "./tray/app-tray.ts";
import { TrayHost } from "./tray/tray-host.ts";
import { decideClose } from "./windows/close-decision.ts";
import { MainWindow } from "./windows/main-window.ts";
import { WindowPlaces } from "./windows/window-places.ts";

/** The folders and files that came with the app, seen from its bundle. */
export const DIST = join(import.meta.dirname, "..");

const log: Log = {
  warn: (message, details) => console.warn(message, details ?? ""),
};

/** Everything that runs in the main process, made once and handed its dependencies. */
export type Container = {
  log: Log;
  host: SessionHost;
  reports: Reports;
  hasTray: boolean;
  settings: KeptSettings;
  /** Makes the window and its tray. */
  openWindow(options: { isHidden: boolean; serverUrl: string }): Promise<MainWindow>;
  /** Whether the app is on its way out: windows close then. */
  isQuitting: boolean;
};

/** Builds the services. The app is ready; nothing is shown yet. */
export async function buildContainer(): Promise<Container> {
  const { platform } = process;
  const userData = app.getPath("userData");
  const store = new FileStore(new JsonFile(join(userData, "host.json"), log));
  const secrets = new SecretFile(
    new JsonFile(join(userData, "secrets.json"), log),
    systemKeyring(safeStorage, platform),
    log,
  );
  const bus = new DesktopBus({ sockets: () => busSockets(process.env), clock: systemClock, log });
  const [settings, trayHost, secretKind] = await Promise.all([
    KeptSettings.load(store),
    TrayHost.find(platform, bus, systemClock),
    secrets.kind(),
  ]);
  const certificates = new Certificates(store, log);
  let window: MainWindow | undefined;
  let tray: AppTray | undefined;

  const reports = new Reports(({ unread }) => {
    app.setBadgeCount(unread);
    tray?.setUnread(unread);
  });
  const notifications = new MessageNotifications({
    notifier: (listener) =>
      platformNotifier(
        { platform, bus, clock: systemClock, log, isPackaged: app.isPackaged, distDir: DIST },
        listener,
      ),
    store,
    clock: systemClock,
    log,
    texts: texts.notice,
    open: (target) => window?.openTarget(target),
    acted: (target, what) => window?.acted({ ...target, what }),
    systemChanged: () => undefined,
  });
  await notifications.restore();
  const shellState = (): ShellState => ({
    settings: settings.current,
    hasTray: trayHost.isThere,
    secrets: secretKind,
    shortcut: "off",
    spellcheckLanguages: [],
    notifications: notifications.system,
  });
  const host = new SessionHost(
    hostOptions({
      build: PARLEY_BUILD,
      platform,
      clock: systemClock,
      log,
      power: systemPower(powerMonitor, clockJumps(systemClock)),
      network: systemNetwork(() => net.isOnline(), systemClock),
      store,
      secrets,
      judge: (origin, shown) => certificates.judge(origin, shown),
      surface: notifications,
      canNotify: () => notifications.system.state !== "absent",
      shell: {
        state: () => Promise.resolve(shellState()),
        configure: async (change) => {
          await settings.change(change);
          return shellState();
        },
        trust: (serverUrl, fingerprint) => certificates.trust(serverUrl, fingerprint),
        reported: (accountKey, report) => reports.set(accountKey, report),
      },
    }),
  );
  const ipc = new Ipc({
    ipc: electronIpc,
    clock: systemClock,
    log,
    attach: (port) => host.attach(port),
    greeted: (contentsId) => {
      if (contentsId === window?.contentsId) window.greeted();
    },
    called: (contentsId, name) => {
      if (contentsId === window?.contentsId) window.called(name);
    },
  });

  const container: Container = {
    log,
    host,
    reports,
    hasTray: trayHost.isThere,
    settings,
    isQuitting: false,
    openWindow: async ({ isHidden, serverUrl }) => {
      window = await MainWindow.open(
        {
          ipc,
          clock: systemClock,
          log,
          places: new WindowPlaces(store),
          preloadPath: join(DIST, "preload/preload.cjs"),
          iconPath: platform === "linux" ? join(DIST, "icons/icon.png") : undefined,
          serverUrl,
          isDevelopment: !app.isPackaged,
          closing: () =>
            decideClose({
              isQuitting: container.isQuitting,
              platform,
              closeToTray: settings.current.closeToTray,
              hasTray: trayHost.isThere,
            }),
          quit: () => app.quit(),
        },
        { isHidden },
      );
      if (trayHost.isThere) {
        tray = new AppTray({
          iconPath: join(DIST, "icons", trayIcon(platform)),
          open: () => window?.show(),
          quit: () => app.quit(),
        });
        tray.setUnread(reports.total.unread);
      }
      return window;
    },
  };
  return container;
}

/** macOS colours its own; the others get one that can be told from light and dark bars alike. */
function trayIcon(platform: NodeJS.Platform): string {
  return platform === "darwin" ? "tray-none-Template.png" : "tray-none-dark.png";
}
