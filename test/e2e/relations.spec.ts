import { expect, type Locator, type Page, test } from "@playwright/test";
import {
  chatRow,
  composer,
  conversation,
  createGroup,
  messages,
  messageWithText,
  say,
  signIn,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { ANA, JONAS, openDirectChat, secondDevice, signUpTwo } from "../support/two-people.ts";

const MINA = "Mina Park";
const GROUP = "Saturday climbers";

/** Opens the menu of a message and chooses a line of it. */
async function choose(page: Page, message: Locator, line: string): Promise<void> {
  await message.click({ button: "right" });
  await page.getByRole("menuitem", { name: line }).click();
}

/** Reacts by the row of emoji in a message's menu. */
async function react(page: Page, message: Locator, emoji: string): Promise<void> {
  await message.click({ button: "right" });
  await page.getByRole("menuitemcheckbox", { name: `React with ${emoji}` }).click();
}

test("S12: an edit shows on the other person's device and on the own second one, and the draft that was there comes back", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await openDirectChat(ana, jonas, "We meat at six");
  const phone = await secondDevice(browser, server.url, ana, JONAS);
  await expect(messageWithText(phone.page, JONAS, "We meat at six")).toBeVisible();

  await composer(ana.page, JONAS).fill("A draft of mine");
  await choose(ana.page, messageWithText(ana.page, JONAS, "We meat at six"), "Edit");
  await expect(composer(ana.page, JONAS)).toHaveValue("We meat at six");
  await expect(composer(ana.page, JONAS)).toBeFocused();
  await ana.page.keyboard.press("Escape");
  await expect(composer(ana.page, JONAS)).toHaveValue("A draft of mine");
  await expect(composer(ana.page, JONAS)).toBeFocused();

  await composer(ana.page, JONAS).fill("");
  await ana.page.keyboard.press("ArrowUp");
  await expect(composer(ana.page, JONAS)).toHaveValue("We meat at six");
  await composer(ana.page, JONAS).fill("We meet at six");
  // A look at another chat does not end it.
  await chatRow(ana.page, "Notes to self").click();
  await expect(composer(ana.page, "Notes to self")).toBeFocused();
  await chatRow(ana.page, JONAS).click();
  await expect(composer(ana.page, JONAS)).toHaveValue("We meet at six");
  await composer(ana.page, JONAS).press("Enter");
  await expect(composer(ana.page, JONAS)).toHaveValue("");
  const pages: [Page, string][] = [
    [ana.page, JONAS],
    [jonas.page, ANA],
    [phone.page, JONAS],
  ];
  for (const [page, title] of pages) {
    await expect(messageWithText(page, title, "We meet at six")).toHaveAccessibleName(/Edited/);
    await expect(messages(page, title)).toHaveCount(1);
    await expect(chatRow(page, title)).toHaveAccessibleName(/We meet at six/);
  }
  await expect(messageWithText(ana.page, JONAS, "We meet at six")).toHaveAccessibleName(/Read/);
});

