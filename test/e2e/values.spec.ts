import { expect, type Locator, type Page, test } from "@playwright/test";
import {
  chatList,
  chatRow,
  composer,
  conversation,
  createGroup,
  messageWithText,
  say,
  signIn,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { ANA, JONAS, openDirectChat, secondDevice, signUpTwo } from "../support/two-people.ts";

const GROUP = "Saturday climbers";

/** Chooses in the menu of a chat's row. */
async function inRow(page: Page, title: string, ...lines: string[]): Promise<void> {
  await chatRow(page, title).click({ button: "right" });
  for (const line of lines) await page.getByRole("menuitem", { name: line, exact: true }).click();
}

/** Chooses in the menu of an open chat. */
async function inChat(page: Page, title: string, ...lines: string[]): Promise<void> {
  await conversation(page, title).getByRole("button", { name: "Chat menu" }).click();
  for (const line of lines) await page.getByRole("menuitem", { name: line, exact: true }).click();
}

function firstRow(page: Page): Locator {
  return chatList(page).getByRole("option").first();
}

test("S1: a muted and a pinned chat show so on the own second device, and can be set back there", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana } = await signUpTwo(browser, server.url);
  await startDirectChat(ana.page, JONAS);
  await say(ana.page, JONAS, "First");
  await createGroup(ana.page, GROUP, [JONAS]);
  await say(ana.page, GROUP, "Second");
  const phone = await signIn(browser, server.url, ana);
  await expect(firstRow(phone.page)).toHaveAccessibleName(new RegExp(`^${GROUP}`));

  await inRow(ana.page, JONAS, "Pin");
  for (const { page } of [ana, phone]) {
    await expect(firstRow(page)).toHaveAccessibleName(new RegExp(`^${JONAS}.*pinned`));
  }
  await say(ana.page, GROUP, "Third");
  await expect(firstRow(ana.page)).toHaveAccessibleName(new RegExp(`^${JONAS}`));

  await inChat(ana.page, GROUP, "Mute", "For 8 hours");
  for (const { page } of [ana, phone]) {
    await expect(chatRow(page, GROUP)).toHaveAccessibleName(/muted/);
  }
  await inRow(phone.page, GROUP, "Unmute");
  await inRow(phone.page, JONAS, "Unpin");
  for (const { page } of [ana, phone]) {
    await expect(chatRow(page, GROUP)).not.toHaveAccessibleName(/muted/);
    await expect(firstRow(page)).toHaveAccessibleName(new RegExp(`^${GROUP}`));
  }
});

test("S1: an archived chat has a list of its own on all devices and stays there when messages come", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await startDirectChat(jonas.page, ANA);
  await say(jonas.page, ANA, "Hello");
  await expect(chatRow(ana.page, JONAS)).toBeVisible();
  const phone = await signIn(browser, server.url, ana);
  await expect(chatRow(phone.page, JONAS)).toBeVisible();

  await inRow(ana.page, JONAS, "Archive");
  for (const { page } of [ana, phone]) {
    await expect(chatRow(page, JONAS)).toHaveCount(0);
    await expect(page.getByRole("button", { name: "1 archived chat, 1 unread" })).toBeVisible();
  }
  await say(jonas.page, ANA, "Are you there?");
  await expect(ana.page).toHaveTitle("(2) Parley");
  await expect(chatRow(ana.page, JONAS)).toHaveCount(0);

  await ana.page.getByRole("button", { name: "1 archived chat, 1 unread" }).click();
  await expect(ana.page.getByRole("heading", { name: "Archived" })).toBeVisible();
  await expect(chatRow(ana.page, JONAS)).toHaveAccessibleName(/2 unread/);
  await chatRow(ana.page, JONAS).click();
  await expect(messageWithText(ana.page, JONAS, "Are you there?")).toBeVisible();
  await ana.page.getByRole("button", { name: "Back to all chats" }).click();
  await expect(ana.page.getByRole("heading", { name: "Chats" })).toBeVisible();
  await expect(
    ana.page.getByRole("button", { name: "1 archived chat", exact: true }),
  ).toBeVisible();

  await inChat(ana.page, JONAS, "Unarchive");
  for (const { page } of [ana, phone]) {
    await expect(chatRow(page, JONAS)).toBeVisible();
    await expect(page.getByRole("button", { name: /archived chat/ })).toHaveCount(0);
  }
});

test("S1: a draft shows on the own second device, in the list and in the field, and is gone there once it is sent", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana } = await signUpTwo(browser, server.url);
  await startDirectChat(ana.page, JONAS);
  const phone = await secondDevice(browser, server.url, ana, JONAS);
  await expect(composer(phone.page, JONAS)).toBeFocused();

  await composer(ana.page, JONAS).fill("Half a thought");
  await composer(ana.page, JONAS).blur();
  await expect(chatRow(phone.page, JONAS)).toHaveAccessibleName(/Draft: Half a thought/);
  await expect(composer(phone.page, JONAS)).toHaveValue("Half a thought");

  await composer(phone.page, JONAS).press("Enter");
  await expect(messageWithText(ana.page, JONAS, "Half a thought")).toBeVisible();
  await expect(composer(ana.page, JONAS)).toHaveValue("");
  await expect(chatRow(ana.page, JONAS)).not.toHaveAccessibleName(/Draft/);
});

test("V33: a blocked person's messages are refused with the reason, and both devices say so until unblocked", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await openDirectChat(ana, jonas, "Hello");
  const phone = await secondDevice(browser, server.url, ana, JONAS);

  await inChat(ana.page, JONAS, "Block");
  const dialog = ana.page.getByRole("dialog", { name: "Block Jonas Okafor?" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Block" }).click();
  for (const { page } of [ana, phone]) {
    await expect(conversation(page, JONAS).getByText(/You blocked Jonas Okafor/)).toBeVisible();
    await expect(composer(page, JONAS)).toHaveCount(0);
  }

  await say(jonas.page, ANA, "Why so quiet?");
  const refused = messageWithText(jonas.page, ANA, "Why so quiet?");
  await expect(refused).toHaveAccessibleName(/Failed/);
  await expect(refused).toContainText("This person does not take messages from you.");
  await expect(messageWithText(ana.page, JONAS, "Why so quiet?")).toHaveCount(0);

  await conversation(phone.page, JONAS).getByRole("button", { name: "Unblock" }).click();
  for (const { page } of [ana, phone]) await expect(composer(page, JONAS)).toBeVisible();
  await refused.getByRole("button", { name: "Retry" }).click();
  await expect(refused).toHaveAccessibleName(/Delivered|Read/);
  for (const { page } of [ana, phone]) {
    await expect(messageWithText(page, JONAS, "Why so quiet?")).toBeVisible();
  }
});
