import { expect, type Locator, type Page, test } from "@playwright/test";

import { expectAccessibleInBoth, tabTo } from "../support/access.ts";
import {
  chatList,
  chatRow,
  composer,
  conversation,
  expectOnline,
  messages,
  messageWithText,
  say,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { cutOff } from "../support/two-people.ts";

// Every look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

const JONAS = "Jonas Okafor";

/** Opens the settings at one section. */
async function settingsAt(page: Page, section: string): Promise<Locator> {
  await page.keyboard.press("Control+,");
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("button", { name: section, exact: true }).click();
  return dialog;
}

test("settings: found and changed by the keyboard alone, kept over a reload", async ({
  browser,
}) => {
  await using server = await startServer();
  const { page } = await signUp(browser, server.url, "Ana Ribeiro", "ana");
  await page.keyboard.press("Control+,");
  const dialog = page.getByRole("dialog", { name: "Settings" });
  const search = dialog.getByRole("searchbox", { name: "Search settings" });
  await expect(search).toBeFocused();
  await page.keyboard.type("quiet");
  await page.keyboard.press("Enter");
  const quiet = dialog.getByRole("switch", { name: /^Quiet hours/ });
  await expect(quiet).toBeFocused();
  await page.keyboard.press("Space");
  await expect(quiet).toBeChecked();
  await expect(dialog.getByLabel("From, Monday")).toHaveValue("22:00");
  await expectAccessibleInBoth(page, "settings, quiet hours");
  await page.reload();
  await expect(chatList(page)).toBeVisible();
  await page.keyboard.press("Control+,");
  await dialog.getByRole("button", { name: "Notifications" }).click();
  await expect(quiet).toBeChecked();
  // Esc empties the search first, then closes.
  await search.fill("sound");
  await page.keyboard.press("Escape");
  await expect(search).toHaveValue("");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

test("a chat popped out in the browser is alone in its window, and talks", async ({ browser }) => {
  await using server = await startServer();
  const { page, context } = await signUp(browser, server.url, "Ana Ribeiro", "ana");
  await signUp(browser, server.url, JONAS, "jonas");
  await startDirectChat(page, JONAS);
  await expect(composer(page, JONAS)).toBeFocused();
  const opening = context.waitForEvent("page");
  await page.keyboard.press("Alt+o");
  const popped = await opening;
  await expect(conversation(popped, JONAS)).toBeVisible();
  await expect(popped.getByRole("navigation", { name: "Chats" })).toHaveCount(0);
  // All of it by keys: writing, its menu, and back.
  await popped.bringToFront();
  const box = composer(popped, JONAS);
  await expect(box).toBeFocused();
  await popped.keyboard.type("From the small window");
  await popped.keyboard.press("Enter");
  await expect(box).toHaveValue("");
  const menu = popped.getByRole("button", { name: "Chat menu" });
  await tabTo(popped, menu, "Shift+Tab");
  await popped.keyboard.press("Enter");
  await expect(popped.getByRole("menu")).toBeVisible();
  await popped.keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await expect(messageWithText(page, JONAS, "From the small window")).toBeVisible();
  await expectAccessibleInBoth(popped, "a chat alone");
  await popped.reload();
  await expect(messageWithText(popped, JONAS, "From the small window")).toBeVisible();
});

test("Enter makes a new line in every open window once one of them has set it so, and after a reload", async ({
  browser,
}) => {
  await using server = await startServer();
  const { page, context } = await signUp(browser, server.url, "Ana Ribeiro", "ana");
  await signUp(browser, server.url, JONAS, "jonas");
  await startDirectChat(page, JONAS);
  await say(page, JONAS, "one line");
  const other = await context.newPage();
  await other.goto(server.url);
  await chatRow(other, JONAS).click();
  const box = composer(other, JONAS);
  await expect(box).toBeFocused();

  const dialog = await settingsAt(page, "Chats");
  await dialog.getByRole("switch", { name: /^Enter sends/ }).click();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await other.bringToFront();
  const listed = await settingsAt(other, "Chats");
  await expect(listed.getByRole("switch", { name: /^Enter sends/ })).not.toBeChecked();
  await other.keyboard.press("Escape");
  await expect(box).toBeFocused();
  await other.keyboard.type("first");
  await other.keyboard.press("Enter");
  await other.keyboard.type("second");
  await expect(box).toHaveValue("first\nsecond");
  await other.keyboard.press("Control+Enter");
  await expect(box).toHaveValue("");
  await expect(messages(page, JONAS)).toHaveCount(2);

  await page.reload();
  await page.bringToFront();
  const again = composer(page, JONAS);
  await again.click();
  await page.keyboard.press("Enter");
  await expect(again).toHaveValue("\n");
});

test("S6, S11: the cache is rebuilt from the settings; what waits in another window and a draft stay", async ({
  browser,
}) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const { page, context } = await signUp(browser, proxy.url, "Ana Ribeiro", "ana");
  const jonas = await signUp(browser, server.url, JONAS, "jonas");
  await startDirectChat(page, JONAS);
  for (let n = 1; n <= 3; n++) await say(page, JONAS, `message ${n}`);
  await expect(messageWithText(page, JONAS, "message 3")).toHaveAccessibleName(/Delivered/);
  const other = await context.newPage();
  await other.goto(proxy.url);
  await chatRow(other, JONAS).click();
  await expect(messages(other, JONAS)).toHaveCount(3);

  const dialog = await settingsAt(page, "Storage");
  const rebuild = dialog.getByRole("button", { name: "Rebuild…" });
  const asked = page.getByRole("dialog", { name: "Rebuild the cache?" });
  const agree = asked.getByRole("button", { name: "Rebuild", exact: true });
  await rebuild.click();
  await agree.click();
  await expect(dialog.getByText("Done: 5 messages and changes in 2 chats.")).toBeVisible();

  // Asked while there was a connection, agreed to when there is none any more.
  await rebuild.click();
  await cutOff(other, proxy);
  await say(other, JONAS, "Written meanwhile");
  await composer(other, JONAS).fill("A draft that stays");
  await agree.click();
  await expect(dialog.getByText("Goes on when Parley is connected again.")).toBeVisible();
  await proxy.restore();
  await expect(dialog.getByText(/^Done/)).toBeVisible();
  await expectOnline(other);
  for (const each of [page, other]) {
    await expect(messageWithText(each, JONAS, "Written meanwhile")).toHaveAccessibleName(
      /Delivered/,
    );
    await expect(messages(each, JONAS)).toHaveCount(4);
  }
  await expect(composer(other, JONAS)).toHaveValue("A draft that stays");
  await chatRow(jonas.page, "Ana Ribeiro").click();
  await expect(messages(jonas.page, "Ana Ribeiro")).toHaveCount(4);
});
