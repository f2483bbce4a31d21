import { app, Menu, protocol } from "electron";
import { appHandler } from "./app-scheme/app-handler.ts";
import { APP_SCHEME } from "./app-scheme/policy.ts";
import { readArguments } from "./arguments.ts";
import { buildContainer, DIST } from "./container.ts";
import { menuTemplate } from "./menu/menu-template.ts";
import { quitInOrder } from "./quit.ts";
import { texts } from "./texts.ts";
import { startsHidden } from "./windows/close-decision.ts";
import { appSession, denyPermissions, lockDown } from "./windows/lock-down.ts";
import type { MainWindow } from "./windows/main-window.ts";
import { dialog } from "electron";
import { join } from "node:path";

/* Starts things in order. What they are is made in container.ts. */

let window: MainWindow | undefined;

async function start(): Promise<void> {
  protocol.handle(APP_SCHEME, appHandler(join(DIST, "renderer")));
  denyPermissions(appSession());
  const { platform, argv } = process;
  const given = readArguments(argv);
  const container = await buildContainer();
  app.on("web-contents-created", (_event, contents) => lockDown(contents, container.log));
  quitInOrder(container);
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({ platform, isDevelopment: !app.isPackaged, open: () => window?.show() }),
    ),
  );
  const isHidden = startsHidden({
    isAsked: given.hidden || container.settings.current.startHidden,
    platform,
    hasTray: container.hasTray,
  });
  window = await container.openWindow({ isHidden, serverUrl: given.serverUrl });
}

// Before the app is ready, or never: schemes get their privileges then.
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, codeCache: true } },
]);
app.enableSandbox();

// One app a user: a second start brings the first one to the front and ends.
if (app.requestSingleInstanceLock()) {
  app.on("second-instance", () => window?.show());
  app.on("activate", () => window?.show());
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      console.error(texts.failedTitle, error);
      dialog.showErrorBox(texts.failedTitle, String(error));
      app.exit(1);
    });
} else {
  app.quit();
}
