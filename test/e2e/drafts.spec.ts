import { expect, type Locator, type Page, test } from "@playwright/test";
import { expectAccessibleInBoth, tabTo } from "../support/access.ts";
import {
  chatRow,
  composer,
  conversation,
  messages,
  messageWithText,
  type Person,
  say,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { ANA, JONAS, openDirectChat, secondDevice, signUpTwo } from "../support/two-people.ts";

// Every look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

const NOTES = "Notes to self";

/** Gives a message the focus, as arrow keys do. */
async function focus(message: Locator): Promise<void> {
  await message.focus();
  await expect(message).toBeFocused();
}

/** Ends the page's process, then opens the app again in the same profile, at a chat. */
async function crashAndReopen(person: Person, chat: string): Promise<void> {
  const { page, context } = person;
  const crashed = page.waitForEvent("crash");
  const cdp = await context.newCDPSession(page);
  // No answer comes back from a page that crashes.
  cdp.send("Page.crash").catch(() => undefined);
  await crashed;
  const url = page.url();
  person.page = await context.newPage();
  await page.close();
  await person.page.goto(url);
  await chatRow(person.page, chat).click();
  await expect(composer(person.page, chat)).toBeFocused();
}

async function erase(page: Page, message: Locator): Promise<void> {
  await focus(message);
  await page.keyboard.press("Delete");
  const asked = page.getByRole("dialog", { name: "Delete for everyone?" });
  await asked.getByRole("button", { name: "Delete for everyone" }).click();
  await expect(asked).toBeHidden();
}

test("S21: an edit outlives the kill of its page with its last key, its chat and the draft beside it; deleted elsewhere, its text becomes a draft", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await openDirectChat(ana, jonas, "We meat at six");
  const phone = await secondDevice(browser, server.url, ana, JONAS);

  await composer(ana.page, JONAS).fill("A draft of mine");
  await focus(messageWithText(ana.page, JONAS, "We meat at six"));
  await ana.page.keyboard.press("e");
  await expect(composer(ana.page, JONAS)).toHaveValue("We meat at six");
  await expect(composer(ana.page, JONAS)).toBeFocused();
  await composer(ana.page, JONAS).fill("We meet at");
  await composer(ana.page, JONAS).pressSequentially(" sev");
  await crashAndReopen(ana, JONAS);
  const { page } = ana;
  await expect(conversation(page, JONAS).getByText("Editing your message")).toBeVisible();
  await expect(composer(page, JONAS)).toHaveValue("We meet at sev");
  await chatRow(page, NOTES).click();
  await expect(composer(page, NOTES)).toHaveValue("");
  await chatRow(page, JONAS).click();
  await expect(composer(page, JONAS)).toHaveValue("We meet at sev");
  await composer(page, JONAS).fill("We meet at seven");
  await composer(page, JONAS).press("Enter");
  await expect(composer(page, JONAS)).toHaveValue("A draft of mine");
  await expect(messageWithText(jonas.page, ANA, "We meet at seven")).toHaveAccessibleName(/Edited/);
  await expect(messages(jonas.page, ANA)).toHaveCount(1);

  await focus(messageWithText(page, JONAS, "We meet at seven"));
  await page.keyboard.press("e");
  await composer(page, JONAS).fill("We meet at eight");
  await erase(phone.page, messageWithText(phone.page, JONAS, "We meet at seven"));
  const edited = conversation(page, JONAS);
  await expect(edited.getByText("The message you were editing was deleted")).toBeVisible();
  await expect(edited.getByRole("button", { name: "Save" })).toBeDisabled();
  await expectAccessibleInBoth(page, "an edit whose message was deleted");
  await edited.getByRole("button", { name: "Use as draft" }).click();
  await expect(composer(page, JONAS)).toHaveValue("We meet at eight");
  await expect(edited.getByRole("button", { name: "Send" })).toBeEnabled();
  await expect(messages(jonas.page, ANA)).toHaveCount(1);
});

test("S1: an earlier draft is found by keyboard and put back; what stood there is kept in its turn", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await openDirectChat(ana, jonas, "hello");
  const { page } = ana;
  const box = composer(page, JONAS);
  const earlier = page.getByRole("dialog", { name: "Earlier drafts" });
  const menu = conversation(page, JONAS).getByRole("button", { name: "Chat menu" });
  const line = page.getByRole("menuitem", { name: "Earlier drafts" });

  await menu.click();
  await line.click();
  await expect(earlier.getByText("No earlier drafts")).toBeVisible();
  await expectAccessibleInBoth(page, "no earlier drafts");
  await page.keyboard.press("Escape");
  await expect(earlier).toBeHidden();

  await box.fill("See you at the lighthouse");
  await box.fill("");
  await box.fill("Bring a coat");
  await box.focus();
  await tabTo(page, menu, "Shift+Tab");
  await page.keyboard.press("Enter");
  await line.press("Enter");
  const texts = earlier.getByRole("listitem");
  await expect(texts).toHaveText([/See you at the lighthouse.*Written over or deleted/]);
  await expectAccessibleInBoth(page, "earlier drafts");
  await tabTo(page, texts.getByRole("button", { name: "Put back" }));
  await page.keyboard.press("Enter");
  await expect(earlier).toBeHidden();
  await expect(box).toHaveValue("See you at the lighthouse");
  await expect(box).toBeFocused();

  await menu.click();
  await line.click();
  await expect(texts).toHaveText([/Bring a coat/]);
  await page.keyboard.press("Escape");
  await expect(earlier).toBeHidden();
  await say(page, JONAS, "See you at the lighthouse");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
  await page.keyboard.type("Earlier drafts");
  await page.keyboard.press("Enter");
  await expect(texts).toHaveText([/Bring a coat/]);
});

test("S12, S13: single keys on a focused message reply, edit and delete; in the composer they are letters", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await openDirectChat(ana, jonas, "Who brings the rope?");
  await say(jonas.page, ANA, "Not me");
  const { page } = ana;
  const theirs = messageWithText(page, JONAS, "Not me");
  await expect(theirs).toBeVisible();
  const box = composer(page, JONAS);
  const pane = conversation(page, JONAS);

  await box.focus();
  await page.keyboard.type("re");
  await page.keyboard.press("Backspace");
  await expect(box).toHaveValue("r");
  await focus(theirs);
  await page.keyboard.press("e");
  await expect(pane.getByText("That can't be done with this message.")).toBeVisible();
  await page.keyboard.press("r");
  await expect(pane.getByText(`Replying to ${JONAS}`)).toBeVisible();
  await expect(box).toBeFocused();
  await expect(box).toHaveValue("r");
  await box.fill("Then I do");
  await box.press("Enter");
  const mine = messageWithText(page, JONAS, "Then I do");
  await expect(mine).toHaveAccessibleName(/Answer to/);

  await focus(mine);
  await page.keyboard.press("e");
  await expect(box).toHaveValue("Then I do");
  await expect(box).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(box).toHaveValue("");
  await expect(box).toBeFocused();
  await focus(mine);
  await page.keyboard.press("Backspace");
  const asked = page.getByRole("dialog", { name: "Delete for everyone?" });
  await asked.getByRole("button", { name: "Cancel" }).click();
  await expect(asked).toBeHidden();
  await expect(mine).toBeVisible();
  await erase(page, mine);
  await expect(mine).toHaveCount(0);
  await expect(messages(jonas.page, ANA).last()).toHaveAccessibleName(/was deleted/);
});
