import { type Browser, expect, type Page, test } from "@playwright/test";

import { type Desktop, startDesktop } from "../../electron-host/driver/desktop.ts";
import { call, chatInView, pageOfNew } from "../../support/desktop-calls.ts";
import { signUpInWindow, windowIdOf } from "../../support/desktop-person.ts";
import {
  chatRow,
  composer,
  conversation,
  expectOnline,
  messageWithText,
  say,
  signUp,
  startDirectChat,
} from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";

const GRACE = "Grace Lindqvist";

/** Grace in a browser, Ada at the desktop with their chat open, and that chat popped out by its key. */
async function popOut(
  browser: Browser,
  desktop: Desktop,
  serverUrl: string,
): Promise<{ grace: Page; ada: Page; mainId: number; id: number; popped: Page }> {
  const { page: grace } = await signUp(browser, serverUrl, GRACE, "grace");
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, serverUrl, "Ada Adeyemi", "ada");
  await startDirectChat(grace, "Ada Adeyemi");
  await say(grace, "Ada Adeyemi", "First");
  await chatRow(ada, GRACE).click();
  await expect(messageWithText(ada, GRACE, "First")).toBeVisible();
  await composer(ada, GRACE).fill("Half a thought");
  const mainId = await windowIdOf(desktop);
  await ada.keyboard.press("Alt+o");
  const [id, popped] = await pageOfNew(desktop, [mainId]);
  await expect(messageWithText(popped, GRACE, "First")).toBeVisible();
  return { grace, ada, mainId, id, popped };
}

async function infoOf(desktop: Desktop, id: number) {
  return (await desktop.control.windows()).find((window) => window.id === id);
}

test("a chat popped out by its key talks, reads, shares its draft, and is told from the others", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const { grace, ada, mainId, id, popped } = await popOut(browser, desktop, server.url);
  const { control } = desktop;
  await expect
    .poll(() => infoOf(desktop, id))
    .toMatchObject({ title: `${GRACE} – Parley`, bounds: { width: 480, height: 720 } });
  await expect(popped.getByRole("navigation", { name: "Chats" })).toHaveCount(0);

  // One cache, one draft.
  await expect(composer(popped, GRACE)).toHaveValue("Half a thought");
  await composer(popped, GRACE).fill("Half a thought more");
  await expect(composer(ada, GRACE)).toHaveValue("Half a thought more");
  await say(popped, GRACE, "From the small window");
  await expect(messageWithText(grace, "Ada Adeyemi", "From the small window")).toBeVisible();
  await expect(messageWithText(ada, GRACE, "From the small window")).toBeVisible();
  await expect(composer(ada, GRACE)).toHaveValue("");

  // What is read there is read, also while the main window is away.
  await control.actOnWindow(mainId, "hide");
  await control.actOnWindow(id, "focus");
  await say(grace, "Ada Adeyemi", "You see this");
  await expect(messageWithText(grace, "Ada Adeyemi", "You see this")).toHaveAccessibleName(/Read/);
  await expect.poll(() => control.notifications()).toEqual([]);
  await expect.poll(() => control.badge()).toBe(0);
  // Out of focus it is not; a click on the notification leads back to the small window.
  await control.actOnWindow(id, "minimize");
  await say(grace, "Ada Adeyemi", "And this?");
  await expect.poll(() => control.badge()).toBe(1);
  await expect.poll(() => control.notifications()).toMatchObject([{ body: "And this?" }]);
  await control.clickNotification(GRACE);
  await expect.poll(() => infoOf(desktop, id)).toMatchObject({ minimized: false, focused: true });
  expect(await infoOf(desktop, mainId)).toMatchObject({ visible: false });
  await expect.poll(() => control.badge()).toBe(0);

  // Asked for again it is shown, not doubled; the tray brings the main window.
  await control.actOnWindow(id, "minimize");
  const chat = await chatInView(ada);
  expect(await call(ada, "window:open", { chat })).toMatchObject({ ok: true });
  await expect.poll(() => infoOf(desktop, id)).toMatchObject({ minimized: false, focused: true });
  expect(await control.windows()).toHaveLength(2);
  await control.clickTray();
  await expect.poll(() => infoOf(desktop, mainId)).toMatchObject({ visible: true });

  // The page may be gone before the key is up again.
  await popped.keyboard.press("Alt+w").catch(() => undefined);
  await expect.poll(() => control.windows()).toHaveLength(1);
});

