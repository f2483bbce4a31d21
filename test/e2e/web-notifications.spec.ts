import { type Browser, expect, type Page, test } from "@playwright/test";

import {
  chatRow,
  conversation,
  createAccount,
  expectOnline,
  messages,
  messageWithText,
  openApp,
  type Person,
  say,
  signIn,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import {
  type NotifiedBrowser,
  startNotifiedBrowser,
  whyNoNotifiedBrowser,
} from "../support/notified-browser.ts";
import { startServer } from "../support/server-process.ts";

const ADA = "Ada Adeyemi";
const GRACE = "Grace Lindqvist";

/** Ada in a browser that a desktop's notifications surround, Grace in another; Grace has said one thing. */
async function adaAndGrace(
  browser: Browser,
  notified: NotifiedBrowser,
  url: string,
  takesReplies = true,
): Promise<{ ada: Page; grace: Person }> {
  const grace = await signUp(browser, url, GRACE, "grace");
  const ada = await notified.context.newPage();
  await ada.goto(url);
  await createAccount(ada, ADA, "ada");
  const permission = await ada.evaluate(() => Notification.permission);
  test.skip(permission !== "granted", "this build of the browser has no notifications");
  await ada.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  if (!takesReplies) {
    // As an older browser.
    const [worker] = notified.context.serviceWorkers();
    await worker?.evaluate("delete NotificationEvent.prototype.reply");
  }
  await startDirectChat(grace.page, ADA);
  await say(grace.page, ADA, "Are you there?");
  const told = () => notified.told();
  await expect.poll(told).toEqual([{ title: GRACE, body: "Are you there?" }]);
  return { ada, grace };
}

/** One more window of the app, in the same profile. */
async function openTab(notified: NotifiedBrowser, url: string): Promise<Page> {
  const page = await notified.context.newPage();
  await page.goto(url);
  await expectOnline(page);
  await expect(chatRow(page, GRACE)).toBeVisible();
  return page;
}

/** The window is on the screen, but another has the focus; or this one again. */
async function lookAway(page: Page, away = true): Promise<void> {
  await page.evaluate((isAway) => {
    document.hasFocus = () => !isAway;
    window.dispatchEvent(new Event(isAway ? "blur" : "focus"));
  }, away);
}

/** Counts the clicks that the service worker hands to a window from now on. */
async function clicksOf(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    let count = 0;
    navigator.serviceWorker.addEventListener(
      "message",
      ({ data }: MessageEvent<{ kind: string }>) => {
        if (data.kind === "clicked") count += 1;
      },
    );
    Object.assign(window, { clickCount: () => count });
  });
  return () => page.evaluate<number>("clickCount()");
}

test.beforeEach(() => {
  const reason = whyNoNotifiedBrowser();
  test.skip(reason !== undefined, reason);
});

test("V54: one notification a message whatever is open, one a chat on the screen; a click opens the right window at it", async ({
  browser,
}) => {
  await using server = await startServer();
  await using notified = await startNotifiedBrowser(server.url);
  const { ada, grace } = await adaAndGrace(browser, notified, server.url);
  const other = await openTab(notified, server.url);

  // The newer one of a chat takes the place of the one before; two windows say it no second time.
  await say(grace.page, ADA, "Lunch at noon?");
  const told = () => notified.told();
  await expect.poll(told).toEqual([{ title: `${GRACE}`, body: "Lunch at noon?" }]);
  expect(notified.shownCount()).toBe(2);

  // No window shows the chat: the one with the focus opens it.
  const clicks = await Promise.all([ada, other].map(clicksOf));
  await lookAway(other);
  notified.click(GRACE);
  await expect(conversation(ada, GRACE)).toBeVisible();
  await expect(messageWithText(ada, GRACE, "Lunch at noon?")).toBeVisible();
  await expect.poll(told).toEqual([]);

  // One shows it, but another has the focus: the one that shows it is the right one.
  await lookAway(ada);
  await say(grace.page, ADA, "Or at one?");
  await expect.poll(told).toEqual([{ title: GRACE, body: "Or at one?" }]);
  const pages = notified.context.pages().length;
  await lookAway(other, false);
  notified.click(GRACE);
  await expect.poll(() => Promise.all(clicks.map((count) => count()))).toEqual([2, 0]);
  await expect.poll(told).toEqual([]);
  await expect(conversation(other, GRACE)).toBeHidden();
  expect(notified.context.pages()).toHaveLength(pages);
});

test("V54: with all windows closed a click opens account, chat and message, and a reload does it no second time", async ({
  browser,
}) => {
  await using server = await startServer();
  await using notified = await startNotifiedBrowser(server.url);
  const { grace } = await adaAndGrace(browser, notified, server.url);
  await notified.closeWindows();
  const opened = notified.context.waitForEvent("page");
  notified.click(GRACE);
  const page = await opened;
  await expect(conversation(page, GRACE)).toBeVisible();
  await expect(messageWithText(page, GRACE, "Are you there?")).toBeVisible();
  await expect.poll(() => new URL(page.url()).hash).toBe("");
  await expect(messages(grace.page, ADA).last()).toHaveAccessibleName(/Read/);
});

