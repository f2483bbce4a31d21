import { expect, test } from "@playwright/test";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { signUpInWindow } from "../../support/desktop-person.ts";
import {
  chatRow,
  expectOnline,
  messages,
  messageWithText,
  say,
  signUp,
  startDirectChat,
} from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";

test("a person in the desktop and one in the web shell talk both ways", async ({ browser }) => {
  await using server = await startServer();
  const grace = await signUp(browser, server.url, "Grace Lindqvist", "grace");
  await using desktop = await startDesktop();
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, server.url, "Ada Adeyemi", "ada");

  await startDirectChat(ada, "Grace Lindqvist");
  await say(ada, "Grace Lindqvist", "Hello from the desktop");
  await chatRow(grace.page, "Ada Adeyemi").click();
  await expect(messageWithText(grace.page, "Ada Adeyemi", "Hello from the desktop")).toBeVisible();
  await say(grace.page, "Ada Adeyemi", "Hello from the browser");
  await expect(messageWithText(ada, "Grace Lindqvist", "Hello from the browser")).toBeVisible();
  await expect(
    messageWithText(ada, "Grace Lindqvist", "Hello from the desktop"),
  ).toHaveAccessibleName(/Read/);
});

test("X2: a restart keeps the session, and what was said", async ({ browser }) => {
  await using server = await startServer();
  const grace = await signUp(browser, server.url, "Grace Lindqvist", "grace");
  await using desktop = await startDesktop();
  const first = await desktop.firstWindow();
  await signUpInWindow(first, server.url, "Ada Adeyemi", "ada");
  await startDirectChat(first, "Grace Lindqvist");
  await say(first, "Grace Lindqvist", "Before the restart");
  await expect(
    messageWithText(first, "Grace Lindqvist", "Before the restart"),
  ).toHaveAccessibleName(/Sent|Delivered/);

  expect(await desktop.quit()).toBe(0);
  await using again = await desktop.relaunch();
  const page = await again.firstWindow();
  await expectOnline(page);
  await chatRow(page, "Grace Lindqvist").click();
  await expect(messageWithText(page, "Grace Lindqvist", "Before the restart")).toBeVisible();
  await say(page, "Grace Lindqvist", "After the restart");
  await chatRow(grace.page, "Ada Adeyemi").click();
  await expect(messageWithText(grace.page, "Ada Adeyemi", "After the restart")).toBeVisible();
});

test("S11: written without a network, delivered once after it returns", async ({ browser }) => {
  await using server = await startServer();
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const grace = await signUp(browser, server.url, "Grace Lindqvist", "grace");
  await using desktop = await startDesktop();
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, proxy.url, "Ada Adeyemi", "ada");
  await startDirectChat(ada, "Grace Lindqvist");
  await say(ada, "Grace Lindqvist", "Before the cut");
  await expect(messageWithText(ada, "Grace Lindqvist", "Before the cut")).toHaveAccessibleName(
    /Delivered/,
  );

  await proxy.cut();
  await expect(ada.getByRole("status", { name: "Connection" })).not.toHaveText("");
  await say(ada, "Grace Lindqvist", "Written offline");
  await expect(messageWithText(ada, "Grace Lindqvist", "Written offline")).toHaveAccessibleName(
    /Sending/,
  );
  await proxy.restore();
  await expectOnline(ada);
  await expect(messageWithText(ada, "Grace Lindqvist", "Written offline")).toHaveAccessibleName(
    /Delivered/,
  );
  await chatRow(grace.page, "Ada Adeyemi").click();
  await expect(messages(grace.page, "Ada Adeyemi")).toHaveCount(2);
  await expect(messages(ada, "Grace Lindqvist")).toHaveCount(2);
});
