import { homedir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@parley/client/connection/system-clock.ts";
import { clockJumps } from "@parley/client/connection/wake.ts";
import { SessionHost } from "@parley/client/session/session-host.ts";
import type { ShellState } from "@parley/protocol/bridge/shell.ts";
import { app, net, powerMonitor, safeStorage, shell } from "electron";
import { CrashReports } from "./crash/crash-reports.ts";
import { busSockets } from "./dbus/bus-address.ts";
import { DesktopBus } from "./dbus/desktop-bus.ts";
import { electronIpc } from "./ipc/electron-ipc.ts";
import { Ipc } from "./ipc/ipc.ts";
import { shellCalls } from "./ipc/shell-calls.ts";
import { RotatingLog } from "./logs/rotating-log.ts";
import type { Launch } from "./notify/launch.ts";
import { MessageNotifications } from "./notify/message-notifications.ts";
import { platformNotifier } from "./notify/platform-notifier.ts";
import { ScreenLock } from "./power/screen-lock.ts";
import { systemNetwork, systemPower } from "./power/system-events.ts";
import { SecretFile } from "./secrets/secret-file.ts";
import { systemKeyring } from "./secrets/system-keyring.ts";
import { FileStore } from "./session/file-store.ts";
import { JsonFile } from "./session/json-file.ts";
import { Reports } from "./session/reports.ts";
import { hostOptions } from "./session/session-ports.ts";
import { AppliedSettings } from "./settings/apply-settings.ts";
import { KeptSettings } from "./settings/shell-settings.ts";
import { texts } from "./texts.ts";
import { Certificates } from "./tls/certificates.ts";
import { AppLook } from "./tray/app-look.ts";
import { TrayHost } from "./tray/tray-host.ts";
import { AppWindows } from "./windows/app-windows.ts";
import { decideClose } from "./windows/close-decision.ts";
import { appSession, openProgram } from "./windows/lock-down.ts";

/** The folders and files that came with the app, seen from its bundle. */
export const DIST = join(import.meta.dirname, "..");

/** What is there before anything else: to be able to say what went wrong. */
export type Recorders = { log: RotatingLog; crashReports: CrashReports };

/** Everything that runs in the main process, made once and handed its dependencies. */
export type Container = Recorders & {
  host: SessionHost;
  reports: Reports;
  trayHost: TrayHost;
  settings: KeptSettings;
  windows: AppWindows;
  openLogs: () => Promise<void>;
  /** Whether the app is on its way out: windows close then. */
  isQuitting: boolean;
  /** Lets go of the system around the app. */
  stop(): void;
};

/** The log and the crash reports, in the user's own folder. */
export function makeRecorders(): Recorders {
  const homeDir = homedir();
  const clock = systemClock;
  const log = new RotatingLog({
    folder: app.getPath("logs"),
    homeDir,
    clock,
    echo: (line) => console.warn(line),
  });
  const about = [
    `build: ${PARLEY_BUILD}`,
    `version: ${app.getVersion()}`,
    `system: ${process.platform} ${process.arch}`,
    `electron: ${process.versions.electron}`,
  ];
  const folder = join(app.getPath("logs"), "crashes");
  return { log, crashReports: new CrashReports({ folder, homeDir, clock, log, about }) };
}

/** Builds the services. The app is ready; nothing is shown yet. */
export async function buildContainer(
  { log, crashReports }: Recorders,
  { serverUrl, launch }: { serverUrl: string; launch: Launch | undefined },
): Promise<Container> {
  const { platform } = process;
  const clock = systemClock;
  const userData = app.getPath("userData");
  const store = new FileStore(new JsonFile(join(userData, "host.json"), log));
  // Written often, and worth nothing when damaged: apart from what must not be lost.
  const decisions = new FileStore(
    new JsonFile(join(userData, "alert-decisions.json"), log, "dropped"),
  );
  const secrets = new SecretFile(
    new JsonFile(join(userData, "secrets.json"), log),
    systemKeyring(safeStorage, platform),
    log,
  );
  const bus = new DesktopBus({ sockets: () => busSockets(process.env), clock, log });
  const [settings, trayHost, secretKind] = await Promise.all([
    KeptSettings.load(store, log),
    TrayHost.find(platform, bus, clock),
    secrets.kind(),
  ]);
  const certificates = new Certificates(store, log);
  const reports = new Reports(() => look.update());
  const notifications = new MessageNotifications({
    notifier: (listener) =>
      platformNotifier(
        { platform, bus, clock, log, isPackaged: app.isPackaged, distDir: DIST },
        listener,
      ),
    store,
    clock,
    log,
    texts: texts.notice,
    open: (target) => windows.openTarget(target),
    acted: (target, what) => windows.acted({ ...target, what }),
    told: (outcome) => host.told(outcome),
    systemChanged: () => tellShell(),
    shownAgain: () => host.notificationsShownAgain(),
  });
  const applied = new AppliedSettings({
    platform,
    session: appSession(),
    log,
    toggle: () => windows.toggle({ platform, hasTray: trayHost.isThere }),
    loginGone: () => void settings.change({ startAtLogin: false }),
    changed: () => tellShell(),
  });
  const shellState = (): ShellState => ({
    settings: settings.current,
    hasTray: trayHost.isThere,
    secrets: secretKind,
    startAtLogin: applied.startAtLogin,
    shortcut: applied.shortcut,
    spellcheckLanguages: applied.spellcheckLanguages,
    notifications: notifications.system,
  });
  const tellShell = (): void => windows.tell("shell:changed", { state: shellState() });
  const openLogs = async (): Promise<void> => {
    const problem = await shell.openPath(log.folder);
    if (problem !== "") log.warn("The folder of logs could not be opened.", { problem });
  };

  const host = new SessionHost(
    hostOptions({
      build: PARLEY_BUILD,
      platform,
      clock,
      log,
      power: systemPower(powerMonitor, clockJumps(clock)),
      network: systemNetwork(() => net.isOnline(), clock),
      store,
      decisions,
      secrets,
      judge: (origin, shown) => certificates.judge(origin, shown),
      surface: {
        show: (notice) => {
          look.alerted();
          return notifications.show(notice);
        },
        replace: (notice) => notifications.replace(notice),
        clear: (accountKey, chatId) => notifications.clear(accountKey, chatId),
      },
      canNotify: () => notifications.mayShow,
      counted: (accountKey, totals) => reports.count(accountKey, totals),
      connected: (accountKey, { state }) => look.connected(accountKey, state),
      shell: {
        state: () => Promise.resolve(shellState()),
        configure: async (change) => {
          await settings.change(change);
          await applied.settled();
          return shellState();
        },
        trust: (url, fingerprint) => certificates.trust(url, fingerprint),
        alertsChanged: (alerts) => look.alertsSet(alerts),
        reported: (accountKey, report) => {
          if (!report) {
            look.connected(accountKey, undefined);
            windows.signedOut(accountKey);
          }
          reports.set(accountKey, report);
        },
      },
    }),
  );
  const container: Container = {
    log,
    crashReports,
    host,
    reports,
    trayHost,
    settings,
    openLogs,
    isQuitting: false,
    get windows() {
      return windows;
    },
    stop: () => {
      notifications.stop();
      bus.stop();
    },
  };
  const ipc: Ipc = new Ipc({
    ipc: electronIpc,
    clock,
    log,
    attach: (port) => host.attach(port),
    own: shellCalls({
      notifications,
      windows: () => windows,
      crashReports,
      openLogs,
      openMail: (address) => openProgram(address, log),
    }),
    greeted: (contentsId) => windows.byContents(contentsId)?.greeted(),
    called: (contentsId, name) => windows.byContents(contentsId)?.called(name),
  });
  const screenLock = new ScreenLock(powerMonitor, () => windows.attend());
  const windows: AppWindows = new AppWindows({
    store,
    log,
    common: {
      ipc,
      clock,
      log,
      preloadPath: join(DIST, "preload/preload.cjs"),
      iconPath: platform === "linux" ? join(DIST, "icons/icon.png") : undefined,
      serverUrl,
      isDevelopment: !app.isPackaged,
      quit: () => app.quit(),
      isLocked: () => screenLock.isLocked,
      attended: () => {
        if (windows.focused) screenLock.userIsThere();
        look.update();
      },
      crashed: (what, details) => crashReports.add(what, details),
    },
    closingMain: () =>
      decideClose({
        isQuitting: container.isQuitting,
        platform,
        closeToTray: settings.current.closeToTray,
        hasTray: trayHost.isThere,
      }),
    isSignedIn: async (accountKey) => {
      await host.started;
      return host.session(accountKey) !== undefined;
    },
    isQuitting: () => container.isQuitting,
    changed: () => look.update(),
  });
  const iconsDir = join(DIST, "icons");
  const seen = { platform, clock, bus, iconsDir, reports, settings, trayHost, windows };
  const look: AppLook = new AppLook({
    ...seen,
    setAlerts: (change) => void host.configureAlerts(change),
  });
  settings.onChange((now, before) => {
    applied.change(now, before);
    tellShell();
  });
  applied.start(settings.current);
  // From here on anybody may call.
  await notifications.restore();
  if (launch) notifications.launchedBy(launch);
  return container;
}
