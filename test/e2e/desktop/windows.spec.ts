import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { temporaryFolder } from "../../electron-host/driver/folders.ts";
import { call, listen, pageOfNew } from "../../support/desktop-calls.ts";
import { signUpInWindow, windowIdOf, windowOf } from "../../support/desktop-person.ts";
import {
  chatRow,
  conversation,
  expectOnline,
  say,
  signUp,
  startDirectChat,
} from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";

/** What is in a file; nothing while it is not there. */
function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

test("each window has its own panes; a killed page of one comes back, the other never notices", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  for (const [name, handle] of [
    ["Grace Lindqvist", "grace"],
    ["Mary Okafor", "mary"],
  ] as const) {
    await signUp(browser, server.url, name, handle);
  }
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, server.url, "Ada Adeyemi", "ada");
  await startDirectChat(ada, "Mary Okafor");
  await say(ada, "Mary Okafor", "Hello Mary");
  await startDirectChat(ada, "Grace Lindqvist");
  await say(ada, "Grace Lindqvist", "Hello Grace");
  const mainId = await windowIdOf(desktop);

  await desktop.control.clickMenu(["File", "New window"]);
  const [id, beside] = await pageOfNew(desktop, [mainId]);
  await expectOnline(beside);
  await chatRow(beside, "Mary Okafor").click();
  await expect(conversation(beside, "Mary Okafor")).toBeVisible();
  await expect(conversation(ada, "Grace Lindqvist")).toBeVisible();
  await expect(conversation(ada, "Mary Okafor")).toBeHidden();

  await desktop.control.killRenderer(id);
  const back = await desktop.pageOf(id);
  await expect(conversation(back, "Mary Okafor")).toBeVisible();
  await expect(conversation(ada, "Grace Lindqvist")).toBeVisible();
  await expect
    .poll(async () => (await call(ada, "shell:crash-reports", {})).value)
    .toMatchObject({ reports: [{ what: "page" }] });
});

test("zoom, always on top and their keys: kept for each window over a restart", async () => {
  await using desktop = await startDesktop();
  const page = await desktop.firstWindow();
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
  await desktop.control.clickMenu(["View", "Zoom in"]);
  await desktop.control.clickMenu(["View", "Zoom in"]);
  await desktop.control.clickMenu(["Window", "Always on top"]);
  await expect.poll(() => windowOf(desktop)).toMatchObject({ zoomFactor: 1.25, alwaysOnTop: true });
  const answer = await call(page, "window:configure", { zoomPercent: 150 });
  expect(answer.value).toEqual({ kind: "main", zoomPercent: 150, alwaysOnTop: true });
  expect(await call(page, "window:configure", { zoomPercent: 5_000 })).toMatchObject({ ok: false });
  await desktop.quit();
  await using again = await desktop.relaunch();
  await again.firstWindow();
  await expect.poll(() => windowOf(again)).toMatchObject({ zoomFactor: 1.5, alwaysOnTop: true });
});

test("tray: states, tool tip, muting; it comes and goes with the panel, and takes no window along", async ({
  browser,
}) => {
  test.skip(process.platform !== "linux", "elsewhere the tray is always there");
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const { page: grace } = await signUp(browser, server.url, "Grace Lindqvist", "grace");
  const ada = await desktop.firstWindow();
  const { control } = desktop;
  await expect
    .poll(() => control.tray())
    .toMatchObject({ toolTip: "Parley", icon: "tray-none-dark.png" });
  await signUpInWindow(ada, server.url, "Ada Adeyemi", "ada");
  const labels = async () => (await control.tray())?.menu.map(({ label }) => label);
  await expect.poll(labels).toContain("Connected");
  await startDirectChat(grace, "Ada Adeyemi");
  const id = await windowIdOf(desktop);
  await control.actOnWindow(id, "hide");
  await say(grace, "Ada Adeyemi", "One");
  await expect.poll(async () => (await control.tray())?.icon).toBe("tray-unread-dark.png");
  await expect.poll(async () => (await windowOf(desktop)).title).toBe("(1) Parley");
  await expect.poll(async () => (await windowOf(desktop)).flashing).toBe(true);
  await expect.poll(() => control.notifications()).toHaveLength(1);

  await expect.poll(labels).toContain("Pause notifications");
  await control.clickTrayItem("Pause notifications", "For 8 hours");
  await expect.poll(async () => (await control.tray())?.icon).toBe("tray-muted-dark.png");
  await expect
    .poll(async () => (await control.tray())?.toolTip)
    .toMatch(/1 unread message\nNotifications paused until/);
  await say(grace, "Ada Adeyemi", "Two");
  await expect.poll(() => control.badge()).toBe(2);
  expect(await control.notifications()).toMatchObject([{ body: "One" }]);
  await expect.poll(labels).toContain("Resume notifications");
  await control.clickTrayItem("Resume notifications");
  await say(grace, "Ada Adeyemi", "Three");
  await expect.poll(() => control.notifications()).toMatchObject([{ body: "Three" }]);

  await server.kill();
  await expect.poll(async () => (await control.tray())?.icon).toBe("tray-offline-dark.png");
  await expect.poll(labels).toContain("Not connected");

  // The panel crashes: who closed the window to the tray finds it on the screen.
  await control.setTrayHost(false);
  await expect.poll(() => control.tray()).toBeNull();
  await expect.poll(() => windowOf(desktop)).toMatchObject({ visible: true });
  await control.setTrayHost(true);
  await expect.poll(() => control.tray()).not.toBeNull();
});

