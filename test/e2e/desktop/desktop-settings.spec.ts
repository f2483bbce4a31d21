import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Locator, type Page, test } from "@playwright/test";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { temporaryFolder } from "../../electron-host/driver/folders.ts";
import { signUpInWindow, windowIdOf, windowOf } from "../../support/desktop-person.ts";
import { startServer } from "../../support/server-process.ts";

const AT_LOGIN = "Start when you sign in to this computer";

/** Opens the settings at one section, whether they are open or not. */
async function settingsAt(page: Page, section: string): Promise<Locator> {
  const dialog = page.getByRole("dialog", { name: "Settings" });
  if (!(await dialog.isVisible())) await page.getByRole("button", { name: "Settings" }).click();
  await dialog.getByRole("button", { name: section, exact: true }).click();
  return dialog;
}

/** What is in a file; nothing while it is not there. */
function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function toggle(dialog: Locator, name: string): Locator {
  return dialog.getByRole("switch", { name: new RegExp(`^${name}`) });
}

test("settings of the desktop hold at once, are told where they cannot, and are kept over a restart", async () => {
  await using server = await startServer();
  const configHome = temporaryFolder("config");
  await using desktop = await startDesktop({ hasTray: true, env: { XDG_CONFIG_HOME: configHome } });
  test.skip(desktop.kind !== "stand-in", "what the machine was told is seen in the stand-in");
  const page = await desktop.firstWindow();
  await signUpInWindow(page, server.url, "Ada Adeyemi", "ada");
  const { control } = desktop;
  let dialog = await settingsAt(page, "Desktop");
  const autostart = join(configHome, "autostart/parley.desktop");

  await toggle(dialog, AT_LOGIN).click();
  await expect(toggle(dialog, AT_LOGIN)).toBeChecked();
  await expect.poll(() => textOf(autostart)).toMatch(/^Exec=.*"--hidden"$/m);
  await toggle(dialog, "Keep running when the window is closed").click();
  await toggle(dialog, "Flash in the taskbar").click();

  // In two languages at once.
  dialog = await settingsAt(page, "Languages");
  await toggle(dialog, "Check spelling").click();
  await dialog.getByRole("checkbox", { name: "German", exact: true }).click();
  await expect
    .poll(async () => (await control.traces()).spellcheck)
    .toEqual(expect.arrayContaining(["de", "en-US"]));

  dialog = await settingsAt(page, "Desktop");
  // A combination that another program has is told, and none is left behind.
  await control.setMachine({ takenShortcuts: ["Control+Alt+T"] });
  await dialog.getByRole("button", { name: "Choose…" }).click();
  await page.keyboard.press("Control+Alt+t");
  await expect(dialog.getByText("Another program has this combination")).toBeVisible();
  expect((await control.traces()).shortcuts).toEqual([]);
  await dialog.getByRole("button", { name: /^Change the shortcut/ }).click();
  await page.keyboard.press("Control+Alt+p");
  await expect.poll(async () => (await control.traces()).shortcuts).toEqual(["Control+Alt+P"]);
  await expect(dialog.getByText("Another program has this combination")).toBeHidden();

  dialog = await settingsAt(page, "Appearance");
  await dialog.getByRole("button", { name: "Zoom in" }).click();
  await expect.poll(async () => (await windowOf(desktop)).zoomFactor).toBe(1.1);
  await control.clickMenu(["Window", "Always on top"]);

  await desktop.quit();
  await using again = await desktop.relaunch();
  const after = await again.firstWindow();
  await expect
    .poll(() => windowOf(again))
    .toMatchObject({ zoomFactor: 1.1, alwaysOnTop: true, visible: true });
  await expect
    .poll(async () => (await again.control.traces()).shortcuts)
    .toEqual(["Control+Alt+P"]);
  await expect.poll(async () => (await again.control.traces()).spellcheck).toHaveLength(2);
  dialog = await settingsAt(after, "Desktop");
  await expect(toggle(dialog, AT_LOGIN)).toBeChecked();
  await expect(toggle(dialog, "Keep running when the window is closed")).not.toBeChecked();
  await expect(toggle(dialog, "Flash in the taskbar")).not.toBeChecked();
  dialog = await settingsAt(after, "Languages");
  await expect(dialog.getByRole("checkbox", { name: "German", exact: true })).toBeChecked();
  await toggle(dialog, "Check spelling").click();
  await expect.poll(async () => (await again.control.traces()).spellcheck).toBeNull();
  dialog = await settingsAt(after, "Desktop");
  await dialog.getByRole("button", { name: "Remove the shortcut" }).click();
  await expect.poll(async () => (await again.control.traces()).shortcuts).toEqual([]);
  await toggle(dialog, AT_LOGIN).click();
  await expect.poll(() => existsSync(autostart)).toBe(false);
  // Not kept in the tray any more: closing ends the app.
  await again.control.actOnWindow(await windowIdOf(again), "close");
  expect(await again.ended).toBe(0);
});

test("start at login follows what the system says; where it takes no change, the user is told", async () => {
  test.skip(process.platform !== "linux", "a file says so on Linux only");
  await using server = await startServer();
  const configHome = temporaryFolder("config");
  await using desktop = await startDesktop({ hasTray: true, env: { XDG_CONFIG_HOME: configHome } });
  const page = await desktop.firstWindow();
  await signUpInWindow(page, server.url, "Ada Adeyemi", "ada");
  // A file where the folder belongs.
  writeFileSync(join(configHome, "autostart"), "");
  let dialog = await settingsAt(page, "Desktop");
  await toggle(dialog, AT_LOGIN).click();
  await expect(dialog.getByText("This computer did not take the change.")).toBeVisible();
  await expect(toggle(dialog, AT_LOGIN)).not.toBeChecked();
  rmSync(join(configHome, "autostart"));
  await toggle(dialog, AT_LOGIN).click();
  await expect(toggle(dialog, AT_LOGIN)).toBeChecked();
  await expect(dialog.getByText("This computer did not take the change.")).toBeHidden();
  const autostart = join(configHome, "autostart/parley.desktop");
  await expect.poll(() => textOf(autostart)).toMatch(/^Exec=/m);
  const entry = textOf(autostart);
  await toggle(dialog, "Start without a window").click();
  await expect(toggle(dialog, "Start without a window")).toBeChecked();
  await desktop.quit();

  // The app was moved meanwhile: the entry names its new place. It starts without a window, as was set.
  writeFileSync(autostart, entry.replace(/^Exec=.*$/m, 'Exec="/old/parley" "--hidden"'));
  await using moved = await desktop.relaunch();
  await moved.firstWindow();
  expect(await windowOf(moved)).toMatchObject({ visible: false });
  await expect.poll(() => textOf(autostart)).toBe(entry);
  await moved.quit();

  // Switched off in the desktop's own settings.
  writeFileSync(autostart, `${entry}Hidden=true\n`);
  await using off = await desktop.relaunch();
  const last = await off.firstWindow();
  await off.control.clickTray();
  dialog = await settingsAt(last, "Desktop");
  await expect(toggle(dialog, AT_LOGIN)).not.toBeChecked();
  expect(readFileSync(autostart, "utf8")).toContain("Hidden=true");
});
