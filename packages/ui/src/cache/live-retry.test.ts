import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { expect, it, vi } from "vitest";
import { createLiveShelf } from "./live.ts";

it("S6: a query that failed under a database that was closed is run again by itself", async () => {
  const shelf = createLiveShelf(() => undefined);
  let tries = 0;
  const live = shelf.share("one", async () => {
    tries += 1;
    if (tries === 1) throw new Dexie.DatabaseClosedError();
    return "read";
  });
  const stop = live.subscribe(() => undefined);
  await vi.waitUntil(() => live.get() === "read", { timeout: 30_000 });
  expect(tries).toBe(2);
  stop();
  shelf.close();
});
