import { expect, type Page, test } from "@playwright/test";
import {
  chatRow,
  composer,
  expectOnline,
  messageWithText,
  messages,
  say,
  startDirectChat,
} from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { ANA, cutOff, JONAS, signUpTwo } from "../support/two-people.ts";

/** What may happen to a cache while the app runs. Each returns when it has happened. */
const ACCIDENTS = {
  deleted: (page: Page) =>
    page.evaluate(async () => {
      const all = await indexedDB.databases();
      const name = all.find((one) => one.name?.startsWith("parley.cache."))?.name ?? "";
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.addEventListener("success", resolve);
        request.addEventListener("error", reject);
      });
    }),
  "without its tables": (page: Page) =>
    page.evaluate(async () => {
      const all = await indexedDB.databases();
      const found = all.find((one) => one.name?.startsWith("parley.cache."));
      await new Promise((resolve, reject) => {
        const request = indexedDB.open(found?.name ?? "", (found?.version ?? 1) + 10);
        request.addEventListener("upgradeneeded", () => {
          request.result.deleteObjectStore("events");
          request.result.deleteObjectStore("ranges");
        });
        request.addEventListener("success", () => {
          request.result.close();
          resolve(undefined);
        });
        request.addEventListener("error", reject);
      });
    }),
  "without its rows": (page: Page) =>
    page.evaluate(async () => {
      const all = await indexedDB.databases();
      const name = all.find((one) => one.name?.startsWith("parley.cache."))?.name ?? "";
      await new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.addEventListener("success", () => {
          const stores = [...request.result.objectStoreNames];
          const tx = request.result.transaction(stores, "readwrite");
          for (const store of stores) tx.objectStore(store).clear();
          tx.addEventListener("complete", () => {
            request.result.close();
            resolve(undefined);
          });
        });
        request.addEventListener("error", reject);
      });
    }),
} as const;

for (const [what, happen] of Object.entries(ACCIDENTS)) {
  test(`S6, S11: a cache that is found ${what} under the running app comes back by itself, waiting messages and drafts with it`, async ({
    browser,
  }) => {
    await using server = await startServer();
    await using proxy = await startTcpProxy({ targetPort: server.port });
    const { ana, jonas } = await signUpTwo(browser, server.url, proxy.url);
    await startDirectChat(ana.page, JONAS);
    for (let n = 1; n <= 5; n++) await say(ana.page, JONAS, `message ${n}`);
    await expect(messageWithText(ana.page, JONAS, "message 5")).toHaveAccessibleName(/Delivered/);
    await cutOff(ana.page, proxy);
    await say(ana.page, JONAS, "Written meanwhile");
    await composer(ana.page, JONAS).fill("A draft that stays");

    await happen(ana.page);
    await proxy.restore();
    await expectOnline(ana.page);

    await expect(messageWithText(ana.page, JONAS, "Written meanwhile")).toHaveAccessibleName(
      /Delivered/,
    );
    await expect(messages(ana.page, JONAS)).toHaveCount(6);
    await expect(composer(ana.page, JONAS)).toHaveValue("A draft that stays");
    await chatRow(jonas.page, ANA).click();
    await expect(messageWithText(jonas.page, ANA, "Written meanwhile")).toHaveCount(1);
    await expect(messages(jonas.page, ANA)).toHaveCount(6);
    await ana.page.reload();
    await expect(messages(ana.page, JONAS)).toHaveCount(6);
    await expect(composer(ana.page, JONAS)).toHaveValue("A draft that stays");
  });
}
