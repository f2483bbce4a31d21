import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import {
  chatRow,
  messageWithText,
  openApp,
  say,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

test("V53: a link's page is plain, leads to the app and, in the browser, to what the link is about", async ({
  browser,
}) => {
  await using server = await startServer();
  const ana = await signUp(browser, server.url, "Ana Ribeiro", "ana");

  // An invite: whoever is new lands in the form, filled in.
  const { page } = await openApp(browser, `${server.url}/open/invite/moss-1234`);
  await expect(page.getByRole("heading", { name: "You are invited to Parley" })).toBeVisible();
  const inApp = page.getByRole("link", { name: "Open in the Parley app" });
  expect(await inApp.getAttribute("href")).toMatch(/^parley:\/\/invite\/moss-1234\?server=http/);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.screenshot({ path: `test/results/link-page-${colorScheme}.png` });
  }
  await page.getByRole("link", { name: "Continue in the browser" }).click();
  const form = page.getByRole("form", { name: "Create account" });
  await expect(form.getByRole("textbox", { name: /invite/i })).toHaveValue("moss-1234");
  await expect.poll(() => new URL(page.url()).hash).toBe("");

  // Somebody else's handle, where Ana is signed in and the app is kept for use without a network: the
  // page of the link all the same, then the sign-in form, with a way back.
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await ana.page.reload();
  const kept = () => ana.page.evaluate(() => navigator.serviceWorker.controller?.state);
  await expect.poll(kept).toBe("activated");
  await ana.page.goto(`${server.url}/open/sign-in?handle=jonas`);
  await ana.page.getByRole("link", { name: "Continue in the browser" }).click();
  const signIn = ana.page.getByRole("form", { name: "Sign in" });
  await expect(signIn.getByRole("textbox", { name: "Handle" })).toHaveValue("jonas");
  await ana.page.getByRole("button", { name: "Back to Ana Ribeiro" }).click();
  await expect(ana.page.getByRole("navigation", { name: "Chats" })).toBeVisible();

  // What is no link of ours says what to do.
  await page.goto(`${server.url}/open/chat/nothing`);
  await expect(page.getByText("Ask whoever sent it to send it again.")).toBeVisible();
});

test("V53: a link to a message opens it in the browser where one is signed in, without a network too", async ({
  browser,
}) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const ana = await signUp(browser, proxy.url, "Ana Ribeiro", "ana");
  const { page } = ana;
  const jonas = await signUp(browser, server.url, "Jonas Okafor", "jonas");
  await startDirectChat(jonas.page, "Ana Ribeiro");
  await say(jonas.page, "Ana Ribeiro", "The red door");
  await chatRow(page, "Jonas Okafor").click();
  const message = messageWithText(page, "Jonas Okafor", "The red door");
  await expect(message).toBeVisible();
  const clientId = (await message.getAttribute("data-key")) ?? "";
  const chatId = await page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith("parley.view.")) ?? "";
    return /"chatId":"([0-9a-f-]+)"/.exec(localStorage.getItem(key) ?? "")?.[1] ?? "";
  });
  const link = `${proxy.url}/open/message/${chatId}/${clientId}`;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await chatRow(page, "Notes to self").click();
  await expect(message).toBeHidden();
  await page.goto(link);
  await page.getByRole("link", { name: "Continue in the browser" }).click();
  await expect(message).toBeVisible();

  await chatRow(page, "Notes to self").click();
  await expect(message).toBeHidden();
  await proxy.cut();
  await page.goto(link);
  await expect(message).toBeVisible();
  await expect.poll(() => new URL(page.url()).hash).toBe("");
});
