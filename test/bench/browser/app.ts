import type { Page } from "@playwright/test";

import { BENCH_PASSWORD } from "../harness/seed-accounts.ts";

const FILL_TIMEOUT_MS = 180_000;

/** Opens the app and signs in through the form. */
export async function signIn(page: Page, url: string, handle: string): Promise<void> {
  await page.goto(url);
  const form = page.getByRole("form", { name: "Sign in" });
  await form.getByRole("textbox", { name: "Handle" }).fill(handle);
  await form.getByRole("textbox", { name: "Password" }).fill(BENCH_PASSWORD);
  await form.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Chats" }).waitFor();
}

/** Waits until the account's cache holds at least `count` events; resolves to how many it holds. */
export async function cachedEvents(page: Page, count: number): Promise<number> {
  const handle = await page.waitForFunction(
    async (wanted) => {
      const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
      const name = names.find((one) => one.includes("cache"));
      if (name === undefined) return undefined;
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.addEventListener("success", () => resolve(opening.result));
        opening.addEventListener("error", () => reject(new Error(`${name} cannot be opened`)));
      });
      try {
        if (!database.objectStoreNames.contains("events")) return undefined;
        const held = await new Promise<number>((resolve, reject) => {
          const counting = database.transaction("events").objectStore("events").count();
          counting.addEventListener("success", () => resolve(counting.result));
          counting.addEventListener("error", () => reject(new Error("events cannot be counted")));
        });
        return held >= wanted ? held : undefined;
      } finally {
        database.close();
      }
    },
    count,
    { timeout: FILL_TIMEOUT_MS, polling: 100 },
  );
  return Number(await handle.jsonValue());
}
