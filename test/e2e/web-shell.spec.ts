import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";

import {
  conversation,
  type Person,
  say,
  signUp as signUpPerson,
  startDirectChat,
} from "../support/person.ts";
import { callHost, noticesOf, openBareWindow } from "../support/bare-window.ts";
import { startNotifiedBrowser } from "../support/notified-browser.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

const WEB_DIST = fileURLToPath(new URL("../../apps/web/dist", import.meta.url));
const PASSWORD = "correct horse battery";

/** A page of the server's origin without the app in it. */
const EMPTY_PAGE = "/manifest.webmanifest";

async function buildOf(page: Page): Promise<string> {
  return (await page.locator("meta[name=parley-build]").getAttribute("content")) ?? "";
}

async function builtId(): Promise<string> {
  const html = await readFile(join(WEB_DIST, "index.html"), "utf8");
  return /name="parley-build" content="([0-9a-f]+)"/.exec(html)?.[1] ?? "";
}

async function openBare(
  context: BrowserContext,
  url: string,
  options: { dedicated?: boolean } = {},
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}${EMPTY_PAGE}`);
  await openBareWindow(page, { build: await builtId(), ...options });
  return page;
}

/** Creates an account from a bare window; answers its accountKey. */
async function signUp(page: Page, url: string, handle: string): Promise<string> {
  const body = { serverUrl: url, handle, name: handle, password: PASSWORD };
  const answer = await callHost(page, "account:sign-up", body);
  expect(answer.error).toBeUndefined();
  return (answer.data as { accountKey: string }).accountKey;
}

/** Somebody in front of the app, in a profile of their own that closes with them. */
async function signUpInApp(
  browser: Browser,
  url: string,
  name: string,
  handle: string,
): Promise<Person & AsyncDisposable> {
  const person = await signUpPerson(browser, url, name, handle);
  return { ...person, [Symbol.asyncDispose]: () => person.context.close() };
}

async function stateOf(page: Page): Promise<unknown> {
  const changed = (await noticesOf(page, "connection:changed")) as { status: { state: string } }[];
  return changed.at(-1)?.status.state;
}

/** Waits until the page's files are kept for use without a network. */
async function keptOffline(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

test.describe("one worker for all windows", () => {
  for (const dedicated of [false, true]) {
    const kind = dedicated ? "without SharedWorker" : "SharedWorker";

    test(`S20: two windows share one session, one writes, the next takes over (${kind})`, async ({
      browser,
    }) => {
      await using server = await startServer();
      await using context = await browser.newContext();
      const first = await openBare(context, server.url, { dedicated });
      const accountKey = await signUp(first, server.url, "ada");
      await expect.poll(() => stateOf(first)).toBe("live");

      const second = await openBare(context, server.url, { dedicated });
      await expect.poll(() => stateOf(second)).toBe("live");
      expect(await noticesOf(first, "writer:assigned")).toEqual([{ accountKey, assigned: true }]);
      expect(await noticesOf(second, "writer:assigned")).toEqual([]);

      await first.close();
      await expect
        .poll(() => noticesOf(second, "writer:assigned"))
        .toEqual([{ accountKey, assigned: true }]);
      await expect.poll(() => noticesOf(second, "sync:catch-up")).not.toHaveLength(0);
      await expect.poll(() => stateOf(second)).toBe("live");
      const search = { accountKey, name: "people:search", body: { query: "ada" } };
      const found = await callHost(second, "server:request", search);
      expect(found.error).toBeUndefined();
    });
  }

  test("S20: a frozen window loses the writer's role and does not get it back", async ({
    browser,
  }) => {
    await using server = await startServer();
    await using context = await browser.newContext();
    const first = await openBare(context, server.url);
    const accountKey = await signUp(first, server.url, "ada");
    const second = await openBare(context, server.url);
    // An open dialog stops a page as freezing does: no task of it runs.
    const opened = first.waitForEvent("dialog");
    const stuck = first.evaluate(() => alert("stopped"));
    const dialog = await opened;
    await expect
      .poll(() => noticesOf(second, "writer:assigned"))
      .toEqual([{ accountKey, assigned: true }]);
    await dialog.dismiss();
    await stuck;
    await expect
      .poll(() => noticesOf(first, "writer:assigned"))
      .toEqual([
        { accountKey, assigned: true },
        { accountKey, assigned: false },
      ]);
  });

  test("X2: a reload keeps the session; no token is in reach of the page", async ({ browser }) => {
    await using server = await startServer();
    await using context = await browser.newContext();
    const page = await openBare(context, server.url);
    await signUp(page, server.url, "ada");
    await page.reload();
    await openBareWindow(page, { build: await builtId() });
    await expect.poll(() => stateOf(page)).toBe("live");
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const cookies = await context.cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict" }]);
    const token = cookies[0]?.value ?? "";
    expect(JSON.stringify(await page.evaluate(() => window.bareWindow?.notices))).not.toContain(
      token,
    );
  });
});

test.describe("the app as files", () => {
  test("opens without a network after the first load", async ({ browser }) => {
    await using server = await startServer();
    await using proxy = await startTcpProxy({ targetPort: server.port });
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(proxy.url);
    await keptOffline(page);
    const root = page.locator("#root > *").first();
    await expect(root).toBeVisible();
    await proxy.cut();
    await page.reload();
    await expect(root).toBeVisible();
    const other = await context.newPage();
    await other.goto(`${proxy.url}/some/address/of/the/app`);
    await expect(other.locator("#root > *").first()).toBeVisible();
    // The worker opened from kept files too, and says what is so.
    const hello = await openBareWindow(other, { build: await builtId() });
    expect(hello.error).toBeUndefined();
    // The API is never answered from kept files.
    expect(await other.evaluate(() => fetch("/api/server").then(String, () => "failed"))).toBe(
      "failed",
    );
  });

  test("runs under its content security policy without a violation in the page", async ({
    browser,
  }) => {
    await using server = await startServer();
    await using context = await browser.newContext();
    const violations: string[] = [];
    context.on("console", (message) => {
      if (/content security policy/i.test(message.text())) violations.push(message.text());
    });
    context.on("weberror", (error) => violations.push(String(error.error())));
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    const page = await context.newPage();
    const response = await page.goto(server.url);
    expect(response?.headers()["content-security-policy"]).toContain("script-src 'self'");
    await expect(page.locator("#root > *").first()).toBeVisible();
    await keptOffline(page);
    const bare = await openBare(context, server.url);
    await signUp(bare, server.url, "ada");
    await expect.poll(() => stateOf(bare)).toMatch(/catching-up|live/);
    expect(violations).toEqual([]);
  });

  test("can be installed: the browser finds nothing wrong with manifest, icons and shortcuts", async ({
    request,
  }) => {
    await using server = await startServer();
    const manifest: unknown = await (
      await request.get(`${server.url}/manifest.webmanifest`)
    ).json();
    expect(manifest).toMatchObject({ name: "Parley", display: "standalone", start_url: "/" });
    type Icon = { src: string; type: string; sizes: string; purpose?: string };
    type Manifest = { icons: Icon[]; shortcuts: { url: string; icons: Icon[] }[] };
    const { icons, shortcuts } = manifest as Manifest;
    expect(icons.filter(({ purpose }) => purpose === "maskable")).toHaveLength(1);
    for (const { src, type } of [...icons, ...shortcuts.flatMap((one) => one.icons)]) {
      const icon = await request.get(`${server.url}${src}`);
      expect(icon.headers()["content-type"]).toContain(type);
    }
    expect(shortcuts.map(({ url }) => url)).toEqual(["/#/start/new-chat", "/#/start/settings"]);

    // Not in a window that forgets everything: there nothing can be installed.
    await using notified = await startNotifiedBrowser(server.url);
    const page = await notified.context.newPage();
    await page.goto(server.url);
    await keptOffline(page);
    const devTools = await notified.context.newCDPSession(page);
    const { errors } = await devTools.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    const { installabilityErrors } = await devTools.send("Page.getInstallabilityErrors");
    expect(installabilityErrors).toEqual([]);
  });

  test("the browser's offer to install stands in the settings; shortcuts open what they name, once", async ({
    browser,
  }) => {
    await using server = await startServer();
    await using ada = await signUpInApp(browser, server.url, "Ada Adeyemi", "ada");
    const { page } = ada;
    const isKept = await page.evaluate(() => {
      const offer = new Event("beforeinstallprompt", { cancelable: true });
      const prompt = async () => void Object.assign(window, { wasPrompted: true });
      return !window.dispatchEvent(Object.assign(offer, { prompt }));
    });
    expect(isKept).toBe(true);
    await page.keyboard.press("Control+,");
    const dialog = page.getByRole("dialog", { name: "Settings" });
    await dialog.getByRole("searchbox", { name: "Search settings" }).fill("install");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Install" }).click();
    expect(await page.evaluate("wasPrompted")).toBe(true);
    await expect(dialog.getByRole("button", { name: "Install" })).toBeHidden();
    await page.evaluate(() => window.dispatchEvent(new Event("appinstalled")));
    await expect(dialog.getByText("It is installed")).toBeVisible();

    await page.goto("about:blank");
    await page.goto(`${server.url}/#/start/new-chat`);
    await expect(page.getByRole("dialog", { name: "New chat" })).toBeVisible();
    await expect.poll(() => new URL(page.url()).hash).toBe("");
    await page.reload();
    await expect(page.getByRole("navigation", { name: "Chats" })).toBeVisible();
    await expect(page.getByRole("dialog", { name: "New chat" })).toBeHidden();
    await page.goto("about:blank");
    await page.goto(`${server.url}/#/start/settings`);
    await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
  });
});

