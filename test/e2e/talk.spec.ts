import { expect, test } from "@playwright/test";
import {
  chatRow,
  composer,
  conversation,
  createGroup,
  messageWithText,
  messages,
  say,
  signIn,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { ANA, JONAS, signUpTwo } from "../support/two-people.ts";

test("two people sign up, find each other and talk both ways, with typing and ticks", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);

  await startDirectChat(ana.page, JONAS);
  await say(ana.page, JONAS, "Did the survey come back?");

  // Jonas' app has it, though he has not opened the chat: delivered, not read (S8).
  const sent = messageWithText(ana.page, JONAS, "Did the survey come back?");
  await expect(sent).toHaveAccessibleName(/Delivered/);
  await expect(chatRow(jonas.page, ANA)).toHaveAccessibleName(/1 unread/);

  await chatRow(jonas.page, ANA).click();
  await expect(messageWithText(jonas.page, ANA, "Did the survey come back?")).toBeVisible();
  await expect(sent).toHaveAccessibleName(/Read/);
  await expect(chatRow(jonas.page, ANA)).not.toHaveAccessibleName(/unread/);

  // S10: typing reaches whoever has the chat open, and ends by itself when the message is sent.
  await composer(jonas.page, ANA).pressSequentially("It did");
  await expect(conversation(ana.page, JONAS).getByText("typing…")).toBeVisible();
  await say(jonas.page, ANA, "It did, this morning.");
  await expect(messageWithText(ana.page, JONAS, "It did, this morning.")).toBeVisible();
  await expect(conversation(ana.page, JONAS).getByText("typing…")).toBeHidden();
  await expect(messageWithText(jonas.page, ANA, "It did, this morning.")).toHaveAccessibleName(
    /Read/,
  );
  await expect(messages(jonas.page, ANA)).toHaveCount(2);
});

test("a press on a chat opens it, also when its first message comes before the release", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await startDirectChat(ana.page, JONAS);
  const row = chatRow(jonas.page, ANA);
  await row.getByText("No messages yet").hover();
  await jonas.page.mouse.down();
  await say(ana.page, JONAS, "Are you there?");
  await expect(row).toContainText("Are you there?");
  await jonas.page.mouse.up();
  await expect(messageWithText(jonas.page, ANA, "Are you there?")).toBeVisible();
});

test("a third person joins a group, and its ticks mean everyone (S8)", async ({ browser }) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  const mina = await signUp(browser, server.url, "Mina Park", "mina");

  await createGroup(ana.page, "Saturday climbers", [JONAS]);
  await say(ana.page, "Saturday climbers", "Before Mina");
  await chatRow(jonas.page, "Saturday climbers").click();
  await expect(messageWithText(ana.page, "Saturday climbers", "Before Mina")).toHaveAccessibleName(
    /Read/,
  );

  await conversation(ana.page, "Saturday climbers")
    .getByRole("button", { name: "Chat menu" })
    .click();
  await ana.page.getByRole("menuitem", { name: "Details" }).click();
  await ana.page.getByRole("button", { name: "Add members" }).click();
  const adding = ana.page.getByRole("dialog", { name: "Add members" });
  await adding.getByRole("searchbox", { name: "Search people" }).fill("Mina");
  await adding.getByText("Mina Park", { exact: true }).first().click();
  await adding.getByRole("button", { name: /^Add/ }).click();

  await chatRow(mina.page, "Saturday climbers").click();
  await expect(
    conversation(mina.page, "Saturday climbers").getByText("Ana Ribeiro added you", {
      exact: false,
    }),
  ).toBeVisible();
  // V8: who joins later does not see what was written before.
  await expect(messageWithText(mina.page, "Saturday climbers", "Before Mina")).toHaveCount(0);

  await say(mina.page, "Saturday climbers", "Hello from Mina");
  for (const person of [ana, jonas]) {
    await expect(
      messageWithText(person.page, "Saturday climbers", "Hello from Mina"),
    ).toBeVisible();
  }
  await expect(
    messageWithText(mina.page, "Saturday climbers", "Hello from Mina"),
  ).toHaveAccessibleName(/Read/);
});

test("a second device shows the same, and its read mark clears the first's badge (S9)", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  await startDirectChat(jonas.page, ANA);
  for (const text of ["one", "two", "three"]) await say(jonas.page, ANA, text);
  await expect(chatRow(ana.page, JONAS)).toHaveAccessibleName(/3 unread/);

  const phone = await signIn(browser, server.url, ana);
  await expect(chatRow(phone.page, JONAS)).toHaveAccessibleName(/3 unread/);
  await chatRow(phone.page, JONAS).click();
  for (const text of ["one", "two", "three"]) {
    await expect(messageWithText(phone.page, JONAS, text)).toBeVisible();
  }
  await expect(chatRow(ana.page, JONAS)).not.toHaveAccessibleName(/unread/);
  await expect(ana.page).toHaveTitle("Parley");
});