test("S13: a message deleted for everyone leaves a tombstone with who, and a group's admin may delete any", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await createGroup(ana.page, GROUP, [JONAS]);
  await chatRow(jonas.page, GROUP).click();
  await say(jonas.page, GROUP, "Wrong chat, sorry");
  await say(jonas.page, GROUP, "And this one too");
  const phone = await secondDevice(browser, server.url, jonas, GROUP);
  await expect(messageWithText(phone.page, GROUP, "And this one too")).toBeVisible();

  // Jonas deletes his own.
  await choose(
    jonas.page,
    messageWithText(jonas.page, GROUP, "Wrong chat, sorry"),
    "Delete for everyone",
  );
  const dialog = jonas.page.getByRole("dialog", { name: "Delete for everyone?" });
  await dialog.getByRole("button", { name: "Delete for everyone" }).click();
  await expect(dialog).toBeHidden();
  for (const { page } of [jonas, phone]) {
    await expect(messages(page, GROUP).first()).toHaveAccessibleName(/was deleted by you/);
  }
  await expect(messages(ana.page, GROUP).first()).toHaveAccessibleName(
    /was deleted by Jonas Okafor/,
  );
  await expect(messageWithText(ana.page, GROUP, "Wrong chat, sorry")).toHaveCount(0);

  // Ana owns the group; Jonas may not do the same to her.
  await choose(
    ana.page,
    messageWithText(ana.page, GROUP, "And this one too"),
    "Delete for everyone",
  );
  await ana.page
    .getByRole("dialog", { name: "Delete for everyone?" })
    .getByRole("button", { name: "Delete for everyone" })
    .click();
  for (const { page } of [jonas, phone]) {
    await expect(messages(page, GROUP).last()).toHaveAccessibleName(/was deleted by Ana Ribeiro/);
  }
  await say(ana.page, GROUP, "Mine");
  await messageWithText(jonas.page, GROUP, "Mine").click({ button: "right" });
  await expect(jonas.page.getByRole("menuitem", { name: "Info" })).toBeVisible();
  await expect(jonas.page.getByRole("menuitem", { name: "Delete for everyone" })).toHaveCount(0);
});

test("S12: reactions show as chips with who, on all devices, and the own one is taken back by choosing it again", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await openDirectChat(ana, jonas, "The key is under the mat");
  const phone = await secondDevice(browser, server.url, jonas, ANA);
  const text = "The key is under the mat";
  const atAna = messageWithText(ana.page, JONAS, text);
  const atJonas = messageWithText(jonas.page, ANA, text);
  const atPhone = messageWithText(phone.page, ANA, text);
  const chip = (message: Locator, name: string): Locator => message.getByRole("button", { name });

  await react(jonas.page, atJonas, "👍");
  await expect(chip(atAna, "👍 1 from Jonas Okafor")).toHaveText("👍1");
  await expect(chip(atJonas, "👍 1 from You")).toHaveAttribute("aria-pressed", "true");
  await expect(chip(atPhone, "👍 1 from You")).toBeVisible();

  // One joins at the chip, and it says who on hover and on focus.
  await chip(atAna, "👍 1 from Jonas Okafor").click();
  await expect(chip(atJonas, "👍 2 from You and Ana Ribeiro")).toHaveText("👍2");
  await chip(atJonas, "👍 2 from You and Ana Ribeiro").focus();

  // Chosen again it is gone, here from the second device's menu.
  await atPhone.click({ button: "right" });
  const own = phone.page.getByRole("menuitemcheckbox", { name: "Remove your 👍" });
  await expect(own).toHaveAttribute("aria-checked", "true");
  await own.click();
  await expect(chip(atAna, "👍 1 from You")).toHaveText("👍1");
  await expect(chip(atJonas, "👍 1 from Ana Ribeiro")).toHaveAttribute("aria-pressed", "false");
  await expect(chip(atPhone, "👍 1 from Ana Ribeiro")).toBeVisible();
});

