import { expect, type Locator, type Page, test } from "@playwright/test";

import { expectAccessible, expectAccessibleInBoth, tabTo } from "../support/access.ts";
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
import { SETTINGS_SECTIONS } from "../support/settings-sections.ts";

// Every look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

const MARA = { name: "Mara Lindqvist", handle: "mara", password: "blue-door-14" };
const GROUP = "Mill Lane 14";
const FRIEND = "Tomás Ferreira";

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on any main screen, ${colorScheme}`, async ({ browser }) => {
    test.setTimeout(600_000);
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
  await page.getByRole("button", { name: "Why wasn't I notified?" }).click();
  await expect(page.getByText(/^Nothing was decided|^The last decisions/)).toBeVisible();
  await expectAccessible(page, "details, with why one was not notified");
  await expectSettings(page);

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

/** Every section, the quiet hours, the search, and what the settings leave above the chats. */
async function expectSettings(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  const others = SETTINGS_SECTIONS.filter((section) => section !== "Notifications");
  for (const section of [...others, "Notifications"]) {
    await dialog.getByRole("button", { name: section, exact: true }).click();
    await expect(dialog.getByRole("heading", { name: section, exact: true })).toBeVisible();
    await expectAccessible(page, `settings, ${section}`);
  }
  await dialog.getByRole("switch", { name: /^Quiet hours/ }).click();
  await expect(dialog.getByLabel("From, Monday")).toBeVisible();
  await dialog.getByRole("combobox", { name: /^Pause/ }).selectOption("For 1 hour");
  await expectAccessible(page, "settings, quiet hours and a pause");
  const search = dialog.getByRole("searchbox");
  await search.fill("mute");
  await expect(dialog.getByRole("group", { name: "Found settings" })).toBeVisible();
  await expectAccessible(page, "settings, found");
  await search.fill("xyzzy");
  await expectAccessible(page, "settings, nothing found");
  await search.fill("");
  await page.keyboard.press("Escape");
  await expect(chatList(page).getByText(/^Notifications paused until/)).toBeVisible();
  await expectAccessible(page, "notifications paused");
  await chatList(page).getByRole("button", { name: "Resume" }).click();
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
  await expect(page.getByRole("textbox", { name: "Handle" })).toBeFocused();
  await keys.press("Shift+Tab");
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
  await expect(dialog("Command palette")).toBeVisible();
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

/**
 * Chooses in a select that has the focus by one letter, again and again: of several letters one that comes
 * late begins another word.
 */
async function chooseBy(
  page: Page,
  letter: string,
  select: Locator,
  wanted: string | RegExp,
): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(letter);
    await expect(select.locator("option:checked")).toHaveText(wanted, { timeout: 1_000 });
  }).toPass();
}

test("notifications without a mouse: pause, quiet hours, one chat's own, and why there was none", async ({
  browser,
}) => {
  await using server = await startServer({ args: ["--demo"] });
  const { page } = await signIn(browser, server.url, MARA);
  const keys = page.keyboard;
  const palette = page.getByRole("dialog", { name: "Command palette" });
  const settings = page.getByRole("dialog", { name: "Settings" });
  const command = async (words: string): Promise<void> => {
    await keys.press("Control+k");
    await expect(palette).toBeVisible();
    await keys.type(words);
    await keys.press("Enter");
    await expect(palette).toBeHidden();
  };
  await command("Mill");
  await expect(composer(page, GROUP)).toBeFocused();

  const search = settings.getByRole("searchbox");
  await keys.press("Control+,");
  await expect(search).toBeFocused();
  await keys.type("snooze");
  await keys.press("Enter");
  const pause = settings.getByRole("combobox", { name: /^Pause notifications/ });
  await expect(pause).toBeFocused();
  await chooseBy(page, "f", pause, /^Until /);
  await keys.press("Escape");
  await expect(settings).toBeHidden();
  await expect(composer(page, GROUP)).toBeFocused();
  const paused = chatList(page).getByText(/^Notifications paused until/);
  await expect(paused).toBeVisible();
  await keys.press("Control+Shift+f");
  await expect(chatList(page).getByRole("searchbox", { name: "Search" })).toBeFocused();
  await tabTo(page, chatList(page).getByRole("button", { name: "Resume" }));
  await keys.press("Enter");
  await expect(paused).toBeHidden();
  await expect(chatList(page).getByRole("searchbox", { name: "Search" })).toBeFocused();

  // The arrows go through what was found; quiet hours are set without leaving the keys.
  await keys.press("Control+,");
  await expect(search).toBeFocused();
  await keys.type("night");
  const found = settings.getByRole("button", { name: /^Quiet hours/ });
  await expect(found).toBeVisible();
  await keys.press("ArrowDown");
  await expect(found).toBeFocused();
  await keys.press("ArrowUp");
  await expect(search).toBeFocused();
  await keys.press("ArrowDown");
  await expect(found).toBeFocused();
  await keys.press("Enter");
  const quiet = settings.getByRole("switch", { name: /^Quiet hours/ });
  await expect(quiet).toBeFocused();
  await keys.press("Space");
  await expect(quiet).toBeChecked();
  const from = settings.getByLabel("From, Monday");
  await tabTo(page, from);
  await keys.type("0915PM");
  await expect(from).toHaveValue("21:15");
  await tabTo(page, settings.getByLabel(/begin on Tuesday/));
  await keys.press("Space");
  await expect(settings.getByLabel("From, Tuesday")).toHaveCount(0);
  await tabTo(page, settings.getByRole("button", { name: "Try it" }));
  await keys.press("Enter");
  const tried = settings.getByRole("button", { name: "Try it" });
  await expect(tried).not.toHaveAttribute("aria-busy", "true");
  await expect(tried).toBeFocused();
  await keys.press("Escape");
  await expect(settings).toBeHidden();
  await keys.press("Control+,");
  await settings.getByRole("button", { name: "Notifications" }).press("Enter");
  await expect(from).toHaveValue("21:15");
  await keys.press("Escape");

  await command("Mill");
  await expect(composer(page, GROUP)).toBeFocused();
  await command("Details");
  const details = page.getByRole("complementary", { name: "Details" });
  await expect(details.getByRole("button", { name: "Close" })).toBeFocused();
  const sound = details.getByRole("combobox", { name: "Sound" });
  await tabTo(page, sound);
  await chooseBy(page, "n", sound, "No sound");
  const preview = details.getByRole("combobox", { name: "Preview" });
  await tabTo(page, preview);
  await chooseBy(page, "n", preview, "Name only");
  const why = details.getByRole("button", { name: "Why wasn't I notified?" });
  await tabTo(page, why);
  await keys.press("Enter");
  await expect(why).toHaveAttribute("aria-expanded", "true");
  await expectAccessibleInBoth(page, "details of a chat with notifications of its own");
  await keys.press("Escape");
  await expect(details).toBeHidden();
  await expect(composer(page, GROUP)).toBeFocused();
  await command("Details");
  await expect(sound.locator("option:checked")).toHaveText("No sound");
  await expect(preview.locator("option:checked")).toHaveText("Name only");
});
