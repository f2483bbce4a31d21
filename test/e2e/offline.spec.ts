import { expect, test } from "@playwright/test";
import {
  allTexts,
  chatRow,
  composer,
  expectOnline,
  messageWithText,
  messages,
  say,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { ANA, cutOff, JONAS, openDirectChat, signUpTwo } from "../support/two-people.ts";

test("S11: chats open without a network, and what was written there is delivered once after it returns", async ({
  browser,
}) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const { ana, jonas } = await signUpTwo(browser, server.url, proxy.url);
  await startDirectChat(ana.page, JONAS);
  await say(ana.page, JONAS, "Before the cut");
  await expect(messageWithText(ana.page, JONAS, "Before the cut")).toHaveAccessibleName(
    /Delivered/,
  );
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  await cutOff(ana.page, proxy);
  await ana.page.reload();
  await chatRow(ana.page, JONAS).click();
  await expect(messageWithText(ana.page, JONAS, "Before the cut")).toBeVisible();

  await say(ana.page, JONAS, "Written offline");
  await expect(messageWithText(ana.page, JONAS, "Written offline")).toHaveAccessibleName(/Sending/);
  await composer(ana.page, JONAS).fill("A draft that stays");
  await ana.page.reload();
  await expect(messageWithText(ana.page, JONAS, "Written offline")).toHaveAccessibleName(/Sending/);
  await expect(composer(ana.page, JONAS)).toHaveValue("A draft that stays");

  await proxy.restore();
  await expectOnline(ana.page);
  await expect(messageWithText(ana.page, JONAS, "Written offline")).toHaveAccessibleName(
    /Delivered/,
  );
  await chatRow(jonas.page, ANA).click();
  await expect(messageWithText(jonas.page, ANA, "Written offline")).toHaveCount(1);
  await expect(messages(jonas.page, ANA)).toHaveCount(2);
  await expect(messages(ana.page, JONAS)).toHaveCount(2);
});

test("S4: the server killed with -9 amid traffic loses no acknowledged message, and clients come back complete", async ({
  browser,
}) => {
  const server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const { ana, jonas } = await signUpTwo(browser, proxy.url);
  await openDirectChat(ana, jonas, "message 0");

  const total = 40;
  for (let n = 1; n <= total / 2; n++) await say(ana.page, JONAS, `message ${n}`);
  await server.kill("SIGKILL");
  for (let n = total / 2 + 1; n <= total; n++) await say(ana.page, JONAS, `message ${n}`);
  await using again = await startServer({ dataDir: server.dataDir });
  proxy.retarget(again.port);

  await expectOnline(ana.page);
  await expectOnline(jonas.page);
  const expected = Array.from({ length: total + 1 }, (_, n) => `message ${n}`);
  for (const { page, title } of [
    { page: ana.page, title: JONAS },
    { page: jonas.page, title: ANA },
  ]) {
    await expect(messageWithText(page, title, `message ${total}`)).toBeVisible();
    await expect(async () => expect(await allTexts(page, title)).toEqual(expected)).toPass();
  }
});
