import { expect, test } from "@playwright/test";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { signUpInWindow, windowIdOf, windowOf } from "../../support/desktop-person.ts";
import { chatRow, messages, say, signUp, startDirectChat } from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";

test("S18: behind a locked screen nothing is in view, whatever has the focus", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desktop = await startDesktop();
  const { control } = desktop;
  const { page: grace } = await signUp(browser, server.url, "Grace Lindqvist", "grace");
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, server.url, "Ada Adeyemi", "ada");
  await startDirectChat(ada, "Grace Lindqvist");
  await startDirectChat(grace, "Ada Adeyemi");
  await control.actOnWindow(await windowIdOf(desktop), "focus");
  await say(grace, "Ada Adeyemi", "Seen");
  await expect(messages(grace, "Ada Adeyemi").last()).toHaveAccessibleName(/Read/);
  await expect.poll(() => control.notifications()).toEqual([]);

  await control.power("lock-screen");
  await say(grace, "Ada Adeyemi", "Not seen");
  await expect.poll(() => control.notifications()).toMatchObject([{ body: "Not seen" }]);
  await expect.poll(() => control.badge()).toBe(1);
  await control.power("unlock-screen");
  await expect.poll(() => control.badge()).toBe(0);
  await expect.poll(() => control.notifications()).toEqual([]);
});

test("taskbar and tray: nothing flashes for what does not alert, and the tray turns alerts on again", async ({
  browser,
}) => {
  test.skip(process.platform !== "linux", "elsewhere the tray is the machine's own");
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const { control } = desktop;
  const { page: grace } = await signUp(browser, server.url, "Grace Lindqvist", "grace");
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, server.url, "Ada Adeyemi", "ada");
  await startDirectChat(grace, "Ada Adeyemi");
  await say(grace, "Ada Adeyemi", "One");
  await expect(chatRow(ada, "Grace Lindqvist")).toHaveAccessibleName(/1 unread/);
  await control.actOnWindow(await windowIdOf(desktop), "focus");
  await ada.keyboard.press("Control+,");
  const settings = ada.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("button", { name: "Notifications", exact: true }).click();
  await settings.getByRole("switch", { name: /^Do not disturb/ }).click();
  await expect.poll(async () => (await control.tray())?.icon).toBe("tray-muted-dark.png");
  await control.actOnWindow(await windowIdOf(desktop), "hide");

  await say(grace, "Ada Adeyemi", "Two");
  await expect.poll(() => control.badge()).toBe(2);
  await expect.poll(async () => (await windowOf(desktop)).title).toBe("(2) Parley");
  expect(await windowOf(desktop)).toMatchObject({ flashing: false });
  const labels = async () => (await control.tray())?.menu.map(({ label }) => label) ?? [];
  await expect.poll(labels).toContain("Do not disturb");
  // The menu has the chats, with their numbers.
  await expect.poll(labels).toContain("Grace Lindqvist (2)");
  await expect.poll(labels).toContain("Resume notifications");
  await control.clickTrayItem("Resume notifications");
  await expect.poll(async () => (await control.tray())?.icon).toBe("tray-unread-dark.png");
  await say(grace, "Ada Adeyemi", "Three");
  await expect.poll(async () => (await windowOf(desktop)).flashing).toBe(true);

  await expect.poll(labels).toContain("Grace Lindqvist (3)");
  await control.clickTrayItem("Grace Lindqvist (3)");
  await expect(ada.getByRole("region", { name: "Grace Lindqvist", exact: true })).toBeVisible();
  await expect
    .poll(() => windowOf(desktop))
    .toMatchObject({ visible: true, focused: true, flashing: false });
});
