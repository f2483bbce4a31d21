import { expect, test } from "@playwright/test";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { signUpInWindow, windowIdOf, windowOf } from "../../support/desktop-person.ts";
import {
  chatRow,
  conversation,
  messageWithText,
  say,
  signUp,
  startDirectChat,
} from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";

const ADA = "Ada Adeyemi";
const GRACE = "Grace Lindqvist";

test("S19: two accounts on two servers: each alerts while the other is on the screen, a click opens the right one", async ({
  browser,
}) => {
  await using home = await startServer();
  await using work = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const { control } = desktop;
  const { page: grace } = await signUp(browser, home.url, GRACE, "grace");
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, home.url, ADA, "ada");
  await startDirectChat(ada, GRACE);
  await say(ada, GRACE, "Hello from home");
  await startDirectChat(grace, ADA);
  await expect(messageWithText(grace, ADA, "Hello from home")).toBeVisible();

  await ada.getByRole("button", { name: "Add account" }).click();
  await signUpInWindow(ada, work.url, "Dr. Adeyemi", "ada");
  await expect(chatRow(ada, "Notes to self")).toBeVisible();
  await expect(chatRow(ada, GRACE)).toHaveCount(0);
  await control.actOnWindow(await windowIdOf(desktop), "focus");

  // The window has the focus, but what it shows is the other account.
  await say(grace, ADA, "Are you there?");
  await expect
    .poll(() => control.notifications())
    .toMatchObject([{ title: GRACE, body: "Are you there?" }]);
  await expect.poll(() => control.badge()).toBe(1);
  await expect.poll(async () => (await windowOf(desktop)).title).toBe("(1) Parley");
  await control.clickNotification(GRACE);
  await expect(conversation(ada, GRACE)).toBeVisible();
  await expect(messageWithText(ada, GRACE, "Are you there?")).toBeVisible();
  await expect.poll(() => control.notifications()).toEqual([]);
  await expect.poll(() => control.badge()).toBe(0);

  // Signed out there, nothing of that account stays: no notification, no number, no chat in the tray.
  await ada.getByRole("button", { name: "Account of Dr. Adeyemi" }).click();
  await expect(chatRow(ada, GRACE)).toHaveCount(0);
  await say(grace, ADA, "Still there?");
  await expect.poll(() => control.notifications()).toHaveLength(1);
  await ada.getByRole("button", { name: `Account of ${ADA}` }).click();
  await ada.keyboard.press("Control+,");
  const settings = ada.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("button", { name: "Profile", exact: true }).click();
  await settings.getByRole("button", { name: "Sign out", exact: true }).click();
  await ada
    .getByRole("dialog", { name: "Sign out?" })
    .getByRole("button", { name: "Sign out" })
    .click();
  await expect.poll(() => control.notifications()).toEqual([]);
  await expect.poll(() => control.badge()).toBe(0);
  await expect
    .poll(async () => (await control.tray())?.menu.map(({ label }) => label))
    .not.toContain(GRACE);
});
