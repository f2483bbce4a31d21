import { expect, test } from "@playwright/test";

import { expectAccessibleInBoth, tabTo } from "../support/access.ts";
import {
  chatList,
  composer,
  conversation,
  messageWithText,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";

// Every look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

const JONAS = "Jonas Okafor";

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
