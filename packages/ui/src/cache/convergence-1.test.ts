import "fake-indexeddb/auto";
import { convergenceSuite } from "@parley/client/sync/testing/convergence-suite.ts";
import { indexedDbData } from "./testing/indexed-db-data.ts";

convergenceSuite("IndexedDB", {
  programs: Number(process.env["PARLEY_PROGRAMS_IDB"] ?? 100),
  shard: 1,
  shards: 2,
  accounts: 2,
  devicesEach: 2,
  steps: 20,
  makeData: indexedDbData,
});