test("a window for a chat comes back with the app as it was; a chat of nobody here gets none", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const { ada, mainId, id, popped } = await popOut(browser, desktop, server.url);
  const { control } = desktop;
  await conversation(popped, GRACE).getByRole("button", { name: "Chat menu" }).click();
  await popped.getByRole("menuitem", { name: "Keep this window on top" }).click();
  await expect.poll(() => infoOf(desktop, id)).toMatchObject({ alwaysOnTop: true });
  await control.actOnWindow(id, "focus");
  await control.clickMenu(["View", "Zoom in"]);
  await expect.poll(() => infoOf(desktop, id)).toMatchObject({ zoomFactor: 1.1 });
  expect(await infoOf(desktop, mainId)).toMatchObject({ zoomFactor: 1, alwaysOnTop: false });
  const bounds = { x: 300, y: 200, width: 500, height: 600 };
  await control.setBounds(id, bounds);

  // Its page dies: the window is the same afterwards, and knows its chat.
  await control.killRenderer(id);
  const back = await desktop.pageOf(id);
  await expect(composer(back, GRACE)).toHaveValue("Half a thought");
  await expect.poll(() => infoOf(desktop, id)).toMatchObject({ bounds, alwaysOnTop: true });

  const { accountKey, chatId } = await chatInView(ada);
  const nobody = `${accountKey.slice(0, -1)}${accountKey.endsWith("0") ? "1" : "0"}`;
  expect(await call(ada, "window:open", { chat: { accountKey: nobody, chatId } })).toMatchObject({
    ok: false,
    error: { code: "not_found" },
  });
  expect(await control.windows()).toHaveLength(2);

  await desktop.quit();
  await using again = await desktop.relaunch();
  await expect.poll(() => again.control.windows()).toHaveLength(2);
  const [main, small] = await again.control.windows();
  expect(small).toMatchObject({ bounds, alwaysOnTop: true });
  await expect.poll(() => infoOf(again, small?.id ?? 0)).toMatchObject({ visible: true });
  await expect.poll(() => infoOf(again, main?.id ?? 0)).toMatchObject({ focused: true });
  const page = await again.pageOf(small?.id ?? 0);
  await expect(composer(page, GRACE)).toHaveValue("Half a thought");
  await expect.poll(() => infoOf(again, small?.id ?? 0)).toMatchObject({ zoomFactor: 1.1 });
});

test("V56: theme and sign-out reach every window", async ({ browser }) => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  const { ada, mainId, id, popped } = await popOut(browser, desktop, server.url);
  const { control } = desktop;
  await control.clickMenu(["File", "New window"]);
  const [, beside] = await pageOfNew(desktop, [mainId, id]);
  await expectOnline(beside);
  const themeOf = (page: Page) => page.evaluate(() => document.documentElement.dataset["theme"]);
  for (const theme of ["Dark", "Light"]) {
    await ada.getByRole("button", { name: "Settings" }).click();
    const settings = ada.getByRole("dialog", { name: "Settings" });
    await settings.getByRole("button", { name: "Appearance" }).click();
    await settings.getByText(theme, { exact: true }).click();
    for (const page of [ada, popped, beside]) {
      await expect.poll(() => themeOf(page)).toBe(theme.toLowerCase());
    }
    await ada.keyboard.press("Escape");
  }

  const { accountKey } = await chatInView(ada);
  expect(await call(ada, "account:sign-out", { accountKey, everywhere: false })).toMatchObject({
    ok: true,
  });
  await expect.poll(() => control.windows()).toHaveLength(2);
  expect(await infoOf(desktop, id)).toBeUndefined();
  for (const page of [ada, beside]) {
    await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
  }
  // Who signed out has nothing to come back to.
  await desktop.quit();
  await using again = await desktop.relaunch();
  await expect((await again.firstWindow()).getByRole("form", { name: "Sign in" })).toBeVisible();
  await expect.poll(() => again.control.windows()).toHaveLength(2);
});

test("without a tray the app ends with its last window, and the main one takes no other along", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: false });
  test.skip(process.platform !== "linux", "elsewhere there always is a place to come back from");
  const { grace, mainId, id, popped } = await popOut(browser, desktop, server.url);
  const { control } = desktop;
  await control.actOnWindow(mainId, "close");
  await expect.poll(() => infoOf(desktop, mainId)).toMatchObject({ visible: false });
  await say(popped, GRACE, "Still here");
  await expect(messageWithText(grace, "Ada Adeyemi", "Still here")).toBeVisible();
  // Main may not have heard yet that nothing waits any more: then it asks, and shall end all the same.
  const quitAnyway = 1;
  await control.answerDialogs([quitAnyway]);
  await control.actOnWindow(id, "close");
  expect(await desktop.ended).toBe(0);
});
