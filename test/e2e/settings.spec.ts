import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

import {
  chatList,
  composer,
  conversation,
  messageWithText,
  say,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";

// Every look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

const JONAS = "Jonas Okafor";

async function expectAccessible(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(
    violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target.join(" "))]),
    screen,
  ).toEqual([]);
}

test("settings: found and changed by the keyboard alone, kept over a reload, axe in both looks", async ({
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
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const section of ["Profile", "Notifications", "Appearance", "Keyboard", "About"]) {
      await dialog.getByRole("button", { name: section, exact: true }).click();
      await expect(dialog.getByRole("heading", { name: section, exact: true })).toBeVisible();
      await expectAccessible(page, `${section}, ${colorScheme}`);
    }
  }

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
  await say(popped, JONAS, "From the small window");
  await expect(messageWithText(page, JONAS, "From the small window")).toBeVisible();
  await expectAccessible(popped, "a chat alone");
  await popped.reload();
  await expect(messageWithText(popped, JONAS, "From the small window")).toBeVisible();
});
