import { setTimeout } from "node:timers/promises";

import type { Page } from "@playwright/test";

import { buildWebApp } from "../../../build/support/web-build.ts";
import { BENCH_PASSWORD } from "../harness/seed-accounts.ts";

const FILL_TIMEOUT_MS = 180_000;
const POLL_MS = 100;
const QUIET_MS = 2_000;

/** Makes sure that what the server serves is built from the sources as they are. */
export async function buildApp(): Promise<void> {
  const { exitCode } = await buildWebApp();
  if (exitCode !== 0) throw new Error("the web app could not be built");
}

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
  const until = performance.now() + FILL_TIMEOUT_MS;
  for (;;) {
    const held = await page.evaluate(countEvents);
    if (held >= count) return held;
    if (performance.now() > until) throw new Error(`only ${held} of ${count} events are cached`);
    await setTimeout(POLL_MS);
  }
}

/** Waits until nothing more comes; resolves to how many events the cache holds. */
export async function settledEvents(page: Page, atLeast: number): Promise<number> {
  let before = await cachedEvents(page, atLeast);
  for (;;) {
    await setTimeout(QUIET_MS);
    const now = await page.evaluate(countEvents);
    if (now === before) return now;
    before = now;
  }
}

/** Runs in the page: how many events its cache holds; 0 while there is none. */
async function countEvents(): Promise<number> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
  const name = names.find((one) => one.includes("cache"));
  if (name === undefined) return 0;
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(new Error("the cache cannot be read")));
    });
  const database = await done(indexedDB.open(name));
  try {
    if (!database.objectStoreNames.contains("events")) return 0;
    return await done(database.transaction("events").objectStore("events").count());
  } finally {
    database.close();
  }
}
