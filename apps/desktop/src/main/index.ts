import { join } from "node:path";
import { type DeepLink, parseLink } from "@parley/protocol/links.ts";
import { app, dialog, Menu, protocol } from "electron";
import { appHandler } from "./app-scheme/app-handler.ts";
import { APP_SCHEME } from "./app-scheme/policy.ts";
import { readArguments } from "./arguments.ts";
import {
  buildContainer,
  type Container,
  DIST,
  makeRecorders,
  type Recorders,
} from "./container.ts";
import { recordCrashes } from "./crash/record-crashes.ts";
import { decideLink, linkAmong } from "./links/deep-links.ts";
import { beDefaultForLinks } from "./links/protocol-client.ts";
import { applicationMenu } from "./menu/application-menu.ts";
import { quitInOrder } from "./quit.ts";
import { type Launch, readLaunch } from "./notify/launch.ts";
import { texts } from "./texts.ts";
import { startsHidden } from "./windows/close-decision.ts";
import { appSession, denyPermissions, lockDown } from "./windows/lock-down.ts";

/* Starts things in order. What they are is made in container.ts. */

/** As the packages are made with (electron-builder.yml). */
const APP_ID = "app.parley.desktop";

let container: Container | undefined;
/** macOS: the notification that started the app. */
let launch: Launch | undefined;
/** Opened before the windows were there. */
let early: DeepLink | null | undefined;

/** Shows what a link means, or that it means nothing. Nothing is joined or sent by it. */
async function openLink(link: DeepLink | null): Promise<void> {
  if (!container?.windows.main) {
    early = link;
    return;
  }
  const { host, windows } = container;
  await host.started;
  const decision = decideLink(link, host.accounts);
  if (decision.act === "target") windows.openTarget(decision.target);
  else windows.main?.openLink({ link: decision.link });
}

/** macOS hands no arguments to what it starts at login. */
function wasOpenedAtLogin(platform: NodeJS.Platform): boolean {
  return platform === "darwin" && app.getLoginItemSettings().wasOpenedAtLogin;
}

async function start(recorders: Recorders): Promise<void> {
  protocol.handle(APP_SCHEME, appHandler(join(DIST, "renderer")));
  denyPermissions(appSession());
  const { platform, argv } = process;
  const given = readArguments(argv);
  container = await buildContainer(recorders, { serverUrl: given.serverUrl, launch });
  const { log, settings, trayHost, windows } = container;
  app.on("web-contents-created", (_event, contents) => lockDown(contents, log));
  quitInOrder(container);
  // By it Windows knows whose notifications and taskbar icons these are.
  if (platform === "win32") app.setAppUserModelId(APP_ID);
  Menu.setApplicationMenu(applicationMenu(container));
  beDefaultForLinks();
  const isHidden = startsHidden({
    isAsked: given.hidden || settings.current.startHidden || wasOpenedAtLogin(platform),
    platform,
    hasTray: trayHost.isThere,
  });
  await windows.start({ isHidden });
  const link = early === undefined ? linkAmong(argv) : early;
  if (link !== undefined) await openLink(link);
}

// Before the app is ready, or never: schemes get their privileges then.
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, codeCache: true } },
]);
app.enableSandbox();

// One app a user: a second start hands over its link, brings the first one to the front and ends.
if (app.requestSingleInstanceLock()) {
  const recorders = makeRecorders();
  recordCrashes(recorders);
  app.on("second-instance", (_event, argv) => {
    const link = linkAmong(argv);
    if (link !== undefined) void openLink(link);
    // Started once more at login, nobody asked to see it.
    else if (!readArguments(argv).hidden) container?.windows.show();
  });
  // macOS hands links over by an event, also before the app is ready.
  app.on("open-url", (event, url) => {
    event.preventDefault();
    void openLink(parseLink(url) ?? null);
  });
  app.on("activate", () => container?.windows.show());
  app.once("ready", (_event, info: unknown) => {
    launch = readLaunch(info);
  });
  app
    .whenReady()
    .then(() => start(recorders))
    .catch((error: unknown) => {
      recorders.log.warn(texts.failedTitle, { error: String(error) });
      dialog.showErrorBox(texts.failedTitle, String(error));
      app.exit(1);
    });
} else {
  app.quit();
}
