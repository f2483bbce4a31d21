import { soakStorm } from "./soak-storm.ts";

// The network is a good one; the server is killed with -9 fifty times amid the writing.
await soakStorm("the server killed amid load", {
  clients: 6,
  messages: 3_000,
  kills: 50,
  weatherEvery: 0,
  restartEvery: 0,
});
