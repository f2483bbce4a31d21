import { expect, test } from "@playwright/test";
import {
  chatRow,
  composer,
  conversation,
  createGroup,
  messageWithText,
  say,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { ANA, JONAS, signUpTwo } from "../support/two-people.ts";

const GROUP = "Lighthouse renovation";

test("X3: whoever is removed or leaves keeps what was seen and gets nothing later", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  const mina = await signUp(browser, server.url, "Mina Park", "mina");
  await createGroup(ana.page, GROUP, [JONAS, "Mina Park"]);
  await say(ana.page, GROUP, "Lime or cement?");
  for (const { page } of [jonas, mina]) {
    await chatRow(page, GROUP).click();
    await expect(messageWithText(page, GROUP, "Lime or cement?")).toBeVisible();
  }

  await conversation(ana.page, GROUP).getByRole("button", { name: "Chat menu" }).click();
  await ana.page.getByRole("menuitem", { name: "Details" }).click();
  await ana.page.getByRole("button", { name: "Actions for Jonas Okafor" }).click();
  await ana.page.getByRole("menuitem", { name: "Remove from group" }).click();
  await ana.page
    .getByRole("dialog", { name: "Remove Jonas Okafor?" })
    .getByRole("button", { name: /^Remove/ })
    .click();
  await expect(
    conversation(jonas.page, GROUP).getByText("You can read what you saw"),
  ).toBeVisible();

  await conversation(mina.page, GROUP).getByRole("button", { name: "Chat menu" }).click();
  await mina.page.getByRole("menuitem", { name: "Details" }).click();
  await mina.page.getByRole("button", { name: "Leave group" }).click();
  await mina.page
    .getByRole("dialog", { name: /^Leave/ })
    .getByRole("button", { name: /^Leave/ })
    .click();
  await expect(conversation(mina.page, GROUP).getByText("You can read what you saw")).toBeVisible();
  await expect(conversation(ana.page, GROUP).getByText("Mina Park left")).toBeVisible();

  await say(ana.page, GROUP, "Only I read this");
  await startDirectChat(ana.page, JONAS);
  await say(ana.page, JONAS, "You are out of the group");
  // The direct message came after the group's, so the group's would be here by now.
  await expect(chatRow(jonas.page, ANA)).toHaveAccessibleName(/1 unread/);
  await expect(messageWithText(jonas.page, GROUP, "Lime or cement?")).toBeVisible();
  await expect(messageWithText(jonas.page, GROUP, "Only I read this")).toHaveCount(0);
  await expect(composer(jonas.page, GROUP)).toHaveCount(0);
});

test("S8: message info says when a message was stored, delivered and read, per member", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  const mina = await signUp(browser, server.url, "Mina Park", "mina");
  await createGroup(ana.page, GROUP, [JONAS, "Mina Park"]);
  await mina.context.close();
  await say(ana.page, GROUP, "Who has the trailer key?");
  await chatRow(jonas.page, GROUP).click();

  const message = messageWithText(ana.page, GROUP, "Who has the trailer key?");
  await message.click({ button: "right" });
  await ana.page.getByRole("menuitem", { name: "Info" }).click();
  const info = ana.page.getByRole("dialog", { name: "Message info" });
  await expect(info.getByText("Stored by the server as #2")).toBeVisible();
  await expect(info.getByText("Jonas Okafor read it")).toBeVisible();
  await expect(info.getByText("Mina Park: not yet")).toBeVisible();
});

test("several chats side by side keep their own drafts, and come back after a reload", async ({
  browser,
}) => {
  await using server = await startServer();
  await signUp(browser, server.url, JONAS, "jonas");
  await signUp(browser, server.url, "Mina Park", "mina");
  const ana = await signUp(browser, server.url, ANA, "ana");
  await startDirectChat(ana.page, JONAS);
  await startDirectChat(ana.page, "Mina Park");
  await chatRow(ana.page, JONAS).click({ modifiers: ["ControlOrMeta"] });
  await composer(ana.page, JONAS).fill("for Jonas");
  await composer(ana.page, "Mina Park").fill("for Mina");

  await ana.page.reload();
  await expect(composer(ana.page, JONAS)).toHaveValue("for Jonas");
  await expect(composer(ana.page, "Mina Park")).toHaveValue("for Mina");
  // A click first: Enter in a field that focus reached by itself asks before it sends.
  await composer(ana.page, JONAS).click();
  await composer(ana.page, JONAS).press("Enter");
  await expect(messageWithText(ana.page, JONAS, "for Jonas")).toBeVisible();
  await expect(composer(ana.page, "Mina Park")).toHaveValue("for Mina");

  await conversation(ana.page, JONAS).getByRole("button", { name: "Close this chat" }).click();
  await expect(conversation(ana.page, JONAS)).toHaveCount(0);
  await expect(conversation(ana.page, "Mina Park")).toBeVisible();
});
