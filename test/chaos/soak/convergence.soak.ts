import { soakStorm } from "./soak-storm.ts";

// 20 devices write 10,000 messages through bad networks, the server is killed 10 times meanwhile.
await soakStorm("convergence through a bad network", {
  clients: 20,
  messages: 10_000,
  kills: 10,
  weatherEvery: 15,
  restartEvery: 250,
});
