import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AlertDecision } from "@parley/protocol/bridge/alerts.ts";
import { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { REQUESTS } from "@parley/protocol/socket/requests.ts";
import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { startDesktop } from "../electron-host/driver/desktop.ts";
import { callHost, noticesOf, openBareWindow } from "../support/bare-window.ts";
import { signUpInWindow, windowIdOf } from "../support/desktop-person.ts";
import {
  chatRow,
  conversation,
  messages,
  say as sayAs,
  signIn,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

const WEB_DIST = fileURLToPath(new URL("../../apps/web/dist", import.meta.url));
const PASSWORD = "correct horse battery";

type Device = { context: BrowserContext; page: Page; account: HostedAccount };

/** A browser of its own with the session host in it, signed up or in. */
async function openDevice(
  browser: Browser,
  serverUrl: string,
  handle: string,
  how: "account:sign-up" | "account:sign-in",
): Promise<Device & AsyncDisposable> {
  const context = await browser.newContext();
  await context.grantPermissions(["notifications"], { origin: serverUrl });
  const page = await context.newPage();
  await page.goto(`${serverUrl}/manifest.webmanifest`);
  const html = await readFile(`${WEB_DIST}/index.html`, "utf8");
  const build = /name="parley-build" content="([0-9a-f]+)"/.exec(html)?.[1] ?? "";
  await openBareWindow(page, { build });
  const named = how === "account:sign-up" ? { name: handle } : {};
  const answer = await callHost(page, how, { serverUrl, handle, password: PASSWORD, ...named });
  const account = HostedAccount.parse(answer.data);
  const states = async (): Promise<unknown> => (await noticesOf(page, "connection:changed")).at(-1);
  await expect.poll(states).toMatchObject({ status: { state: "live" } });
  return { context, page, account, [Symbol.asyncDispose]: () => context.close() };
}

async function ask(
  { page, account: { accountKey } }: Device,
  name: "chat:create-direct" | "chat:send",
  body: unknown,
): Promise<unknown> {
  const answer = await callHost(page, "server:request", { accountKey, name, body });
  expect(answer.error).toBeUndefined();
  return answer.data;
}

async function decisionOf(
  { page, account: { accountKey } }: Device,
  chatId: ChatId,
  clientId: ClientId,
): Promise<AlertDecision | undefined> {
  const answer = await callHost(page, "alerts:decisions", { accountKey, chatId });
  const { decisions } = z.object({ decisions: z.array(AlertDecision) }).parse(answer.data);
  return decisions.find((one) => one.clientId === clientId);
}

type Said = { clientId: ClientId; seq: number };

/** Grace writes to Ada; answers what she said. */
async function say(grace: Device, chatId: ChatId): Promise<Said> {
  const clientId = newId(ClientId);
  const payload = JSON.stringify({ type: "text", text: "Hello", salt: "AAAAAAAAAAAAAAAAAAAAAA" });
  const item = { chatId, clientId, alg: "none", type: "text", notify: true, payload };
  const sent = await ask(grace, "chat:send", { chatId, items: [item] });
  const { outcomes } = REQUESTS["chat:send"].data.parse(sent);
  const [outcome] = outcomes;
  if (!outcome || !("event" in outcome)) throw new Error("it was not sent");
  return { clientId, seq: outcome.event.seq };
}

/** Lets messages arrive until the device decides so; the lease is told in the background. */
async function sayUntil(
  grace: Device,
  chatId: ChatId,
  device: Device,
  wanted: Partial<AlertDecision>,
): Promise<Said> {
  let last: Said | undefined;
  await expect(async () => {
    const said = await say(grace, chatId);
    const decided = (): Promise<unknown> => decisionOf(device, chatId, said.clientId);
    await expect.poll(decided, { timeout: 10_000 }).toBeDefined();
    expect(await decided()).toMatchObject(wanted);
    last = said;
  }).toPass();
  if (!last) throw new Error("it was never decided so");
  return last;
}

/** What a window of the device shows. */
async function look(device: Device, openChatIds: ChatId[], focused = true): Promise<void> {
  const { accountKey } = device.account;
  const view = { focused, visible: true, openChatIds, watchAccountIds: [] };
  await callHost(device.page, "view:set", { accountKey, ...view });
}

const WAITS = { act: "wait", reason: "in-view-elsewhere" } as const;
const AT_ONCE = { act: "show", reason: "new-message" } as const;

test("S18: two devices: the one without the focus waits, and says nothing of what is read on the other", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desk = await openDevice(browser, server.url, "ada", "account:sign-up");
  const permission = await desk.page.evaluate(() => Notification.permission);
  test.skip(permission !== "granted", "this build of the browser has no notifications");
  await using away = await openDevice(browser, server.url, "ada", "account:sign-in");
  await using grace = await openDevice(browser, server.url, "grace", "account:sign-up");
  const { accountKey, me } = desk.account;
  const chatId = newId(ChatId);
  await ask(grace, "chat:create-direct", { chatId, accountId: me.accountId });
  await look(desk, [chatId]);

  const shown = () => noticesOf(away.page, "notification:show");
  const isOver = { act: "none", reason: "read-elsewhere" };
  // Where the machine is so slow that the wait is over before it is read, the next message is the one.
  await expect(async () => {
    const { clientId, seq } = await sayUntil(grace, chatId, away, WAITS);
    await callHost(desk.page, "receipt:mark", { accountKey, marks: [{ chatId, readSeq: seq }] });
    await expect
      .poll(async () => (await decisionOf(desk, chatId, clientId))?.reason)
      .toBe("chat-in-view");
    const after = (): Promise<unknown> => decisionOf(away, chatId, clientId);
    await expect.poll(after, { timeout: 15_000 }).toMatchObject(isOver);
    expect(await shown()).not.toContainEqual(expect.objectContaining({ clientId }));
  }).toPass();

  // Not read there in time: it comes after the wait, once.
  const unread = await sayUntil(grace, chatId, away, WAITS);
  const ofUnread = { clientId: unread.clientId };
  await expect.poll(shown).toContainEqual(expect.objectContaining(ofUnread));
  await expect.poll(() => decisionOf(away, chatId, unread.clientId)).toMatchObject(AT_ONCE);
  await expect.poll(() => decisionOf(desk, chatId, unread.clientId)).toMatchObject({ act: "none" });

  // The other device goes: alerts come at once again.
  await desk.context.close();
  await sayUntil(grace, chatId, away, AT_ONCE);
});

test("S18: attention ends with the focus, the chat, the window, a crash and the network", async ({
  browser,
}) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  await using away = await openDevice(browser, server.url, "ada", "account:sign-up");
  const permission = await away.page.evaluate(() => Notification.permission);
  test.skip(permission !== "granted", "this build of the browser has no notifications");
  await using grace = await openDevice(browser, server.url, "grace", "account:sign-up");
  const chatId = newId(ChatId);
  const { accountId } = away.account.me;
  await ask(grace, "chat:create-direct", { chatId, accountId });

  const ends: [string, (desk: Device) => Promise<void>][] = [
    ["another program has the focus", (desk) => look(desk, [chatId], false)],
    ["another chat is open", (desk) => look(desk, [newId(ChatId)])],
    [
      "the window is closed and the browser stays",
      async (desk) => {
        await desk.context.newPage();
        await desk.page.close();
      },
    ],
    [
      "the page crashes, and the host with it",
      async (desk) => {
        const crashed = desk.page.waitForEvent("crash");
        // It never answers.
        desk.page.goto("chrome://crash").catch(() => undefined);
        await crashed;
      },
    ],
    ["the network is gone", () => proxy.cut()],
  ];
  for (const [how, end] of ends) {
    await test.step(how, async () => {
      await using desk = await openDevice(browser, proxy.url, "ada", "account:sign-in");
      await look(desk, [chatId]);
      await sayUntil(grace, chatId, away, WAITS);
      await end(desk);
      await sayUntil(grace, chatId, away, AT_ONCE);
    });
  }
});

