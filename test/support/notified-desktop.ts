import type { Page } from "@playwright/test";

import { type Arrived, NotificationServer } from "../electron-host/bus/notification-server.ts";
import { startTestBus } from "../electron-host/bus/session-bus.ts";
import { type Desktop, startDesktop } from "../electron-host/driver/desktop.ts";
import { expectOnline } from "./person.ts";

/** A desktop whose notifications a test reads on the bus: every one that ever came, over restarts too. */
export type NotifiedDesktop = AsyncDisposable & {
  /** The app that runs now, or ran last. */
  readonly app: Desktop;
  readonly notifications: NotificationServer;
  /** Everything main ever asked to show: title and body, oldest first. */
  asked(): { title: string; body: string }[];
  /** Starts the app again on the same data and desktop; it must have ended. */
  relaunch(): Promise<void>;
};

function told({ summary, body }: Arrived): { title: string; body: string } {
  return { title: summary, body };
}

/** Starts a desktop app on a session bus that outlives it. */
export async function startNotifiedDesktop(): Promise<NotifiedDesktop> {
  const bus = await startTestBus();
  const notifications = await NotificationServer.start(await bus.connect());
  const apps: Desktop[] = [];
  const env = { DBUS_SESSION_BUS_ADDRESS: bus.address };
  const first = await startDesktop({ env });
  apps.push(first);
  return {
    get app() {
      return apps.at(-1) ?? first;
    },
    notifications,
    asked: () => notifications.arrived.map(told),
    relaunch: async () => {
      const last = apps.at(-1) ?? first;
      apps.push(await last.relaunch());
    },
    async [Symbol.asyncDispose]() {
      // The first one made the folders: it removes them when the others are gone.
      for (const app of apps.toReversed()) await app[Symbol.asyncDispose]();
      await bus[Symbol.asyncDispose]();
    },
  };
}

/** The page of the app's first window, connected. */
export async function onlinePage(app: Desktop): Promise<Page> {
  const page = await app.firstWindow();
  await expectOnline(page);
  return page;
}
