import { playStorm } from "../storm.ts";
import { soakPart } from "./soak-part.ts";

const MINUTE_MS = 60_000;

// The network is a good one; the server is killed with -9 fifty times amid the writing.
await soakPart("the server killed amid load", async ({ say, options }) => {
  const { seed, minutes } = options;
  const { faults, lines } = await playStorm({
    seed,
    clients: options.clients ?? 6,
    messages: options.messages ?? 3_000,
    kills: options.kills ?? 50,
    weatherEvery: 0,
    relateEvery: 4,
    restartEvery: 0,
    withinMs: minutes * MINUTE_MS * 0.8,
    settleMs: Math.max(MINUTE_MS, minutes * MINUTE_MS * 0.2),
    progress: say,
  });
  for (const line of lines) say(line);
  const failures = faults.map((fault) => `seed ${seed}: ${fault}`);
  return { passed: failures.length === 0 ? 1 : 0, failures };
});
