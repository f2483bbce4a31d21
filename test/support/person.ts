import { type Browser, type BrowserContext, type Locator, type Page, test } from "@playwright/test";

import { expect } from "./expect.ts";

/** Someone in front of a browser of their own: a profile (context) and the page in it. */
export type Person = {
  name: string;
  handle: string;
  password: string;
  context: BrowserContext;
  page: Page;
};

const PASSWORD = "correct horse battery";

/** Profiles that are open, each with the test that opened it. */
const opened = new Map<BrowserContext, string>();

/** Which test runs; undefined outside of one. */
function runningTest(): string | undefined {
  try {
    return test.info().testId;
  } catch {
    return undefined;
  }
}

/** Ends the profiles of tests before: their pages would go on looking for servers that are gone. */
async function closeThoseBefore(running: string): Promise<void> {
  const left = [...opened].filter(([, owner]) => owner !== running).map(([context]) => context);
  for (const context of left) opened.delete(context);
  await Promise.all(left.map((context) => context.close()));
}

/** Opens the app in a fresh profile, which lives until a later test opens one. Nothing is signed in. */
export async function openApp(
  browser: Browser,
  url: string,
): Promise<{ context: BrowserContext; page: Page }> {
  const running = runningTest();
  if (running !== undefined) await closeThoseBefore(running);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  if (running !== undefined) opened.set(context, running);
  context.on("close", () => opened.delete(context));
  const page = await context.newPage();
  await page.goto(url);
  return { context, page };
}

/** Opens the app in a profile of its own and creates an account there. */
export async function signUp(
  browser: Browser,
  url: string,
  name: string,
  handle: string,
): Promise<Person> {
  const { context, page } = await openApp(browser, url);
  await createAccount(page, name, handle);
  return { name, handle, password: PASSWORD, context, page };
}

/** Creates an account in a page of the app in which nobody is signed in, and waits until it is connected. */
export async function createAccount(page: Page, name: string, handle: string): Promise<void> {
  await page.getByRole("form", { name: "Sign in" }).getByText("Create account").click();
  const form = page.getByRole("form", { name: "Create account" });
  await form.getByRole("textbox", { name: "Name" }).fill(name);
  await form.getByRole("textbox", { name: "Handle" }).fill(handle);
  await form.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await form.getByRole("button", { name: "Create account" }).click();
  await expect(chatList(page)).toBeVisible();
  await expectOnline(page);
}

/** Signs in to an existing account in a profile of its own: another device of the same person. */
export async function signIn(
  browser: Browser,
  url: string,
  who: Pick<Person, "name" | "handle" | "password">,
): Promise<Person> {
  const { context, page } = await openApp(browser, url);
  const form = page.getByRole("form", { name: "Sign in" });
  await form.getByRole("textbox", { name: "Handle" }).fill(who.handle);
  await form.getByRole("textbox", { name: "Password" }).fill(who.password);
  await form.getByRole("button", { name: "Sign in" }).click();
  await expect(chatList(page)).toBeVisible();
  await expectOnline(page);
  return { ...who, context, page };
}

export function chatList(page: Page): Locator {
  return page.getByRole("navigation", { name: "Chats" });
}

/** The row of a chat in the list, by its title. */
export function chatRow(page: Page, title: string): Locator {
  const startsWithTitle = new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
  return chatList(page).getByRole("option", { name: startsWithTitle });
}

export function conversation(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title, exact: true });
}

export function messages(page: Page, title: string): Locator {
  return conversation(page, title).getByRole("log", { name: "Messages" }).getByRole("article");
}

/** Messages whose text is exactly `text`. */
export function messageWithText(page: Page, title: string, text: string): Locator {
  return messages(page, title).filter({
    has: page.getByTestId("message-text").getByText(text, { exact: true }),
  });
}

export function composer(page: Page, title: string): Locator {
  return conversation(page, title).getByRole("textbox", { name: `Message ${title}` });
}

/** S11: waits until the connection line is empty, which means live. */
export async function expectOnline(page: Page): Promise<void> {
  await expect(page.getByRole("status", { name: "Connection" })).toHaveText("");
}

/** Finds a person by search and opens the direct chat. */
export async function startDirectChat(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "New chat" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New chat" });
  await dialog.getByRole("searchbox", { name: "Search people" }).fill(name);
  await dialog.getByText(name, { exact: true }).click();
  await expect(conversation(page, name)).toBeVisible();
}

/** Makes a group with people found by search. */
export async function createGroup(
  page: Page,
  title: string,
  names: readonly string[],
): Promise<void> {
  await page.getByRole("button", { name: "New chat" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "New group" }).click();
  await dialog.getByRole("textbox", { name: "Group name" }).fill(title);
  for (const name of names) {
    await dialog.getByRole("searchbox", { name: "Search people" }).fill(name);
    await dialog.getByText(name, { exact: true }).first().click();
  }
  await dialog.getByRole("button", { name: "Create group" }).click();
  await expect(conversation(page, title)).toBeVisible();
}

/** Writes a message as a person would: into the composer, then Enter. */
export async function say(page: Page, title: string, text: string): Promise<void> {
  const box = composer(page, title);
  await box.fill(text);
  await box.press("Enter");
  await expect(box).toHaveValue("");
}

/**
 * The texts of all messages of an open conversation, from the first to the last, read as a person
 * would: by scrolling from the newest to the oldest, unfolding nothing.
 */
export async function allTexts(page: Page, title: string): Promise<string[]> {
  const log = conversation(page, title).getByRole("log", { name: "Messages" });
  await log.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  const found: { key: string; text: string }[] = [];
  for (;;) {
    await expect(log).not.toHaveAttribute("aria-busy", "true");
    const shown = await log.evaluate(async (element) => {
      const settle = () =>
        new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      await settle();
      const rows = [...element.querySelectorAll<HTMLElement>("article")].map((article) => ({
        key: article.dataset["key"] ?? "",
        text: article.querySelector("[data-testid=message-text]")?.textContent ?? "",
      }));
      const isTop = element.scrollTop <= 0;
      element.scrollBy({ top: -element.clientHeight / 2 });
      await settle();
      return { rows, isTop };
    });
    const known = new Set(found.map((row) => row.key));
    const fresh = shown.rows.filter((row) => !known.has(row.key));
    found.unshift(...fresh);
    if (shown.isTop && fresh.length === 0) return found.map((row) => row.text);
  }
}
