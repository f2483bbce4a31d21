import { expect, test } from "@playwright/test";
import {
  allTexts,
  chatRow,
  composer,
  expectOnline,
  messageWithText,
  messages,
  say,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

test("S11: chats open without a network, and what was written there is delivered once after it returns", async ({
  browser,
}) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const jonas = await signUp(browser, server.url, "Jonas Okafor", "jonas");
  const ana = await signUp(browser, proxy.url, "Ana Ribeiro", "ana");
  await startDirectChat(ana.page, "Jonas Okafor");
  await say(ana.page, "Jonas Okafor", "Before the cut");
  await expect(messageWithText(ana.page, "Jonas Okafor", "Before the cut")).toHaveAccessibleName(
    /Delivered/,
  );
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  await proxy.cut();
  await expect(ana.page.getByRole("status", { name: "Connection" })).not.toHaveText("");
  await ana.page.reload();
  await chatRow(ana.page, "Jonas Okafor").click();
  await expect(messageWithText(ana.page, "Jonas Okafor", "Before the cut")).toBeVisible();

  await say(ana.page, "Jonas Okafor", "Written offline");
  await expect(messageWithText(ana.page, "Jonas Okafor", "Written offline")).toHaveAccessibleName(
    /Sending/,
  );
  await composer(ana.page, "Jonas Okafor").fill("A draft that stays");
  await ana.page.reload();
  await expect(messageWithText(ana.page, "Jonas Okafor", "Written offline")).toHaveAccessibleName(
    /Sending/,
  );
  await expect(composer(ana.page, "Jonas Okafor")).toHaveValue("A draft that stays");

  await proxy.restore();
  await expectOnline(ana.page);
  await expect(messageWithText(ana.page, "Jonas Okafor", "Written offline")).toHaveAccessibleName(
    /Delivered/,
  );
  await chatRow(jonas.page, "Ana Ribeiro").click();
  await expect(messageWithText(jonas.page, "Ana Ribeiro", "Written offline")).toHaveCount(1);
  await expect(messages(jonas.page, "Ana Ribeiro")).toHaveCount(2);
  await expect(messages(ana.page, "Jonas Okafor")).toHaveCount(2);
});

test("S4: the server killed with -9 amid traffic loses no acknowledged message, and clients come back complete", async ({
  browser,
}) => {
  const server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const ana = await signUp(browser, proxy.url, "Ana Ribeiro", "ana");
  const jonas = await signUp(browser, proxy.url, "Jonas Okafor", "jonas");
  await startDirectChat(ana.page, "Jonas Okafor");
  await say(ana.page, "Jonas Okafor", "message 0");
  await chatRow(jonas.page, "Ana Ribeiro").click();

  const total = 40;
  for (let n = 1; n <= total / 2; n++) await say(ana.page, "Jonas Okafor", `message ${n}`);
  await server.kill("SIGKILL");
  for (let n = total / 2 + 1; n <= total; n++) await say(ana.page, "Jonas Okafor", `message ${n}`);
  await using again = await startServer({ dataDir: server.dataDir });
  proxy.retarget(again.port);

  await expectOnline(ana.page);
  await expectOnline(jonas.page);
  const expected = Array.from({ length: total + 1 }, (_, n) => `message ${n}`);
  for (const { page, title } of [
    { page: ana.page, title: "Jonas Okafor" },
    { page: jonas.page, title: "Ana Ribeiro" },
  ]) {
    await expect(messageWithText(page, title, `message ${total}`)).toBeVisible();
    expect(await allTexts(page, title)).toEqual(expected);
  }
});