test.describe("notifications", () => {
  test("a message out of view is shown by the service worker, and a click opens its chat", async ({
    browser,
  }) => {
    await using server = await startServer();
    await using ada = await signUpInApp(browser, server.url, "Ada Adeyemi", "ada");
    await ada.context.grantPermissions(["notifications"], { origin: server.url });
    const permission = await ada.page.evaluate(() => Notification.permission);
    test.skip(permission !== "granted", "this build of the browser has no notifications");
    await using grace = await signUpInApp(browser, server.url, "Grace Lindqvist", "grace");
    await keptOffline(ada.page);
    await startDirectChat(grace.page, "Ada Adeyemi");
    await say(grace.page, "Ada Adeyemi", "Lunch at noon?");

    const [worker] = ada.context.serviceWorkers();
    if (!worker) throw new Error("there is no service worker");
    // As text: the types of these tests are those of a page, not of a service worker.
    const shown = () =>
      worker.evaluate<{ title: string; body: string }[]>(
        `self.registration.getNotifications().then((all) => all.map(({ title, body }) => ({ title, body })))`,
      );
    await expect.poll(shown).toEqual([{ title: "Grace Lindqvist", body: "Lunch at noon?" }]);

    await worker.evaluate(
      `self.registration.getNotifications().then(([notification]) =>
        self.dispatchEvent(new NotificationEvent("notificationclick", { notification })))`,
    );
    await expect(conversation(ada.page, "Grace Lindqvist")).toBeVisible();
    // Read now: nothing is news any more.
    await expect.poll(shown).toEqual([]);
  });
});

