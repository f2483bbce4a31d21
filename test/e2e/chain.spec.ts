import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, type Locator, type Page, test } from "@playwright/test";
import {
  allTexts,
  chatRow,
  composer,
  conversation,
  expectOnline,
  messages,
  messageWithText,
  say,
  signIn,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTamperingProxy } from "../support/tampering-proxy.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { ANA, JONAS, openDirectChat, signUpTwo } from "../support/two-people.ts";

/* S7, V45: the chain as people meet it, with a real server whose words or files were changed. */

const MISFIT = /Doesn't fit the history/;

/** A text as it stands in a message on the line: a draft of the same text, which may pass too, is none. */
function inMessage(text: string): string {
  return `,\\"text\\":\\"${text}\\"}`;
}

/** Opens the details of a chat; what they say of its history. */
async function openDetails(page: Page, title: string): Promise<Locator> {
  await conversation(page, title).getByRole("button", { name: "Chat menu" }).click();
  await page.getByRole("menuitem", { name: /details/i }).click();
  const details = page.getByRole("complementary", { name: "Details" });
  await expect(details).toBeVisible();
  return details;
}

/** Changes what a server that does not run has stored. */
function rewrite(dataDir: string, statement: string): void {
  const database = new DatabaseSync(join(dataDir, "parley.db"));
  try {
    expect(database.prepare(statement).run().changes).toBe(1);
  } finally {
    database.close();
  }
}

test("S7: what the line changes once is never shown: a live message, an acknowledgement, a page of history", async ({
  browser,
}) => {
  await using server = await startServer();
  await using proxy = await startTamperingProxy(server.port);
  const { ana, jonas } = await signUpTwo(browser, proxy.url, server.url);
  await openDirectChat(ana, jonas, "Which way do we drive?");

  proxy.change(
    inMessage("The bridge is closed today."),
    inMessage("The bridge is opened today."),
    1,
  );
  await say(ana.page, JONAS, "The bridge is closed today.");
  await expect(messageWithText(jonas.page, ANA, "The bridge is closed today.")).toBeVisible();
  expect(proxy.changedCount).toBe(1);

  proxy.change(inMessage("Then over the pass."), inMessage("Then by the tunnel."), 1);
  await say(jonas.page, ANA, "Then over the pass.");
  await expect(messageWithText(jonas.page, ANA, "Then over the pass.")).toHaveAccessibleName(
    /Sent|Delivered|Read/,
  );
  await expect(messageWithText(ana.page, JONAS, "Then over the pass.")).toHaveCount(1);
  expect(proxy.changedCount).toBe(2);

  await say(ana.page, JONAS, "Good.");
  proxy.change(inMessage("Which way do we drive?"), inMessage("Which car do we take??"), 1);
  const tablet = await signIn(browser, proxy.url, jonas);
  await chatRow(tablet.page, ANA).click();
  const said = [
    "Which way do we drive?",
    "The bridge is closed today.",
    "Then over the pass.",
    "Good.",
  ];
  for (const [page, title] of [
    [tablet.page, ANA],
    [jonas.page, ANA],
    [ana.page, JONAS],
  ] as const) {
    await expect(async () => expect(await allTexts(page, title)).toEqual(said)).toPass();
    const details = await openDetails(page, title);
    await expect(details.getByText("Verified #1 to #5")).toBeVisible();
    await expect(details.getByText(/does not fit/)).toHaveCount(0);
    await expect(messages(page, title).filter({ hasText: MISFIT })).toHaveCount(0);
  }
  expect(proxy.changedCount).toBe(3);
});

test("S7: what a server stored wrong is readable and marked, all else works, and it is mended when the server is", async ({
  browser,
}, info) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const { ana, jonas } = await signUpTwo(browser, proxy.url);
  await openDirectChat(ana, jonas, "The crane comes on Monday.");
  for (const text of ["It comes at seven.", "Bring the long straps.", "And the plans."]) {
    await say(ana.page, JONAS, text);
  }
  await expect(messageWithText(jonas.page, ANA, "And the plans.")).toBeVisible();
  await server.kill();
  const swap = (from: string, to: string): string =>
    `UPDATE events SET payload = replace(payload, '${from}', '${to}') WHERE payload LIKE '%${from}%'`;
  rewrite(server.dataDir, swap("at seven", "at eleven"));
  rewrite(server.dataDir, "UPDATE events SET at = at + 1 WHERE payload LIKE '%long straps%'");
  await using damaged = await startServer({ dataDir: server.dataDir });
  proxy.retarget(damaged.port);

  // Whoever had them whole keeps them so.
  await expectOnline(ana.page);
  await expect(messageWithText(ana.page, JONAS, "It comes at seven.")).toBeVisible();
  const tablet = await signIn(browser, proxy.url, jonas);
  const { page } = tablet;
  await chatRow(page, ANA).click();
  await expect(messageWithText(page, ANA, "It comes at eleven.")).toHaveAccessibleName(MISFIT);
  await expect(messageWithText(page, ANA, "Bring the long straps.")).toHaveAccessibleName(MISFIT);
  await expect(messages(page, ANA).filter({ hasText: MISFIT })).toHaveCount(2);
  const details = await openDetails(page, ANA);
  await expect(details.getByText("Message #4 does not fit the chat's history")).toBeVisible();
  await expect(details.getByText(/1 earlier event does not fit either/)).toBeVisible();
  await expect(details.getByText("Verified #5 to #5")).toBeVisible();
  await page.screenshot({ path: info.outputPath("marked.png") });

  // The chat goes on, both ways; asking again changes nothing while the server is as it is.
  await details.getByRole("button", { name: "Fetch it again" }).click();
  await composer(page, ANA).click();
  await say(page, ANA, "I bring both.");
  await expect(messageWithText(ana.page, JONAS, "I bring both.")).toHaveCount(1);
  await say(ana.page, JONAS, "Thanks!");
  await expect(messageWithText(page, ANA, "Thanks!")).toBeVisible();
  await expect(details.getByText("Verified #5 to #7")).toBeVisible();
  await expect(messages(page, ANA).filter({ hasText: MISFIT })).toHaveCount(2);

  await damaged.kill();
  rewrite(server.dataDir, swap("at eleven", "at seven"));
  rewrite(server.dataDir, "UPDATE events SET at = at - 1 WHERE payload LIKE '%long straps%'");
  await using mended = await startServer({ dataDir: server.dataDir });
  proxy.retarget(mended.port);
  await expectOnline(page);
  await expect(messageWithText(page, ANA, "It comes at seven.")).toBeVisible();
  await expect(messages(page, ANA).filter({ hasText: MISFIT })).toHaveCount(0);
  await expect(details.getByText("Verified #1 to #7")).toBeVisible();
  await expect(details.getByText(/does not fit/)).toHaveCount(0);
});
