import { hostStoreSuite } from "@parley/client/testing/host-store-suite.ts";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeEach, describe, vi } from "vitest";

import { IndexedStore } from "../../apps/web/src/worker/indexed-store.ts";

describe("host store, on IndexedDB", () => {
  beforeEach(() => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.stubGlobal("IDBKeyRange", IDBKeyRange);
  });

  hostStoreSuite(() => ({ store: new IndexedStore(), reopen: () => new IndexedStore() }));
});
