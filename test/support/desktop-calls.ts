import { expect, type Page } from "@playwright/test";

import type { Desktop } from "../electron-host/driver/desktop.ts";

export type Answer = { ok: boolean; value?: unknown; error?: { code: string } };

/** Calls main as the app's page does. */
export async function call(page: Page, name: string, body: unknown): Promise<Answer> {
  return page.evaluate(
    async ([callName, callBody]) => {
      type Host = { call(name: string, body: unknown): Promise<Answer> };
      const { parleyHost } = globalThis as unknown as { parleyHost: Host };
      return parleyHost.call(callName, callBody);
    },
    [name, body] as const,
  );
}

/** Keeps what main tells the page under these names; answers all of it so far. */
export async function listen(page: Page, ...names: string[]): Promise<() => Promise<unknown[]>> {
  await page.evaluate((all) => {
    type Host = { on(name: string, listener: (body: unknown) => void): void };
    const { parleyHost } = globalThis as unknown as { parleyHost: Host };
    const told: unknown[] = [];
    Object.assign(globalThis, { told });
    for (const name of all) parleyHost.on(name, (body) => told.push({ name, body }));
  }, names);
  return () => page.evaluate(() => (globalThis as unknown as { told: unknown[] }).told);
}

/** Id and page of the one window that was just opened. */
export async function pageOfNew(
  desktop: Desktop,
  before: readonly number[],
): Promise<[number, Page]> {
  const news = async () =>
    (await desktop.control.windows()).filter(({ id }) => !before.includes(id));
  await expect.poll(async () => (await news()).length).toBe(1);
  const [{ id } = { id: 0 }] = await news();
  return [id, await desktop.pageOf(id)];
}

/** The account on the screen of a main window, and the chat in its first pane. */
export async function chatInView(page: Page): Promise<{ accountKey: string; chatId: string }> {
  const found = () =>
    page.evaluate(() => {
      const prefix = "parley.view.";
      const key = Object.keys(localStorage).find((each) => each.startsWith(prefix)) ?? "";
      const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
      const { panes } = kept as { panes?: { chatId: string | null }[] };
      return { accountKey: key.slice(prefix.length), chatId: panes?.[0]?.chatId ?? "" };
    });
  await expect.poll(async () => (await found()).chatId).not.toBe("");
  return found();
}