const GRACE = "Grace Lindqvist";

type Shown = { accountKey: string; chatId: string };

/** The account and the chat that a page of the app shows. */
async function shownIn(page: Page): Promise<Shown> {
  return page.evaluate(() => {
    const prefix = "parley.view.";
    const key = Object.keys(localStorage).find((name) => name.startsWith(prefix)) ?? "";
    const view = localStorage.getItem(key) ?? "";
    const chatId = /"chatId":"([0-9a-f-]+)"/.exec(view)?.[1] ?? "";
    return { accountKey: key.slice(prefix.length), chatId };
  });
}

/** Why the desktop's host decided as it did about messages of a chat, newest last. */
async function desktopReasons(page: Page, shown: Shown): Promise<string[]> {
  const answer = await page.evaluate((body) => {
    type Host = { call(name: string, body: unknown): Promise<unknown> };
    const { parleyHost } = globalThis as unknown as { parleyHost: Host };
    return parleyHost.call("alerts:decisions", body);
  }, shown);
  const { value } = z
    .object({ value: z.object({ decisions: z.array(AlertDecision) }) })
    .parse(answer);
  return value.decisions.map(({ reason }) => reason);
}

test("S18: the desktop app and a browser: who reads on the one is not called by the other", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const grace = await signUp(browser, server.url, GRACE, "grace");
  const desk = await desktop.firstWindow();
  await signUpInWindow(desk, server.url, "Ada Adeyemi", "ada");
  const password = grace.password;
  const tab = await signIn(browser, server.url, { name: "Ada", handle: "ada", password });
  await tab.context.grantPermissions(["notifications"], { origin: server.url });
  const permission = await tab.page.evaluate(() => Notification.permission);
  test.skip(permission !== "granted", "this build of the browser has no notifications");
  await startDirectChat(grace.page, "Ada Adeyemi");
  await sayAs(grace.page, "Ada Adeyemi", "Are you there?");

  // Before her eyes at the desktop, and read there: the browser says nothing.
  await chatRow(desk, GRACE).click();
  await expect(conversation(desk, GRACE)).toBeVisible();
  await sayAs(grace.page, "Ada Adeyemi", "Lunch?");
  await expect(messages(grace.page, "Ada Adeyemi").last()).toHaveAccessibleName(/Read/);
  const shown = () =>
    tab.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ body }) => body);
    });
  await expect.poll(shown).toEqual([]);

  // Hidden there: the browser tells at once.
  await desktop.control.actOnWindow(await windowIdOf(desktop), "hide");
  await sayAs(grace.page, "Ada Adeyemi", "Or dinner?");
  await expect.poll(shown).toEqual(["Or dinner?"]);

  // Before her eyes in the browser: the desktop, hidden, says nothing of what is read there.
  await chatRow(tab.page, GRACE).click();
  await expect(conversation(tab.page, GRACE)).toBeVisible();
  await expect.poll(() => desktop.control.notifications()).toEqual([]);
  const chat = await shownIn(tab.page);
  const reasons = () => desktopReasons(desk, chat);
  // Where the machine is so slow that the wait is over before it is read, the next message is the one.
  await expect(async () => {
    await sayAs(grace.page, "Ada Adeyemi", "Good night");
    const last = async () => (await reasons()).at(-1);
    await expect.poll(last, { timeout: 15_000 }).toBe("read-elsewhere");
  }).toPass();
  await expect.poll(() => desktop.control.notifications()).toEqual([]);
});
