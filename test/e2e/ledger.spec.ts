import { expect, test } from "@playwright/test";
import {
  chatRow,
  composer,
  conversation,
  createGroup,
  messages,
  messageWithText,
  say,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { ANA, JONAS, signUpTwo } from "../support/two-people.ts";

const MINA = "Mina Park";
const GROUP = "Saturday climbers";

test("S8: message info tells of each member, why what has not happened has not, and follows while it is open", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  const mina = await signUp(browser, server.url, MINA, "mina");
  await createGroup(ana.page, GROUP, [JONAS, MINA]);
  await expect(chatRow(mina.page, GROUP)).toBeVisible();
  await mina.context.close();
  await say(ana.page, GROUP, "Who brings the rope?");
  const message = messageWithText(ana.page, GROUP, "Who brings the rope?");
  await message.click({ button: "right" });
  await ana.page.getByRole("menuitem", { name: "Info" }).click();
  const info = ana.page.getByRole("dialog", { name: "Message info" });
  await expect(info.getByText("Stored by the server as #2")).toBeVisible();
  const lineOf = (name: string) => info.getByRole("listitem").filter({ hasText: name });
  await expect(lineOf(JONAS)).toContainText("Jonas Okafor received it");
  await expect(lineOf(JONAS)).toContainText("not read yet");
  await expect(lineOf(MINA)).toContainText(/Mina Park: not yet.*(offline since|never online)/);

  await chatRow(jonas.page, GROUP).click();
  await expect(lineOf(JONAS)).toContainText("Jonas Okafor read it");
  const theirs = messageWithText(jonas.page, GROUP, "Who brings the rope?");
  await theirs.click({ button: "right" });
  await jonas.page.getByRole("menuitemcheckbox", { name: "React with 👍" }).click();
  await expect(info.getByText("👍 Jonas Okafor")).toBeVisible();
  await ana.page.keyboard.press("Escape");
  await conversation(ana.page, GROUP).getByRole("heading").click();
  await expect(ana.page.getByText("Verified #1 to #3")).toBeVisible();
});

test("S11: without a connection every message says within ten seconds what it waits for, and goes when it is back", async ({
  browser,
}) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const { ana, jonas } = await signUpTwo(browser, server.url, proxy.url);
  await startDirectChat(ana.page, JONAS);
  await say(ana.page, JONAS, "Before");
  await expect(messageWithText(ana.page, JONAS, "Before")).toHaveAccessibleName(/Delivered/);
  await proxy.cut();
  await say(ana.page, JONAS, "Meanwhile");
  const waiting = messageWithText(ana.page, JONAS, "Meanwhile");
  await expect(waiting).toHaveAccessibleName(/Sending/);
  await expect(waiting.getByText(/Waiting for the connection/)).toBeVisible();
  await waiting.click({ button: "right" });
  await ana.page.getByRole("menuitem", { name: "Info" }).click();
  const info = ana.page.getByRole("dialog", { name: "Message info" });
  await expect(info.getByText("Not yet on the server")).toBeVisible();
  await expect(info.getByText(/Waiting for the connection/)).toBeVisible();

  // An edit and a reaction wait too, and show at once.
  await ana.page.keyboard.press("Escape");
  await composer(ana.page, JONAS).focus();
  await ana.page.keyboard.press("ArrowUp");
  await composer(ana.page, JONAS).fill("Meanwhile, mended");
  await ana.page.keyboard.press("Enter");
  const mended = messageWithText(ana.page, JONAS, "Meanwhile, mended");
  await expect(mended).toHaveAccessibleName(/Edited.*Sending/);

  await proxy.restore();
  await expect(mended).toHaveAccessibleName(/Delivered/);
  await expect(mended.getByText(/Waiting/)).toHaveCount(0);
  await chatRow(jonas.page, ANA).click();
  await expect(messageWithText(jonas.page, ANA, "Meanwhile, mended")).toHaveAccessibleName(
    /Edited/,
  );
  await expect(messages(jonas.page, ANA)).toHaveCount(2);
});
