import { type BrowserContext, chromium, type Page } from "@playwright/test";

import { type Arrived, NotificationServer } from "../electron-host/bus/notification-server.ts";
import { startTestBus } from "../electron-host/bus/session-bus.ts";
import { removeTemporary, temporaryFolder } from "../electron-host/driver/folders.ts";
import { resolveChromium } from "./chromium.ts";

/**
 * A browser with a profile of its own on a desktop of the test's own: its notifications go over D-Bus, and
 * what the user does to them comes back as from any desktop. Only such a click may open a window.
 */
export type NotifiedBrowser = AsyncDisposable & {
  readonly context: BrowserContext;
  /** What is on the screen, oldest first. */
  shown(): readonly Arrived[];
  /** Titles and texts of it. */
  told(): { title: string; body: string }[];
  /** How often something was put on the screen, replacements included. */
  shownCount(): number;
  click(title: string): void;
  press(title: string, label: string): void;
  reply(title: string, text: string): void;
  /** Ends all windows of the app, but not the browser. */
  closeWindows(): Promise<void>;
};

/** Why there is no such browser here; undefined if there is. */
export function whyNoNotifiedBrowser(): string | undefined {
  return process.platform === "linux" ? undefined : "browsers use D-Bus on Linux only";
}

/** Starts one that lets the site of this origin notify. */
export async function startNotifiedBrowser(origin: string): Promise<NotifiedBrowser> {
  const { executablePath, args, env } = await resolveChromium();
  const bus = await startTestBus();
  const server = await NotificationServer.start(await bus.connect());
  const profile = temporaryFolder("browser");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args,
    env: { ...env, DBUS_SESSION_BUS_ADDRESS: bus.address },
    viewport: { width: 1280, height: 800 },
  });
  await context.grantPermissions(["notifications"], { origin });

  function find(title: string): Arrived {
    const found = server.shown.findLast((one) => one.summary === title);
    if (!found) throw new Error(`no notification says ${title}`);
    return found;
  }

  function press(title: string, label: string): void {
    const { id, actions } = find(title);
    const key = actions.find(([, named]) => named === label)?.[0];
    if (key === undefined) throw new Error(`the notification has no button ${label}`);
    server.act(id, key);
  }

  return {
    context,
    shown: () => server.shown,
    told: () =>
      server.shown.map(({ summary, body }) => {
        // The browser puts the site before the text.
        return { title: summary, body: body.split("\n").at(-1) ?? "" };
      }),
    shownCount: () => server.arrivedCount,
    click: (title) => server.act(find(title).id, "default"),
    press,
    reply: (title, text) => server.reply(find(title).id, text),
    closeWindows: async () => {
      const isApp = (page: Page): boolean => page.url().startsWith(origin);
      // The last window would take the browser with it.
      if (context.pages().every(isApp)) await context.newPage();
      await Promise.all(
        context
          .pages()
          .filter(isApp)
          .map((page) => page.close()),
      );
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      await bus[Symbol.asyncDispose]();
      await removeTemporary(profile);
    },
  };
}