test("V54: buttons do once what they say, open no window while one is there, and withdraw the notification", async ({
  browser,
}) => {
  await using server = await startServer();
  await using notified = await startNotifiedBrowser(server.url);
  const { ada, grace } = await adaAndGrace(browser, notified, server.url, false);
  await openTab(notified, server.url);
  const pages = notified.context.pages().length;
  const told = () => notified.told();
  await expect(chatRow(ada, GRACE)).toHaveAccessibleName(/1 unread/);

  notified.press(GRACE, "Mark as read");
  await expect(chatRow(ada, GRACE)).not.toHaveAccessibleName(/unread/);
  await expect(messages(grace.page, ADA).last()).toHaveAccessibleName(/Read/);
  await expect.poll(told).toEqual([]);

  await say(grace.page, ADA, "And now?");
  await expect.poll(told).toEqual([{ title: GRACE, body: "And now?" }]);
  notified.press(GRACE, "Mute for 1 hour");
  await expect(chatRow(ada, GRACE)).toHaveAccessibleName(/[Mm]uted/);
  await expect.poll(told).toEqual([]);
  const count = notified.shownCount();
  await say(grace.page, ADA, "Nobody hears this");
  await expect(chatRow(ada, GRACE)).toHaveAccessibleName(/Nobody hears this/);
  expect(notified.shownCount()).toBe(count);
  await expect(conversation(ada, GRACE)).toBeHidden();
  expect(notified.context.pages()).toHaveLength(pages);
});

test("V54: a reply in place is sent once, with windows open and with none", async ({ browser }) => {
  await using server = await startServer();
  await using notified = await startNotifiedBrowser(server.url);
  const { grace } = await adaAndGrace(browser, notified, server.url);
  const labels = notified.shown().flatMap(({ actions }) => actions.map(([, label]) => label));
  test.skip(!labels.includes("Reply"), "this browser takes no replies in place");
  await openTab(notified, server.url);
  const fromAda = (text: string) => messageWithText(grace.page, ADA, text);

  notified.reply(GRACE, "Yes, I am");
  await expect(fromAda("Yes, I am")).toHaveCount(1);
  const told = () => notified.told();
  await expect.poll(told).toEqual([]);

  await say(grace.page, ADA, "Good");
  await expect.poll(told).toEqual([{ title: GRACE, body: "Good" }]);
  await notified.closeWindows();
  const opened = notified.context.waitForEvent("page");
  notified.reply(GRACE, "Is it?");
  const page = await opened;
  await expect(fromAda("Is it?")).toHaveCount(1);
  await expectOnline(page);
  await page.reload();
  await expectOnline(page);
  await say(grace.page, ADA, "It is");
  await expect(chatRow(page, GRACE)).toHaveAccessibleName(/It is/);
  await expect(fromAda("Yes, I am")).toHaveCount(1);
  await expect(fromAda("Is it?")).toHaveCount(1);
});

test("V51: read on another device, a notification is withdrawn, also when it was read while no window was open", async ({
  browser,
}) => {
  await using server = await startServer();
  await using notified = await startNotifiedBrowser(server.url);
  const { grace } = await adaAndGrace(browser, notified, server.url);
  const phone = await signIn(browser, server.url, { ...grace, name: ADA, handle: "ada" });
  const told = () => notified.told();
  await chatRow(phone.page, GRACE).click();
  await expect(conversation(phone.page, GRACE)).toBeVisible();
  await expect.poll(told).toEqual([]);

  await lookAway(phone.page);
  await say(grace.page, ADA, "One more");
  await expect.poll(told).toEqual([{ title: GRACE, body: "One more" }]);
  await notified.closeWindows();
  await phone.page.reload();
  await expect(messageWithText(phone.page, GRACE, "One more")).toBeVisible();
  await expect(messages(grace.page, ADA).last()).toHaveAccessibleName(/Read/);
  await openTab(notified, server.url);
  await expect.poll(told).toEqual([]);
});

test("V52: the test button says what the system did, and a click on it comes back to the app", async ({
  browser,
}) => {
  await using server = await startServer();
  await using notified = await startNotifiedBrowser(server.url);
  const { ada } = await adaAndGrace(browser, notified, server.url);
  await ada.keyboard.press("Control+,");
  const dialog = ada.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: "Notifications" }).click();
  await expect(dialog.getByText("Allowed by the browser.")).toBeVisible();
  await dialog.getByRole("button", { name: "Try it" }).click();
  await expect(dialog.getByText("The system showed it.")).toBeVisible();
  const title = "Parley can notify you";
  const body = "This is what a new message looks like.";
  await expect.poll(() => notified.told()).toContainEqual({ title, body });
  const pages = notified.context.pages().length;
  notified.click(title);
  await expect.poll(() => notified.told()).not.toContainEqual({ title, body });
  expect(notified.context.pages()).toHaveLength(pages);
});

