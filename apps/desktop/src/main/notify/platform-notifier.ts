import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Clock, Log } from "@parley/client/connection/ports.ts";
import type { SessionBus } from "../dbus/ports.ts";
import { texts } from "../texts.ts";
import { electronNotifications } from "./electron-notifications.ts";
import { ElectronNotifier } from "./electron-notifier.ts";
import { FreedesktopNotifier } from "./freedesktop/freedesktop-notifier.ts";
import type { NotifierListener, SystemNotifier } from "./system-notifier.ts";

/** Name of the .desktop file and of the icon in the theme, as the packages install them. */
const DESKTOP_NAME = "parley";

type Options = {
  platform: NodeJS.Platform;
  bus: SessionBus;
  clock: Clock;
  log: Log;
  /** Whether the app was installed: then its icon is in the theme, else a file beside the bundle. */
  isPackaged: boolean;
  distDir: string;
};

/** How this platform shows notifications. */
export function platformNotifier(options: Options, listener: NotifierListener): SystemNotifier {
  const { platform, bus, clock, log, isPackaged, distDir } = options;
  if (platform === "darwin" || platform === "win32") {
    return new ElectronNotifier(electronNotifications(platform), clock, listener);
  }
  const icon = isPackaged ? DESKTOP_NAME : pathToFileURL(join(distDir, "icons/icon.png")).href;
  const identity = { appName: texts.appName, desktopEntry: DESKTOP_NAME, icon };
  return new FreedesktopNotifier({ bus, clock, log, identity }, listener);
}
