import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

import {
  chatList,
  chatRow,
  composer,
  conversation,
  messageWithText,
  openApp,
  signIn,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";

// Every look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

const MARA = { name: "Mara Lindqvist", handle: "mara", password: "blue-door-14" };
const GROUP = "Mill Lane 14";
const FRIEND = "Tomás Ferreira";

/** Nothing at all: neither rules of a standard nor of good practice. */
async function expectAccessible(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = violations.map(({ id, nodes }) => ({
    rule: id,
    where: nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary ?? ""}`),
  }));
  expect(found, screen).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on any main screen, ${colorScheme}`, async ({ browser }) => {
    test.setTimeout(60_000);
    await using server = await startServer({ args: ["--demo"] });
    const { page, context } = await openApp(browser, server.url);
    await page.emulateMedia({ colorScheme });
    await expect(page.getByRole("img", { name: "Server found" })).toBeVisible();
    await expectAccessible(page, "sign-in");
    await page.getByRole("textbox", { name: "Handle" }).fill("mara");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("Enter your password.")).toBeVisible();
    await expectAccessible(page, "sign-in with an error");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByText("Enter the name others will see.")).toBeVisible();
    await expectAccessible(page, "create account with errors");
    await context.close();

    const mara = await signIn(browser, server.url, MARA);
    await mara.page.emulateMedia({ colorScheme });
    await expectMainScreens(mara.page);
  });
}

async function expectMainScreens(page: Page): Promise<void> {
  await expectAccessible(page, "chat list, nothing open");
  await chatRow(page, GROUP).click();
  await expect(conversation(page, GROUP).getByText(/new messages/)).toBeVisible();
  await chatRow(page, FRIEND).focus();
  await page.keyboard.press("Control+Enter");
  await expect(composer(page, FRIEND)).toBeFocused();
  await composer(page, FRIEND).fill("A draft");
  await expectAccessible(page, "two panes with a draft");

  await messageWithText(page, FRIEND, "It's my pension").click({ button: "right" });
  await expect(page.getByRole("menu")).toBeVisible();
  await expectAccessible(page, "message menu");
  await page.getByRole("menuitem", { name: "Info" }).click();
  await expect(page.getByRole("dialog", { name: "Message info" })).toBeVisible();
  await expectAccessible(page, "message info");
  await page.keyboard.press("Escape");

  await page.keyboard.press("Alt+n");
  const dialog = page.getByRole("dialog", { name: "New chat" });
  await expect(dialog.getByRole("option").first()).toBeVisible();
  await expectAccessible(page, "new chat");
  await dialog.getByRole("button", { name: "New group" }).click();
  await dialog.getByRole("option").first().click();
  await expectAccessible(page, "new group");
  await page.keyboard.press("Escape");

  await conversation(page, GROUP).getByRole("button", { name: "Chat menu" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectAccessible(page, "chat menu");
  await page.getByRole("menuitem", { name: "Details" }).click();
  await expect(page.getByRole("heading", { name: "Details" })).toBeVisible();
  await expectAccessible(page, "details");

  await page.getByRole("button", { name: "Settings" }).click();
  for (const section of ["Profile", "Appearance", "Keyboard", "About"]) {
    await page.getByRole("button", { name: section, exact: true }).click();
    await expect(page.getByRole("heading", { name: section, exact: true })).toBeVisible();
    await expectAccessible(page, `settings, ${section}`);
  }
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
  await expectAccessible(page, "command palette");
  await page.keyboard.press("Escape");

  await page.setViewportSize({ width: 420, height: 800 });
  await expectAccessible(page, "one column, conversation");
  await page.getByRole("button", { name: "Back to chats" }).click();
  await expect(chatList(page)).toBeVisible();
  await expectAccessible(page, "one column, list");
}

test("everything without a mouse: sign in, open, write, open beside, menu, info, settings, back", async ({
  browser,
}) => {
  await using server = await startServer({ args: ["--demo"] });
  const { page } = await openApp(browser, server.url);
  const keys = page.keyboard;
  const dialog = (name: string) => page.getByRole("dialog", { name });

  await expect(page.getByRole("img", { name: "Server found" })).toBeVisible();
  await keys.press("Tab");
  await expect(page.getByRole("textbox", { name: "Server" })).toBeFocused();
  await keys.press("Tab");
  await keys.type(MARA.handle);
  await keys.press("Tab");
  await keys.type(MARA.password);
  await keys.press("Enter");
  await expect(chatRow(page, GROUP)).toBeVisible();

  await keys.press("Control+k");
  await expect(dialog("Command palette")).toBeVisible();
  await keys.type("Mill");
  await keys.press("Enter");
  await expect(composer(page, GROUP)).toBeFocused();
  await keys.type("Written without a mouse");
  await keys.press("Enter");
  const written = messageWithText(page, GROUP, "Written without a mouse");
  await expect(written).toHaveAccessibleName(/Sent/);

  await keys.press("Control+\\");
  await expect(dialog("Command palette")).toBeVisible();
  await keys.type("Tom");
  await keys.press("Enter");
  await expect(composer(page, FRIEND)).toBeFocused();
  await expect(conversation(page, GROUP)).toBeVisible();

  await keys.press("Control+k");
  await keys.type("Mill");
  await keys.press("Enter");
  await expect(composer(page, GROUP)).toBeFocused();
  await expect(dialog("Command palette")).toBeHidden();
  await keys.press("Shift+F6");
  await expect(conversation(page, GROUP).getByRole("log")).toBeFocused();
  await keys.press("ArrowUp");
  await expect(written).toBeFocused();
  await keys.press("Shift+F10");
  await expect(page.getByRole("menu")).toBeVisible();
  await keys.press("End");
  await keys.press("Enter");
  await expect(dialog("Message info")).toBeVisible();
  await expect(dialog("Message info").getByText(/Stored by the server/)).toBeVisible();
  await keys.press("Escape");
  await expect(dialog("Message info")).toBeHidden();
  await expect(written).toBeFocused();
  await keys.press("Escape");
  await expect(composer(page, GROUP)).toBeFocused();

  await keys.press("Control+,");
  await expect(dialog("Settings")).toBeVisible();
  await keys.press("Escape");
  await expect(dialog("Settings")).toBeHidden();
  await expect(composer(page, GROUP)).toBeFocused();
});
