import { hostStoreSuite } from "@parley/client/testing/host-store-suite.ts";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { IndexedStore } from "../../apps/web/src/worker/indexed-store.ts";

describe("host store, on IndexedDB", () => {
  beforeEach(() => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.stubGlobal("IDBKeyRange", IDBKeyRange);
  });

  test("V58: one that could not be opened is opened by the next call", async () => {
    // A version that this build does not know.
    const newer = indexedDB.open("parley-host", 2);
    await new Promise((opened) => newer.addEventListener("success", opened));
    newer.result.close();
    const store = new IndexedStore();
    await expect(store.list("")).rejects.toThrow();
    const gone = indexedDB.deleteDatabase("parley-host");
    await new Promise((deleted) => gone.addEventListener("success", deleted));
    await store.put([["k", 1]]);
    expect(await store.list("")).toEqual([["k", 1]]);
  });

  hostStoreSuite(() => ({ store: new IndexedStore(), reopen: () => new IndexedStore() }));
});