test.describe("another build", () => {
  /** Serves a copy of the app, whose build can be changed while the server runs. */
  async function serveCopy(): Promise<{
    server: ServerProcess;
    rebuild(): Promise<string>;
    [Symbol.asyncDispose](): Promise<void>;
  }> {
    const folder = await mkdtemp(join(tmpdir(), "parley-web-"));
    await cp(WEB_DIST, folder, { recursive: true });
    const server = await startServer({ args: [`--web-root=${folder}`] });
    const before = await builtId();
    const after = "feedfacefeedface";
    return {
      server,
      rebuild: async () => {
        for (const name of ["index.html", "session-worker.js", "service-worker.js"]) {
          const text = await readFile(join(folder, name), "utf8");
          expect(text).toContain(before);
          await writeFile(join(folder, name), text.replaceAll(before, after));
        }
        return after;
      },
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  }

  test("S20: when a newer build is served, all windows end up in it, and so does the worker", async ({
    browser,
  }) => {
    await using copy = await serveCopy();
    await using context = await browser.newContext();
    const first = await context.newPage();
    await first.goto(copy.server.url);
    await keptOffline(first);
    const second = await context.newPage();
    await second.goto(copy.server.url);
    const newer = await copy.rebuild();
    const third = await context.newPage();
    await third.goto(copy.server.url);
    for (const page of [first, second, third]) {
      await expect.poll(() => buildOf(page)).toBe(newer);
    }
    const hello = await openBareWindow(third, { build: newer });
    expect(hello.data).toMatchObject({ build: newer });
  });

  test("S20: a window of another build meets a running worker: it goes, a new one serves", async ({
    browser,
  }) => {
    await using copy = await serveCopy();
    await using context = await browser.newContext();
    const old = await openBare(context, copy.server.url);
    await signUp(old, copy.server.url, "ada");
    await expect.poll(() => stateOf(old)).toBe("live");
    const newer = await copy.rebuild();
    const page = await context.newPage();
    await page.goto(`${copy.server.url}${EMPTY_PAGE}`);
    const met = await openBareWindow(page, { build: newer });
    expect(met.data).toMatchObject({ build: await builtId() });
    for (const window of [old, page]) {
      await expect.poll(() => noticesOf(window, "host:outdated")).toHaveLength(1);
    }
    await page.reload();
    const hello = await openBareWindow(page, { build: newer });
    expect(hello.data).toMatchObject({ build: newer });
    await expect.poll(() => stateOf(page)).toBe("live");
  });
});
