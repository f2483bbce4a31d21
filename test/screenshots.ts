// Draws every screen and state of the app, light and dark, for somebody to look at. Nothing is
// compared: the pictures go to a folder of the temporary directory, or the one named.
//   node test/screenshots.ts [folder] [--only light|dark]   every state
//   node test/screenshots.ts --changes [folder]            changed messages and chats alone
//   node test/screenshots.ts --more [folder]               empty, crowded and unusual states alone
//   node test/screenshots.ts --desktop [folder]            what only the desktop has alone
//   node test/screenshots.ts --readme                       the two pictures of the README, in docs/
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { type Browser, chromium, expect as expectSoon, type Page } from "@playwright/test";

import { buildWebApp } from "../build/support/web-build.ts";
import { changes, inDrafts } from "./screenshot-changes.ts";
import { desktopStates } from "./screenshot-desktop.ts";
import { more } from "./screenshot-more.ts";
import { resolveChromium } from "./support/chromium.ts";
import {
  chatList,
  chatRow,
  composer,
  conversation,
  messages,
  messageWithText,
  openApp,
  type Person,
  say,
  signIn,
  signUp,
} from "./support/person.ts";
import { startServer } from "./support/server-process.ts";
import { SETTINGS_SECTIONS } from "./support/settings-sections.ts";
import { startTcpProxy, type TcpProxy } from "./support/tcp-proxy.ts";

const DOCS = fileURLToPath(new URL("../docs", import.meta.url));
const WINDOW = { width: 1440, height: 900 };
const MARA = { name: "Mara Lindqvist", handle: "mara", password: "blue-door-14" };
const TOMAS = { name: "Tomás Ferreira", handle: "tomas", password: "long-level-3" };
const OFFICE = "Studio";
const SITE = "Mill Lane 14";
const HIKERS = "Sunday hikers 🥾";

/** As long as in the tests: the machine may be busy. */
const expect = expectSoon.configure({ timeout: 20_000 });

const THEMES = ["light", "dark"] as const;
type Theme = (typeof THEMES)[number];
/** Takes a picture of the window under a name. */
type Take = (page: Page, name: string) => Promise<void>;

type Stage = { browser: Browser; url: string; proxy: TcpProxy; theme: Theme; take: Take };

/** A browser whose windows have a theme and a size. */
async function launch(theme: Theme): Promise<Browser> {
  const { executablePath, args, env } = await resolveChromium();
  const browser = await chromium.launch({ executablePath, args, env });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = (options) =>
    newContext({ ...options, viewport: WINDOW, colorScheme: theme, locale: "en-US" });
  return browser;
}

function takeInto(folder: string, theme: Theme): Take {
  return async (page, name) => {
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await page.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: "disabled" });
  };
}

async function openBeside(page: Page, title: string): Promise<void> {
  await chatRow(page, title).focus();
  await page.keyboard.press("Control+Enter");
  await expect(composer(page, title)).toBeVisible();
}

async function menuOf(page: Page, title: string, text: string): Promise<void> {
  await messageWithText(page, title, text).last().click({ button: "right" });
  await expect(page.getByRole("menu")).toBeVisible();
}

