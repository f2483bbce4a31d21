import { join } from "node:path";
import { app, nativeImage, nativeTheme } from "electron";
import type { Cancel, Clock } from "@parley/client/connection/ports.ts";
import type { AlertSettings } from "@parley/protocol/bridge/alerts.ts";
import type { ConnectionStatus } from "@parley/protocol/bridge/contract.ts";
import type { AccountKey } from "@parley/protocol/ids.ts";
import { snoozeEndMs } from "@parley/protocol/snooze.ts";
import type { SessionBus } from "../dbus/ports.ts";
import { variant } from "../dbus/desktop-bus.ts";
import type { Reports } from "../session/reports.ts";
import type { KeptSettings } from "../settings/shell-settings.ts";
import type { AppWindows } from "../windows/app-windows.ts";
import { AppTray } from "./app-tray.ts";
import { type Facts, type Flash, flashAfter, lookOf } from "./look.ts";
import type { TrayHost } from "./tray-host.ts";
import { trayMenu } from "./tray-menu.ts";

/** How launchers of Linux name an app of which they show a count. */
const LAUNCHER_URI = "application://parley.desktop";
const LAUNCHER = {
  path: "/com/canonical/unity/launcherentry/1",
  member: { interface: "com.canonical.Unity.LauncherEntry", name: "Update" },
};

/** V51: what of the settings of alerts turns them off. */
type Off = Pick<AlertSettings, "doNotDisturb" | "snoozedUntilMs">;

type Options = {
  platform: NodeJS.Platform;
  clock: Clock;
  bus: SessionBus;
  iconsDir: string;
  reports: Reports;
  settings: KeptSettings;
  trayHost: TrayHost;
  windows: AppWindows;
  /** V51: changes how alerts are set on this device. */
  setAlerts: (change: Off) => void;
};

/** Everything that shows from outside how things stand: tray, badge, taskbar, titles. S9: one count. */
export class AppLook {
  readonly #options: Options;
  readonly #connections = new Map<AccountKey, ConnectionStatus["state"]>();
  #tray: AppTray | undefined;
  #badge: number | undefined;
  #overlay: string | undefined;
  #flash: Flash = "off";
  #unmuting: Cancel | undefined;
  #off: Off = { doNotDisturb: false, snoozedUntilMs: null };

  constructor(options: Options) {
    this.#options = options;
    nativeTheme.on("updated", () => this.update());
    options.settings.onChange(() => this.update());
    options.trayHost.onChange((isThere) => {
      // Who closed the window to a tray that is gone would not find it again.
      if (!isThere && options.windows.all.some(({ isHidden }) => isHidden)) options.windows.show();
      this.update();
    });
    options.trayHost.onHandover(() => {
      this.#removeTray();
      this.update();
    });
  }

  /** Undefined: the account is gone. */
  connected(accountKey: AccountKey, state: ConnectionStatus["state"] | undefined): void {
    if (state === undefined) this.#connections.delete(accountKey);
    else this.#connections.set(accountKey, state);
    this.update();
  }

  /** V51: alerts are off, or on again, wherever that was said. */
  alertsSet({ doNotDisturb, snoozedUntilMs }: Off): void {
    this.#off = { doNotDisturb, snoozedUntilMs };
    this.update();
  }

  /** A message alerts: the taskbar or dock asks for attention while no window has it. */
  alerted(): void {
    const { windows, settings } = this.#options;
    if (!settings.current.flash || windows.focused) return;
    this.#flash = "alerted";
    windows.main?.flash(true);
    // Its count may have come before it.
    this.#updateFlash();
  }

  /** Draws everything anew that has changed. */
  update(): void {
    const { windows, iconsDir, platform } = this.#options;
    const facts = this.#facts();
    const look = lookOf(facts);
    this.#updateTray(facts);
    if (look.badge !== this.#badge) {
      this.#badge = look.badge;
      app.setBadgeCount(look.badge);
      this.#tellLauncher(look.badge);
    }
    for (const window of windows.all) window.setTitle(look.title);
    const { main } = windows;
    if (platform === "win32" && main && this.#overlay !== look.overlay?.description) {
      this.#overlay = look.overlay?.description;
      const icon = look.overlay && nativeImage.createFromPath(join(iconsDir, look.overlay.icon));
      main.setOverlay(icon, look.overlay?.description ?? "");
    }
    this.#updateFlash();
    this.#waitForUnmute(facts);
  }

  #updateFlash(): void {
    const { windows, reports } = this.#options;
    const before = this.#flash;
    this.#flash = flashAfter(before, reports.total.unread, windows.focused !== undefined);
    if (before !== "off" && this.#flash === "off") windows.main?.flash(false);
  }

  #facts(): Facts {
    const { reports, clock, platform } = this.#options;
    const states = [...this.#connections.values()];
    const isOffline = states.length > 0 && !states.some((state) => isUp(state));
    return {
      total: reports.total,
      connection: states.length === 0 ? "signed-out" : isOffline ? "offline" : "online",
      doNotDisturb: this.#off.doNotDisturb,
      mutedUntilMs: this.#off.snoozedUntilMs,
      nowMs: clock.nowMs(),
      platform,
      isDark: nativeTheme.shouldUseDarkColorsForSystemIntegratedUI,
    };
  }

  #updateTray(facts: Facts): void {
    const { trayHost, iconsDir, windows, setAlerts, clock, reports } = this.#options;
    if (!trayHost.isThere) return this.#removeTray();
    const { tray } = lookOf(facts);
    this.#tray ??= new AppTray(iconsDir, tray, () => windows.show());
    const { recent } = reports;
    const menu = trayMenu(facts, recent, {
      open: () => windows.show(),
      openChat: ({ accountKey, chatId }) => windows.openTarget({ accountKey, chatId }),
      mute: (choice) => {
        const snoozedUntilMs = choice === undefined ? null : snoozeEndMs(choice, clock.nowMs());
        setAlerts({ doNotDisturb: false, snoozedUntilMs });
      },
      quit: () => app.quit(),
    });
    this.#tray.update(tray, menu, JSON.stringify(recent));
  }

  #removeTray(): void {
    this.#tray?.destroy();
    this.#tray = undefined;
  }

  /** The count on the launcher, where one shows it: a signal, which nobody has to answer. */
  #tellLauncher(count: number): void {
    if (this.#options.platform !== "linux") return;
    const values = { count: variant("x", count), "count-visible": variant("b", count > 0) };
    this.#options.bus.emit(LAUNCHER.path, LAUNCHER.member, {
      signature: "sa{sv}",
      body: [LAUNCHER_URI, values],
    });
  }

  #waitForUnmute(facts: Facts): void {
    this.#unmuting?.();
    const { mutedUntilMs, nowMs } = facts;
    if (mutedUntilMs === null || mutedUntilMs <= nowMs) return;
    this.#unmuting = this.#options.clock.setTimer(() => this.update(), mutedUntilMs - nowMs);
  }
}

/** Whether messages come in. */
function isUp(state: ConnectionStatus["state"]): boolean {
  return state === "live" || state === "catching-up";
}
