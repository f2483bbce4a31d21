import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import {
  allTexts,
  chatRow,
  conversation,
  expectOnline,
  messageWithText,
  say,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { ANA, JONAS, openDirectChat, signUpTwo } from "../support/two-people.ts";

// A look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

const MAIN = fileURLToPath(new URL("../../apps/server/src/main.ts", import.meta.url));

/** A command of the server's, on its data folder; rejects with what it said if it failed. */
async function command(dataDir: string, name: string, file: string): Promise<void> {
  await promisify(execFile)(process.execPath, [MAIN, name, file, `--data-dir=${dataDir}`]);
}

/** The bar that asks about several messages at once. */
const offers = (page: Page, title: string) =>
  conversation(page, title).getByRole("region", {
    name: "Messages that are no longer on the server",
  });

test("S6c: after a restore own messages are offered again, others' stay readable, and each comes back once", async ({
  browser,
}, info) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const { ana, jonas } = await signUpTwo(browser, proxy.url);
  await openDirectChat(ana, jonas, "The crane comes on Monday.");
  await say(jonas.page, ANA, "Good, the road is free then.");
  await expect(messageWithText(ana.page, JONAS, "Good, the road is free then.")).toBeVisible();
  const file = info.outputPath("backup.db");
  await command(server.dataDir, "backup", file);

  const byAna = ["It comes at seven.", "Bring the long straps.", "And the plans of the roof."];
  const byJonas = ["Seven is fine.", "I have the straps already."];
  for (const text of byAna) await say(ana.page, JONAS, text);
  for (const text of byJonas) await say(jonas.page, ANA, text);
  await expect(messageWithText(ana.page, JONAS, "I have the straps already.")).toBeVisible();
  await expect(messageWithText(jonas.page, ANA, "And the plans of the roof.")).toBeVisible();
  await server.kill();
  await command(server.dataDir, "restore", file);
  await using again = await startServer({ dataDir: server.dataDir });
  proxy.retarget(again.port);
  await expectOnline(ana.page);
  await expectOnline(jonas.page);

  // Nothing is gone from anybody's screen: own ones ask what to do, others' say where they are.
  await expect(offers(ana.page, JONAS)).toContainText("without 3 messages of yours");
  await expect(offers(jonas.page, ANA)).toContainText("without 2 messages of yours");
  const kept = conversation(ana.page, JONAS).getByText("without the next 2 messages");
  await expect(kept).toBeVisible();
  for (const text of byAna) {
    await expect(messageWithText(ana.page, JONAS, text)).toHaveAccessibleName(/Not on the server/);
    const theirs = messageWithText(jonas.page, ANA, text);
    await expect(theirs).toHaveAccessibleName(/No longer on the server/);
  }
  // S9: what is lost is not new.
  await expect(chatRow(ana.page, JONAS)).not.toHaveAccessibleName(/unread/);
  for (const scheme of ["light", "dark"] as const) {
    await ana.page.emulateMedia({ colorScheme: scheme });
    await ana.page.screenshot({ path: info.outputPath(`offered-${scheme}.png`) });
    const { violations } = await new AxeBuilder({ page: ana.page }).setLegacyMode(true).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  }
  await ana.page.setViewportSize({ width: 420, height: 700 });
  await ana.page.screenshot({ path: info.outputPath("offered-narrow.png") });
  await ana.page.setViewportSize({ width: 1280, height: 800 });

  // One asks before it discards all; the other sends one and discards one.
  await offers(ana.page, JONAS).getByRole("button", { name: "Discard all" }).click();
  const asked = ana.page.getByRole("dialog", { name: "Discard 3 messages?" });
  await ana.page.screenshot({ path: info.outputPath("discard.png") });
  await asked.getByRole("button", { name: "Cancel" }).click();
  await offers(ana.page, JONAS).getByRole("button", { name: "Send all again" }).click();
  await expect(offers(ana.page, JONAS)).toBeHidden();
  for (const text of byAna) {
    const back = messageWithText(jonas.page, ANA, text);
    await expect(back).toHaveCount(1);
    await expect(back).not.toHaveAccessibleName(/No longer on the server/);
  }
  await messageWithText(jonas.page, ANA, "Seven is fine.").getByText("Send again").click();
  await expect(offers(jonas.page, ANA)).toBeHidden();
  await messageWithText(jonas.page, ANA, "I have the straps already.").getByText("Discard").click();
  await expect(messageWithText(jonas.page, ANA, "I have the straps already.")).toHaveCount(0);
  const seven = messageWithText(ana.page, JONAS, "Seven is fine.");
  await expect(seven).toHaveCount(1);
  await expect(seven).not.toHaveAccessibleName(/No longer on the server/);
  await expect(chatRow(jonas.page, ANA)).not.toHaveAccessibleName(/unread/);
  await jonas.page.screenshot({ path: info.outputPath("after.png") });

  const all = [
    "The crane comes on Monday.",
    "Good, the road is free then.",
    ...byAna,
    "Seven is fine.",
  ];
  await expect(async () => expect(await allTexts(jonas.page, ANA)).toEqual(all)).toPass();
  // What Jonas gave up is still readable where it is: on the other's device.
  const givenUp = messageWithText(ana.page, JONAS, "I have the straps already.");
  await expect(givenUp).toHaveAccessibleName(/No longer on the server/);
  await ana.page.reload();
  await chatRow(ana.page, JONAS).click();
  await expect(givenUp).toHaveAccessibleName(/No longer on the server/);
  await expect(messageWithText(ana.page, JONAS, "Seven is fine.")).toHaveCount(1);
});
