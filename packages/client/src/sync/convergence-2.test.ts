import { convergenceSuite } from "./testing/convergence-suite.ts";

convergenceSuite("memory", {
  programs: Number(process.env["PARLEY_PROGRAMS"] ?? 2_000),
  shard: 2,
  shards: 4,
  accounts: 3,
  devicesEach: 2,
  steps: 40,
});