test("context menus: spelling, copying, and only links that lead out", async () => {
  await using desktop = await startDesktop();
  test.skip(desktop.kind !== "stand-in", "clicks with the right button are made in the stand-in");
  const page = await desktop.firstWindow();
  const id = await windowIdOf(desktop);
  const { control } = desktop;
  const misspelt = { isEditable: true, misspelledWord: "helo", dictionarySuggestions: ["hello"] };
  const menu = await control.rightClick(id, misspelt);
  expect(menu.map(({ label }) => label)).toEqual(expect.arrayContaining(["hello", "paste"]));
  await control.clickContextMenu("hello");
  await control.clickContextMenu("Add to dictionary");
  await control.rightClick(id, { linkURL: "https://example.org/a" });
  await control.clickContextMenu("Copy link");
  await control.rightClick(id, { mediaType: "image", srcURL: "blob:app://parley/7" });
  await control.clickContextMenu("Save picture as…");
  expect(await control.rightClick(id, { linkURL: "file:///etc/passwd" })).toEqual([]);
  expect(await control.traces()).toMatchObject({
    replacedWords: ["hello"],
    learntWords: ["helo"],
    clipboard: "https://example.org/a",
    downloads: ["blob:app://parley/7"],
  });
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
});

test("settings: spelling in several languages or none, shortcut, start at login; all windows hear of it", async () => {
  const configHome = temporaryFolder("config");
  await using desktop = await startDesktop({ hasTray: true, env: { XDG_CONFIG_HOME: configHome } });
  test.skip(desktop.kind !== "stand-in", "what the machine was told is seen in the stand-in");
  const page = await desktop.firstWindow();
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
  const { control } = desktop;
  expect(await control.traces()).toMatchObject({
    spellcheck: null,
    shortcuts: [],
    uploadsCrashes: false,
  });
  const told = await listen(page, "shell:changed");
  const shortcut = "CommandOrControl+Alt+P";
  const configured = await call(page, "shell:configure", {
    spellcheck: ["de", "en-US", "xx"],
    globalShortcut: shortcut,
    startAtLogin: true,
  });
  expect(configured).toMatchObject({ ok: true, value: { shortcut: "set" } });
  expect(configured.value).toMatchObject({
    spellcheckLanguages: expect.arrayContaining(["de", "en-US", "fr"]),
    notifications: { by: "dbus", canReply: true },
  });
  await expect.poll(async () => (await told()).length).toBeGreaterThan(0);
  await expect
    .poll(() => control.traces())
    .toMatchObject({ spellcheck: ["de", "en-US"], shortcuts: [shortcut] });
  const autostart = join(configHome, "autostart/parley.desktop");
  await expect.poll(() => textOf(autostart)).toContain('"--hidden"');

  const id = await windowIdOf(desktop);
  await control.actOnWindow(id, "focus");
  await control.pressShortcut(shortcut);
  expect(await windowOf(desktop)).toMatchObject({ visible: false });
  await control.pressShortcut(shortcut);
  expect(await windowOf(desktop)).toMatchObject({ visible: true, focused: true });

  await control.setMachine({ takenShortcuts: ["Alt+Space"] });
  expect(await call(page, "shell:configure", { globalShortcut: "Alt+Space" })).toMatchObject({
    value: { shortcut: "taken" },
  });
  expect(await call(page, "shell:configure", { globalShortcut: "rm -rf" })).toMatchObject({
    ok: false,
  });
  await call(page, "shell:configure", {
    spellcheck: [],
    startAtLogin: false,
    globalShortcut: null,
  });
  expect(await control.traces()).toMatchObject({ spellcheck: null, shortcuts: [] });
  await expect.poll(() => readdirSync(join(configHome, "autostart"))).toEqual([]);
});

test("a page that hangs is ended and loaded anew; logs and reports stay here, and open by one call", async () => {
  await using desktop = await startDesktop();
  const page = await desktop.firstWindow();
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
  const id = await windowIdOf(desktop);
  await desktop.control.setResponsive(id, false);
  await desktop.control.setResponsive(id, true);
  await desktop.control.killRenderer(id);
  const back = await desktop.pageOf(id);
  await expect(back.getByRole("form", { name: "Sign in" })).toBeVisible();
  const reports = async () => {
    const { value } = await call(back, "shell:crash-reports", {});
    return (value as { reports: { id: string; what: string }[] }).reports;
  };
  await expect
    .poll(async () => (await reports()).map(({ what }) => what).toSorted())
    .toEqual(["page", "page-hangs"]);
  const [report] = await reports();
  const read = await call(back, "shell:crash-report", { id: report?.id });
  expect((read.value as { text: string }).text).toMatch(/^what: page/);
  await call(back, "shell:crash-report-delete", { id: report?.id });
  expect(await call(back, "shell:crash-report", { id: report?.id })).toMatchObject({
    ok: false,
    error: { code: "not_found" },
  });
  expect(await call(back, "shell:crash-report", { id: "../../host" })).toMatchObject({ ok: false });
  await call(back, "shell:open-logs", {});
  const logs = join(desktop.userDataDir, "logs");
  await expect.poll(() => desktop.control.openedExternally()).toEqual([logs]);
  await expect.poll(() => textOf(join(logs, "parley.log"))).toContain("loaded anew");
});

test("the test notification says what the system did with it", async () => {
  await using desktop = await startDesktop();
  const page = await desktop.firstWindow();
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
  expect(await call(page, "shell:notification-test", {})).toMatchObject({
    ok: true,
    value: { state: "shown" },
  });
  expect(await desktop.control.notifications()).toMatchObject([{ title: "Parley can notify you" }]);
  test.skip(process.platform !== "linux", "elsewhere nobody else shows notifications");
  await using bare = await startDesktop({
    env: { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" },
  });
  const other = await bare.firstWindow();
  await expect(other.getByRole("form", { name: "Sign in" })).toBeVisible();
  expect(await call(other, "shell:notification-test", {})).toMatchObject({
    ok: true,
    value: { state: "unavailable" },
  });
});