async function closeAll(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

async function signedOut({ browser, url, take }: Stage): Promise<void> {
  const { context, page } = await openApp(browser, url);
  await expect(page.getByRole("img", { name: "Server found" })).toBeVisible();
  await take(page, "sign-in");
  await page.getByRole("textbox", { name: "Handle" }).fill("mara");
  await page.getByRole("textbox", { name: "Password" }).fill("not this one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(/tries left/)).toBeVisible();
  await take(page, "sign-in-error");
  await page.getByRole("textbox", { name: "Server" }).fill("127.0.0.1:9");
  await expect(page.getByText(/Open the server's own address/)).toBeVisible();
  await take(page, "sign-in-elsewhere");
  await page.getByRole("textbox", { name: "Server" }).fill(url);
  await expect(page.getByRole("img", { name: "Server found" })).toBeVisible();
  await page.getByRole("button", { name: "Create account" }).click();
  await take(page, "sign-up");
  await page.getByRole("textbox", { name: "Handle" }).fill("x");
  await page.getByRole("button", { name: "Create account" }).click();
  await take(page, "sign-up-errors");
  await context.close();
}

async function emptyApp({ browser, url, take }: Stage): Promise<void> {
  const nina = await signUp(browser, url, "Nina Berg", "nina");
  await take(nina.page, "empty");
  await chatRow(nina.page, "Notes to self").click();
  await expect(composer(nina.page, "Notes to self")).toBeFocused();
  await take(nina.page, "empty-chat");
  await nina.context.close();
}

async function panes({ take }: Stage, { page }: Person, tomas: Person): Promise<void> {
  await take(page, "list");
  await chatRow(page, SITE).click();
  await expect(conversation(page, SITE).getByText(/new messages/)).toBeVisible();
  await take(page, "group-unread");
  await chatRow(tomas.page, MARA.name).click();
  await openBeside(page, TOMAS.name);
  await composer(tomas.page, MARA.name).pressSequentially("I will");
  await expect(conversation(page, TOMAS.name).getByText("typing…")).toBeVisible();
  await take(page, "two-panes-typing");
  await composer(tomas.page, MARA.name).fill("");
  await openBeside(page, OFFICE);
  await openBeside(page, HIKERS);
  await expect(conversation(page, HIKERS).getByText("Someone")).toHaveCount(0);
  await page.setViewportSize({ width: 1920, height: 1000 });
  await take(page, "four-panes");
  await page.setViewportSize(WINDOW);
  await take(page, "three-panes");
  for (const title of [HIKERS, OFFICE]) {
    await conversation(page, title).getByRole("button", { name: "Close this chat" }).click();
  }
}

/** Says something and waits until the other one has it. */
async function tell(from: Person, to: Person, text: string): Promise<void> {
  await say(from.page, to.name, text);
  const [firstLine = text] = text.split("\n");
  await expect(
    messages(to.page, from.name).getByTestId("message-text").filter({ hasText: firstLine }),
  ).not.toHaveCount(0);
}

async function texts({ take }: Stage, mara: Person, tomas: Person): Promise<void> {
  await tell(mara, tomas, "Which drawing? 🪟");
  await tell(tomas, mara, "السلام عليكم، النافذة جاهزة");
  await tell(
    tomas,
    mara,
    "صباح الخير يا مارا، وصلت النوافذ كلها اليوم وسوف نبدأ بتركيبها غدا صباحا إذا لم تمطر",
  );
  await tell(mara, tomas, "شكرا جزيلا");
  await tell(mara, tomas, "שלום, the window is 120×90 ✅");
  await tell(tomas, mara, "👍");
  await tell(tomas, mara, `https://example.org/${"plans/".repeat(16)}sheet-12.pdf`);
  await tell(mara, tomas, "Donaudampfschifffahrtsgesellschaftskapitän".repeat(4));
  await take(mara.page, "texts");
  const lines = Array.from({ length: 250 }, (_, n) => `${n + 1}. A line of a long list of lines.`);
  await tell(tomas, mara, lines.join("\n"));
  await expect(mara.page.getByRole("button", { name: "Show all" })).toBeVisible();
  await take(mara.page, "long-text");
}

async function writing({ take }: Stage, { page }: Person): Promise<void> {
  const at = TOMAS.name;
  await menuOf(page, at, "👍");
  await take(page, "message-menu");
  await page.getByRole("menuitem", { name: "Reply" }).click();
  await composer(page, at).fill("Two lines of a draft:\nthe second one is here.");
  await take(page, "draft-reply");
  await conversation(page, at).getByRole("button", { name: "Cancel reply" }).click();
  await composer(page, at).fill("");
  await composer(page, SITE).fill("A draft for the site");
  await menuOf(page, at, "Which drawing? 🪟");
  await page.getByRole("menuitem", { name: "Info" }).click();
  await expect(page.getByText(/read it/)).toBeVisible();
  await take(page, "message-info");
  await closeAll(page);
}

async function overlays({ take }: Stage, { page }: Person): Promise<void> {
  await page.getByRole("button", { name: "New chat" }).first().click();
  await take(page, "new-chat");
  await page.getByRole("searchbox", { name: "Search people" }).fill("lu");
  await expect(page.getByText("Lúcia Ferreira")).toBeVisible();
  await take(page, "new-chat-search");
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByRole("dialog").getByText("Noa Ben-David").click();
  await take(page, "new-group");
  await closeAll(page);
  await conversation(page, SITE).getByRole("button", { name: "Chat menu" }).click();
  await take(page, "chat-menu");
  await page.getByRole("menuitem", { name: "Details" }).click();
  const details = page.getByRole("complementary", { name: "Details" });
  await expect(details.getByRole("combobox", { name: "Sound" })).toBeVisible();
  await take(page, "details");
  await page.getByRole("button", { name: "Close", exact: true }).first().click();
  await page.getByRole("button", { name: "Settings" }).click();
  for (const section of SETTINGS_SECTIONS) {
    await page.getByRole("button", { name: section, exact: true }).click();
    await take(page, `settings-${section.toLowerCase()}`);
  }
  await closeAll(page);
  await page.keyboard.press("Control+k");
  await take(page, "palette");
  await page.getByRole("dialog").getByRole("combobox").fill("mi");
  await take(page, "palette-search");
  await closeAll(page);
  await chatList(page).getByRole("option").first().focus();
  await page.keyboard.press("?");
  await take(page, "keys");
  await closeAll(page);
}

async function widths({ take }: Stage, { page }: Person): Promise<void> {
  await page.setViewportSize({ width: 860, height: 800 });
  await take(page, "narrow-860");
  await page.setViewportSize({ width: 420, height: 800 });
  await take(page, "narrow-420-chat");
  await page.getByRole("button", { name: "Back to chats" }).click();
  await take(page, "narrow-420-list");
  await page.setViewportSize(WINDOW);
}

async function looks({ take }: Stage, { page }: Person): Promise<void> {
  for (const [name, look] of [
    ["text-150", { textPercent: 150 }],
    ["text-80", { textPercent: 80 }],
    ["compact", { density: "compact" }],
    ["contrast", { contrast: "more" }],
  ] as const) {
    await page.evaluate(
      (value) => localStorage.setItem("parley.look", value),
      JSON.stringify(look),
    );
    await page.reload();
    await expect(messages(page, TOMAS.name).last()).toBeVisible();
    await take(page, `look-${name}`);
  }
  await page.evaluate(() => localStorage.removeItem("parley.look"));
  await page.reload();
  await expect(messages(page, TOMAS.name).last()).toBeVisible();
}

async function offline({ take, proxy }: Stage, { page }: Person, tomas: Person): Promise<void> {
  await chatRow(page, SITE).click();
  await expect(composer(page, SITE)).toBeVisible();
  await openBeside(page, TOMAS.name);
  await composer(page, SITE).click();
  await proxy.cut();
  await expect(page.getByRole("status", { name: "Connection" })).not.toHaveText("");
  await say(page, SITE, "Written without a network");
  await composer(page, TOMAS.name).click();
  await say(page, TOMAS.name, "This one waits too");
  await expect(page.getByText(/2 messages waiting/)).toBeVisible();
  await take(page, "offline-waiting");
  await chatRow(tomas.page, SITE).click();
  await conversation(tomas.page, SITE).getByRole("button", { name: "Chat menu" }).click();
  await tomas.page.getByRole("menuitem", { name: "Details" }).click();
  await tomas.page.getByRole("button", { name: "Actions for Mara Lindqvist" }).click();
  await tomas.page.getByRole("menuitem", { name: "Remove from group" }).click();
  await tomas.page.getByRole("dialog").getByRole("button", { name: "Remove from group" }).click();
  await expect(conversation(tomas.page, SITE).getByText(/You removed Mara/)).toBeVisible();
  await proxy.restore();
  await expect(page.getByText("Written without a network").first()).toBeVisible();
  await expect(conversation(page, SITE).getByText("Discard")).toBeVisible({ timeout: 30_000 });
  await take(page, "failed-send");
}

async function allStates(theme: Theme, folder: string): Promise<void> {
  await using server = await startServer({ args: ["--demo"] });
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const browser = await launch(theme);
  const stage = { browser, url: server.url, proxy, theme, take: takeInto(folder, theme) };
  await signedOut(stage);
  const mara = await signIn(browser, proxy.url, MARA);
  const tomas = await signIn(browser, server.url, TOMAS);
  await panes(stage, mara, tomas);
  await texts(stage, mara, tomas);
  await writing(stage, mara);
  await overlays(stage, mara);
  await widths(stage, mara);
  await looks(stage, mara);
  await changes({ ...stage, group: OFFICE }, mara, tomas);
  await inDrafts({ ...stage, group: OFFICE }, mara, await signIn(browser, server.url, MARA));
  await more({ ...stage, group: OFFICE }, mara);
  await offline(stage, mara, tomas);
  await emptyApp(stage);
  await desktopStates(stage);
  await browser.close();
}

async function changedStates(theme: Theme, folder: string): Promise<void> {
  await using server = await startServer({ args: ["--demo"] });
  await using proxy = await startTcpProxy({ targetPort: server.port });
  const browser = await launch(theme);
  const mara = await signIn(browser, proxy.url, MARA);
  const tomas = await signIn(browser, server.url, TOMAS);
  const take = takeInto(folder, theme);
  await changes({ take, proxy, group: OFFICE }, mara, tomas);
  await inDrafts({ take, group: OFFICE }, mara, await signIn(browser, server.url, MARA));
  await browser.close();
}

async function moreStates(theme: Theme, folder: string): Promise<void> {
  await using server = await startServer({ args: ["--demo"] });
  const browser = await launch(theme);
  const take = takeInto(folder, theme);
  const mara = await signIn(browser, server.url, MARA);
  await more({ browser, url: server.url, take, group: OFFICE }, mara);
  await browser.close();
}

async function desktopOnly(theme: Theme, folder: string): Promise<void> {
  const browser = await launch(theme);
  await desktopStates({ browser, theme, take: takeInto(folder, theme) });
  await browser.close();
}

async function readmePicture(theme: Theme): Promise<void> {
  await using server = await startServer({ args: ["--demo"] });
  const browser = await launch(theme);
  const mara = await signIn(browser, server.url, MARA);
  const tomas = await signIn(browser, server.url, TOMAS);
  await chatRow(tomas.page, MARA.name).click();
  await chatRow(mara.page, SITE).click();
  await openBeside(mara.page, TOMAS.name);
  await expect(messages(mara.page, TOMAS.name).last()).toBeVisible();
  await takeInto(DOCS, theme)(mara.page, "screenshot");
  await browser.close();
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    readme: { type: "boolean" },
    changes: { type: "boolean" },
    more: { type: "boolean" },
    desktop: { type: "boolean" },
    only: { type: "string" },
  },
});
const themes = THEMES.filter((theme) => values.only === undefined || values.only === theme);
const { exitCode } = values.desktop ? { exitCode: 0 } : await buildWebApp();
if (exitCode !== 0) throw new Error("the web app could not be built");
if (values.readme) {
  for (const theme of themes) await readmePicture(theme);
} else {
  const folder = positionals[0] ?? mkdtempSync(join(tmpdir(), "parley-screenshots-"));
  mkdirSync(folder, { recursive: true });
  const draw = values.desktop
    ? desktopOnly
    : values.changes
      ? changedStates
      : values.more
        ? moreStates
        : allStates;
  for (const theme of themes) await draw(theme, folder);
  console.log(`Pictures are in ${folder}`);
}