test("V54: the browser is asked by a click alone; its refusal is said in settings and with the chat", async ({
  browser,
}) => {
  await using server = await startServer();
  const { context, page } = await openApp(browser, server.url);
  // A browser without a screen refuses by itself: asked is what a page sees of it.
  await context.addInitScript(() => {
    let answer: NotificationPermission = "default";
    let asked = 0;
    Object.defineProperty(Notification, "permission", { get: () => answer });
    Notification.requestPermission = () => {
      asked += 1;
      answer = "denied";
      return Promise.resolve(answer);
    };
    Object.assign(window, { askedCount: () => asked });
  });
  await page.reload();
  await createAccount(page, ADA, "ada");
  const grace = await signUp(browser, server.url, GRACE, "grace");
  await startDirectChat(grace.page, ADA);
  await say(grace.page, ADA, "Are you there?");
  await expect(chatRow(page, GRACE)).toHaveAccessibleName(/Are you there/);
  const asked = () => page.evaluate<number>("askedCount()");
  expect(await asked()).toBe(0);

  await page.keyboard.press("Control+,");
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: "Notifications" }).click();
  await dialog.getByRole("button", { name: "Allow" }).click();
  await expect(dialog.getByText("Blocked by the browser.")).toBeVisible();
  expect(await asked()).toBe(1);
  await expect(dialog.getByRole("button", { name: "Allow" })).toBeHidden();
  await dialog.getByRole("button", { name: "Try it" }).click();
  await expect(
    dialog.getByText(/not allowed|does not let|doesn't let|Blocked/).last(),
  ).toBeVisible();
  await page.keyboard.press("Escape");

  await expectRefused(page);
  // The worker that decided goes with its last window; what is not kept by then is lost.
  await expect.poll(() => keptDecisions(page)).toBe(1);
  await page.close();
  const later = await context.newPage();
  await later.goto(server.url);
  await expectOnline(later);
  await expectRefused(later);
});

/** Of how many chats decisions are kept on this device. */
function keptDecisions(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const asDone = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
      });
    const database = await asDone(indexedDB.open("parley-host"));
    const entries = database.transaction("entries").objectStore("entries");
    const keys = await asDone(entries.getAllKeys(IDBKeyRange.bound("decisions:", "decisions;")));
    database.close();
    return keys.length;
  });
}

/** Asks in the details of Grace's chat why her one message was not notified. */
async function expectRefused(page: Page): Promise<void> {
  await chatRow(page, GRACE).click();
  await conversation(page, GRACE).getByRole("button", { name: "Chat menu" }).click();
  await page.getByRole("menuitem", { name: /details/i }).click();
  await page.getByRole("button", { name: "Why wasn't I notified?" }).click();
  const decisions = page
    .getByRole("list", { name: "Why wasn't I notified?" })
    .getByRole("listitem");
  await expect(decisions).toContainText(["Not notified: notifications are not allowed."]);
}

test("S9: badge, title and list say the same, through arriving, a reload, reading and signing out", async ({
  browser,
}) => {
  await using server = await startServer();
  const { context, page } = await openApp(browser, server.url);
  // An installed app has a badge; here its calls are kept.
  await context.addInitScript(() => {
    const drawn: number[] = [];
    Object.assign(navigator, {
      setAppBadge: async (count: number) => void drawn.push(count),
      clearAppBadge: async () => void drawn.push(0),
    });
    Object.assign(window, { drawnBadges: drawn });
  });
  await page.reload();
  await createAccount(page, ADA, "ada");
  const grace = await signUp(browser, server.url, GRACE, "grace");
  await startDirectChat(grace.page, ADA);
  const badge = () => page.evaluate<number>("drawnBadges.at(-1) ?? 0");
  for (let count = 1; count <= 3; count++) {
    await say(grace.page, ADA, `Message ${count}`);
    await expect.poll(badge).toBe(count);
    await expect(page).toHaveTitle(`(${count}) Parley`);
    await expect(chatRow(page, GRACE)).toHaveAccessibleName(new RegExp(`\\b${count} unread`));
  }
  await page.reload();
  await expect.poll(badge).toBe(3);
  // It never showed less meanwhile.
  expect(await page.evaluate<number[]>("drawnBadges")).toEqual([3]);
  await expect(page).toHaveTitle("(3) Parley");
  await chatRow(page, GRACE).click();
  await expect.poll(badge).toBe(0);
  await expect(page).toHaveTitle("Parley");

  await chatRow(page, "Notes to self").click();
  await say(grace.page, ADA, "One more");
  await expect.poll(badge).toBe(1);
  await page.keyboard.press("Control+,");
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: "Profile" }).click();
  await dialog.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
  await expect.poll(badge).toBe(0);
  await expect(page).toHaveTitle("Parley");
});
