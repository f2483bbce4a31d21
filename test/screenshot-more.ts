// States that one rarely sees, for screenshots.ts: nothing there, too much there, other shapes of the window.
import { type Browser, expect, type Page } from "@playwright/test";

import {
  chatList,
  chatRow,
  composer,
  conversation,
  createGroup,
  messages,
  type Person,
  say,
  signUp,
  startDirectChat,
} from "./support/person.ts";

export type MoreStage = {
  browser: Browser;
  url: string;
  take: (page: Page, name: string) => Promise<void>;
  /** A group of both. */
  group: string;
};

const LONG = "The one with a name so long that nobody would give it, but somebody did anyway";
const WINDOW = { width: 1440, height: 900 };

/** Somebody's first minute: nothing to see, nobody known. */
async function newcomer({ browser, url, take }: MoreStage): Promise<Person> {
  const olga = await signUp(browser, url, "Olga Nyström", "olga");
  const { page } = olga;
  const list = chatList(page);
  for (const filter of ["Unread", "Groups"]) {
    await list.getByRole("button", { name: filter, exact: true }).click();
    await expect(list.getByRole("option")).toHaveCount(0);
    await take(page, `list-none-${filter.toLowerCase()}`);
  }
  await list.getByRole("button", { name: "All", exact: true }).click();
  await list.getByRole("searchbox").fill("quartz");
  await expect(list.getByText("Nothing found")).toBeVisible();
  await take(page, "list-search-none");
  await list.getByRole("searchbox").fill("");
  await page.keyboard.press("Alt+n");
  const people = page.getByRole("searchbox", { name: "Search people" });
  await expect(people).toBeFocused();
  await take(page, "new-chat-newcomer");
  await people.fill("quartz");
  await expect(page.getByText(/Nobody here is called/)).toBeVisible();
  await take(page, "new-chat-nobody");
  await people.fill("");
  await page.getByRole("dialog").getByRole("button", { name: "New group" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Create group" }).click();
  await expect(page.getByText("Give the group a name.")).toBeVisible();
  await take(page, "new-group-errors");
  await page.keyboard.press("Escape");
  await startDirectChat(page, "Tomás Ferreira");
  await expect(composer(page, "Tomás Ferreira")).toBeFocused();
  await take(page, "first-chat");
  return olga;
}

async function longNames({ take }: MoreStage, { page }: Person): Promise<void> {
  await createGroup(page, LONG, ["Tomás Ferreira", "Noa Ben-David"]);
  await expect(composer(page, LONG)).toBeFocused();
  await say(page, LONG, "Hello everybody");
  await conversation(page, LONG).getByRole("heading").click();
  await expect(page.getByText(/Verified #/)).toBeVisible();
  await page.getByRole("button", { name: "Why wasn't I notified?" }).click();
  await take(page, "long-name-details");
  await page.getByRole("button", { name: "Close", exact: true }).first().click();
}

async function crowded({ take, group }: MoreStage, { page }: Person): Promise<void> {
  await chatRow(page, group).click();
  await say(page, group, "The lake it is, then");
  const newest = messages(page, group).filter({ hasText: "The lake it is" });
  for (const key of ["👍", "❤️", "😂", "😮", "😢", "🙏"]) {
    await newest.click({ button: "right" });
    await page.getByRole("menuitemcheckbox", { name: `React with ${key}` }).click();
    await expect(newest.getByRole("button", { name: key })).toBeVisible();
  }
  await newest.getByTestId("message-text").hover();
  await take(page, "many-reactions");
}

async function settings({ take }: MoreStage, { page }: Person): Promise<void> {
  await page.keyboard.press("Control+,");
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await dialog.getByRole("searchbox").fill("quiet");
  await take(page, "settings-search");
  await dialog.getByRole("searchbox").fill("quartz");
  await take(page, "settings-nothing");
  await dialog.getByRole("searchbox").fill("");
  await dialog.getByRole("button", { name: "Devices", exact: true }).click();
  const away = dialog.getByRole("button", { name: /^Sign out Mara/ });
  await away.click();
  await expect(page.getByText(/^Sign out “/)).toBeVisible();
  await take(page, "settings-devices-ask");
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Rename", exact: false }).first().click();
  await take(page, "settings-devices-rename");
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Notifications", exact: true }).click();
  await dialog.getByRole("switch", { name: /^Do not disturb/ }).check();
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(chatList(page).getByText("Do not disturb is on")).toBeVisible();
  await take(page, "do-not-disturb");
  await chatList(page).getByRole("button", { name: "Turn off" }).click();
}

async function shapes({ take, group }: MoreStage, { page, context }: Person): Promise<void> {
  await page.setViewportSize({ width: 720, height: 450 });
  await take(page, "zoom-200");
  await page.setViewportSize(WINDOW);
  await page.emulateMedia({ forcedColors: "active" });
  await take(page, "forced-colors");
  await page.emulateMedia({ forcedColors: "none" });
  await page.evaluate(() => {
    document.documentElement.dir = "rtl";
  });
  await take(page, "right-to-left");
  await page.evaluate(() => {
    document.documentElement.dir = "ltr";
  });
  const popup = context.waitForEvent("page");
  await composer(page, group).press("Alt+o");
  const alone = await popup;
  await expect(messages(alone, group).last()).toBeVisible();
  await take(alone, "window-of-its-own");
  await alone.close();
}

/** Empty, crowded and unusual states. */
export async function more(stage: MoreStage, me: Person): Promise<void> {
  const olga = await newcomer(stage);
  await longNames(stage, olga);
  await olga.context.close();
  await crowded(stage, me);
  await settings(stage, me);
  await shapes(stage, me);
}
