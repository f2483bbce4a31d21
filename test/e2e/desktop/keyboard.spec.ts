import { appLink } from "@parley/protocol/links.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { expect, test } from "@playwright/test";

import { startDesktop } from "../../electron-host/driver/desktop.ts";
import { expectAccessibleInBoth, tabTo } from "../../support/access.ts";
import { pageOfNew } from "../../support/desktop-calls.ts";
import { signUpInWindow, windowIdOf } from "../../support/desktop-person.ts";
import {
  composer,
  conversation,
  expectOnline,
  messageWithText,
  signUp,
  startDirectChat,
} from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";

// Every look of axe would put the whole page, and axe itself, into the trace.
test.use({ trace: "off" });

const GRACE = "Grace Lindqvist";

test("the desktop's own settings, a link that nobody here can open, and a chat alone: without a mouse, axe finds nothing", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desktop = await startDesktop({ hasTray: true });
  await signUp(browser, server.url, GRACE, "grace");
  const first = await desktop.firstWindow();
  await signUpInWindow(first, server.url, "Ada Adeyemi", "ada");
  await startDirectChat(first, GRACE);
  const mainId = await windowIdOf(desktop);
  await desktop.control.killRenderer(mainId);
  const page = await desktop.pageOf(mainId);
  await expectOnline(page);
  await composer(page, GRACE).click();
  const keys = page.keyboard;
  const settings = page.getByRole("dialog", { name: "Settings" });
  const search = settings.getByRole("searchbox");
  const find = async (words: string): Promise<void> => {
    await search.focus();
    await keys.type(words);
    await keys.press("Enter");
  };

  await keys.press("Control+,");
  await find("hotkey");
  const choose = settings.getByRole("button", { name: /^Choose|^Change the shortcut/ });
  await expect(choose).toBeFocused();
  await keys.press("Enter");
  await keys.press("Control+Shift+9");
  await expect(choose).toHaveAccessibleName("Change the shortcut Ctrl Shift 9");
  await tabTo(page, settings.getByRole("button", { name: "Remove the shortcut" }));
  await keys.press("Enter");
  await expect(choose).toBeFocused();

  await find("dictionary");
  await expect(settings.getByRole("switch", { name: /^Check spelling/ })).toBeFocused();
  await keys.press("Space");
  const language = settings.getByRole("checkbox", { name: "German" });
  await tabTo(page, language);
  await keys.press("Space");
  await expect(language).toBeChecked();

  await find("bug");
  await expect(settings.getByRole("region", { name: "Desktop" })).toBeVisible();
  const read = settings.getByRole("button", { name: /^Read the report: page,/ });
  await tabTo(page, read);
  await keys.press("Enter");
  await tabTo(page, settings.getByRole("region", { name: "Text of the report" }));
  await tabTo(page, settings.getByRole("button", { name: /^Copy/ }));
  await expectAccessibleInBoth(page, "settings, Desktop, with a crash report");
  const remove = settings.getByRole("button", { name: /^Delete the report/ });
  await tabTo(page, remove, "Shift+Tab");
  await keys.press("Enter");
  await expect(settings.getByText("None: nothing has crashed.")).toBeVisible();
  await find("zoom");
  await keys.press("Tab");
  await keys.press("Enter");
  await tabTo(page, settings.getByRole("button", { name: "Actual size" }), "Shift+Tab");
  await keys.press("Enter");
  await expect(settings.getByRole("button", { name: "Zoom out" })).toBeFocused();
  await keys.press("Escape");
  await expect(settings).toBeHidden();
  await expect(composer(page, GRACE)).toBeFocused();

  const link = {
    kind: "chat",
    server: "https://other.example.net",
    chatId: newId(ChatId),
  } as const;
  await desktop.control.openUrl(appLink(link));
  const problem = page.getByRole("dialog", { name: "This link leads to another server" });
  await expect(problem).toContainText("other.example.net");
  await expectAccessibleInBoth(page, "a link to a server where nobody here is signed in");
  await tabTo(page, problem.getByRole("button", { name: "Sign in" }));
  await keys.press("Escape");
  await expect(problem).toBeHidden();
  await expect(composer(page, GRACE)).toBeFocused();

  await keys.press("Alt+o");
  const [, popped] = await pageOfNew(desktop, [mainId]);
  const box = composer(popped, GRACE);
  await expect(box).toBeFocused();
  await popped.keyboard.type("Written in a window of its own");
  await popped.keyboard.press("Enter");
  await expect(messageWithText(popped, GRACE, "Written in a window of its own")).toBeVisible();
  const menu = conversation(popped, GRACE).getByRole("button", { name: "Chat menu" });
  await tabTo(popped, menu, "Shift+Tab");
  await popped.keyboard.press("Enter");
  await expect(popped.getByRole("menuitem", { name: "Keep this window on top" })).toBeVisible();
  await expectAccessibleInBoth(popped, "a chat alone in its window, with its menu");
  await popped.keyboard.press("Escape");
  await expect(menu).toBeFocused();
});
