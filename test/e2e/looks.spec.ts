import { expect, type Locator, test } from "@playwright/test";

import {
  chatRow,
  composer,
  conversation,
  messageWithText,
  say,
  signIn,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";

const JONAS = "Jonas Okafor";

/** By how many pixels the time of a message lies over the glyphs of its text. */
function overlapPx(message: Locator): Promise<number> {
  return message.evaluate((article) => {
    const time = article.querySelector(".msg-meta")?.getBoundingClientRect();
    const text = article.querySelector("[data-testid=message-text] > span");
    if (!time || !text) throw new Error("the message has no text or no time");
    const lines = [...text.getClientRects()].filter(
      (line) => line.bottom > time.top + 2 && line.top < time.bottom - 2,
    );
    const overlaps = lines.map(
      (line) => Math.min(line.right, time.right) - Math.max(line.left, time.left),
    );
    return Math.max(0, ...overlaps);
  });
}

test("the time never lies over a text, whatever its direction and length", async ({ browser }) => {
  await using server = await startServer();
  const ana = await signUp(browser, server.url, "Ana Ribeiro", "ana");
  await signUp(browser, server.url, JONAS, "jonas");
  await startDirectChat(ana.page, JONAS);
  const texts = [
    "Short",
    "شكرا جزيلا",
    "שלום, the window is 120×90 ✅",
    "صباح الخير يا مارا، وصلت النوافذ كلها اليوم وسوف نبدأ بتركيبها غدا صباحا إذا لم تمطر ".repeat(
      3,
    ),
    "A text of several lines whose last line may end anywhere, also right before the time. ".repeat(
      4,
    ),
    "👍",
  ].map((text) => text.trim());
  for (const text of texts) {
    await say(ana.page, JONAS, text);
    const message = messageWithText(ana.page, JONAS, text);
    await expect(message).toHaveAccessibleName(/Sent|Delivered/);
    await expect.poll(() => overlapPx(message), text).toBe(0);
  }
});

test("a half-written reply keeps what it answers after a reload, and is sent as a reply", async ({
  browser,
}) => {
  await using server = await startServer();
  const ana = await signUp(browser, server.url, "Ana Ribeiro", "ana");
  await signUp(browser, server.url, JONAS, "jonas");
  const { page } = ana;
  await startDirectChat(page, JONAS);
  await say(page, JONAS, "Did the survey come back?");
  const question = messageWithText(page, JONAS, "Did the survey come back?");
  await expect(question).toHaveAccessibleName(/Sent|Delivered/);
  await question.click({ button: "right" });
  await page.getByRole("menuitem", { name: "Reply" }).click();
  const pane = conversation(page, JONAS);
  await expect(pane.getByText("Replying to You")).toBeVisible();
  await composer(page, JONAS).fill("It did, this");

  await page.reload();
  await expect(composer(page, JONAS)).toHaveValue("It did, this");
  await expect(pane.getByText("Replying to You")).toBeVisible();
  await composer(page, JONAS).fill("It did, this morning.");
  await composer(page, JONAS).press("Enter");
  await expect(messageWithText(page, JONAS, "It did, this morning.")).toHaveAccessibleName(
    /Answer to You: ?Did the survey come back\?/,
  );
  await expect(pane.getByText("Replying to You")).toBeHidden();
});

test("V12: the sign-in says how many tries are left, also of those made elsewhere", async ({
  browser,
}) => {
  await using server = await startServer({ args: ["--demo"] });
  const wrong = { name: "Mara", handle: "mara", password: "not this one" };
  for (const left of ["4 tries left", "3 tries left"]) {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.getByRole("textbox", { name: "Handle" }).fill(wrong.handle);
    await page.getByRole("textbox", { name: "Password" }).fill(wrong.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText(left)).toBeVisible();
    await page.close();
  }
  const mara = await signIn(browser, server.url, { ...wrong, password: "blue-door-14" });
  await expect(chatRow(mara.page, "Studio")).toBeVisible();
});

test("S19: a second account is added from the rail, and the rail switches between the two", async ({
  browser,
}) => {
  await using server = await startServer();
  await signUp(browser, server.url, JONAS, "jonas");
  const { page, password } = await signUp(browser, server.url, "Ana Ribeiro", "ana");
  await startDirectChat(page, JONAS);
  await page.getByRole("button", { name: "Add account" }).click();
  await page.getByRole("button", { name: "Back to Ana Ribeiro" }).click();
  await expect(conversation(page, JONAS)).toBeVisible();

  await page.getByRole("button", { name: "Add account" }).click();
  await page.getByRole("textbox", { name: "Handle" }).fill("jonas");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(chatRow(page, "Ana Ribeiro")).toBeVisible();
  await page.getByRole("button", { name: "Account of Ana Ribeiro" }).click();
  await expect(conversation(page, JONAS)).toBeVisible();
  await say(page, JONAS, "From one account to the other");
  await page.getByRole("button", { name: `Account of ${JONAS}` }).click();
  await chatRow(page, "Ana Ribeiro").click();
  await expect(messageWithText(page, "Ana Ribeiro", "From one account to the other")).toBeVisible();
});