test("S9: a mention is written from the list of names, stands out in the bubble, and badges the chat of whom it names", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  const mina = await signUp(browser, server.url, MINA, "mina");
  await createGroup(ana.page, GROUP, [JONAS, MINA]);
  await expect(chatRow(jonas.page, GROUP)).toBeVisible();
  const phone = await signIn(browser, server.url, jonas);

  const box = composer(ana.page, GROUP);
  await box.pressSequentially("Can @");
  const names = ana.page.getByRole("listbox", { name: "People to mention" });
  await expect(names.getByRole("option")).toHaveText([/Jonas Okafor/, /Mina Park/]);
  await box.pressSequentially("mi");
  await expect(names.getByRole("option")).toHaveText([/Mina Park/]);
  for (let n = 0; n < 2; n++) await box.press("Backspace");
  await box.press("ArrowDown");
  await expect(names.getByRole("option", { selected: true })).toHaveText(/Mina Park/);
  await box.press("ArrowUp");
  await box.press("Enter");
  await expect(box).toHaveValue("Can @Jonas Okafor ");
  await box.pressSequentially("bring the rope?");
  await box.press("Enter");

  const text = "Can @Jonas Okafor bring the rope?";
  await expect(
    messageWithText(ana.page, GROUP, text).locator("bdi.mention", { hasText: "@Jonas Okafor" }),
  ).toBeVisible();
  for (const { page } of [jonas, phone]) {
    await expect(chatRow(page, GROUP)).toHaveAccessibleName(/you were mentioned/);
  }
  await expect(chatRow(mina.page, GROUP)).toHaveAccessibleName(/1 unread/);
  await expect(chatRow(mina.page, GROUP)).not.toHaveAccessibleName(/mentioned/);
  await chatRow(jonas.page, GROUP).click();
  await expect(messageWithText(jonas.page, GROUP, text).locator("bdi.mention.is-me")).toBeVisible();
  for (const { page } of [jonas, phone]) {
    await expect(chatRow(page, GROUP)).not.toHaveAccessibleName(/mentioned/);
  }

  // Escape sends the list away; the @ stays an @.
  await box.pressSequentially("Ask @");
  await expect(names).toBeVisible();
  await box.press("Escape");
  await expect(names).toBeHidden();
  await box.press("Enter");
  await expect(messageWithText(ana.page, GROUP, "Ask @")).toBeVisible();
});

test("S12: everything of a message's menu without a mouse", async ({ browser }) => {
  await using server = await startServer();
  const { ana } = await signUpTwo(browser, server.url);
  await startDirectChat(ana.page, JONAS);
  await say(ana.page, JONAS, "Written and mended");
  const keys = ana.page.keyboard;
  const message = messages(ana.page, JONAS).last();
  await expect(message).toHaveAccessibleName(/Sent|Delivered/);

  await keys.press("Shift+F6");
  const log = conversation(ana.page, JONAS).getByRole("log");
  await expect(log).toBeFocused();
  await keys.press("ArrowUp");
  await expect(message).toBeFocused();
  await keys.press("Shift+F10");
  await expect(ana.page.getByRole("menu")).toBeVisible();
  await keys.press("Home");
  await expect(ana.page.getByRole("menuitemcheckbox", { name: "React with 👍" })).toBeFocused();
  await keys.press("ArrowRight");
  await expect(ana.page.getByRole("menuitemcheckbox", { name: "React with ❤️" })).toBeFocused();
  await keys.press("Enter");
  await expect(message.getByRole("button", { name: "❤️ 1 from You" })).toBeVisible();

  await expect(message).toBeFocused();
  await keys.press("Tab");
  await expect(message.getByRole("button", { name: "❤️ 1 from You" })).toBeFocused();
  await keys.press("Enter");
  await expect(message.getByRole("button", { name: "❤️ 1 from You" })).toHaveCount(0);

  await composer(ana.page, JONAS).focus();
  await keys.press("ArrowUp");
  await expect(composer(ana.page, JONAS)).toHaveValue("Written and mended");
  await keys.press("Escape");
  await expect(composer(ana.page, JONAS)).toHaveValue("");
  await expect(composer(ana.page, JONAS)).toBeFocused();
  await keys.press("Shift+F6");
  await expect(log).toBeFocused();
  await keys.press("ArrowUp");
  await expect(message).toBeFocused();
  await keys.press("Shift+F10");
  await ana.page.getByRole("menuitem", { name: "Delete for everyone" }).press("Enter");
  const dialog = ana.page.getByRole("dialog", { name: "Delete for everyone?" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await keys.press("Tab");
  await keys.press("Enter");
  await expect(message).toHaveAccessibleName(/was deleted by you/);
});
