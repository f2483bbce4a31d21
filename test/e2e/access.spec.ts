import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

import {
  chatList,
  chatRow,
  composer,
  conversation,
  messageWithText,
  openApp,
  say,
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
    test.setTimeout(300_000);
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
  await expectChangedMessages(page);
  await expectFlaggedChats(page);

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

/** Reactions, an edit, a mention, a tombstone, and what leads to them. */
async function expectChangedMessages(page: Page): Promise<void> {
  const choose = async (text: string, role: "menuitem" | "menuitemcheckbox", name: string) => {
    await messageWithText(page, GROUP, text).click({ button: "right" });
    await page.getByRole(role, { name }).click();
  };
  const box = composer(page, GROUP);
  // A click: where the focus came by itself, sending asks first.
  await box.click();
  await say(page, GROUP, "To be deleted");
  await choose("To be deleted", "menuitem", "Delete for everyone");
  const dialog = page.getByRole("dialog", { name: "Delete for everyone?" });
  await expect(dialog).toBeVisible();
  await expectAccessible(page, "delete for everyone");
  await dialog.getByRole("button", { name: "Delete for everyone" }).click();
  await box.pressSequentially("With @");
  await expect(page.getByRole("listbox", { name: "People to mention" })).toBeVisible();
  await expectAccessible(page, "mention list");
  await box.press("Enter");
  await box.press("Enter");
  await say(page, GROUP, "To be mended");
  await choose("To be mended", "menuitemcheckbox", "React with 👍");
  await choose("To be mended", "menuitem", "Edit");
  await expectAccessible(page, "composer that edits");
  await box.fill("Mended");
  await box.press("Enter");
  const mended = messageWithText(page, GROUP, "Mended");
  await expect(mended).toHaveAccessibleName(/Edited.*(Sent|Delivered)/);
  await mended.getByRole("button", { name: "👍 1 from You" }).focus();
  await expectAccessible(page, "changed messages, and who reacted");
}

/** A chat that is pinned and muted, the archive, and a blocked person. */
async function expectFlaggedChats(page: Page): Promise<void> {
  const chatMenu = async (title: string, ...lines: string[]) => {
    await conversation(page, title).getByRole("button", { name: "Chat menu" }).click();
    for (const name of lines) await page.getByRole("menuitem", { name, exact: true }).click();
  };
  await chatMenu(GROUP, "Mute");
  await expect(page.getByRole("menuitem", { name: "For 1 hour" })).toBeVisible();
  await expectAccessible(page, "mute menu");
  await page.getByRole("menuitem", { name: "For 1 hour" }).click();
  await chatMenu(GROUP, "Pin");
  await chatRow(page, "Notes to self").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await chatMenu(FRIEND, "Block");
  const dialog = page.getByRole("dialog", { name: `Block ${FRIEND}?` });
  await expect(dialog).toBeVisible();
  await expectAccessible(page, "block");
  await dialog.getByRole("button", { name: "Block" }).click();
  await expect(conversation(page, FRIEND).getByText(/You blocked/)).toBeVisible();
  await expect(chatRow(page, GROUP)).toHaveAccessibleName(/muted.*pinned/);
  await expectAccessible(page, "pinned, muted, archived, blocked");
  await page.getByRole("button", { name: "1 archived chat" }).click();
  await expect(page.getByRole("heading", { name: "Archived" })).toBeVisible();
  await expectAccessible(page, "archive");
  await page.getByRole("button", { name: "Back to all chats" }).click();
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
