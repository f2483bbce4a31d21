import { playStorm } from "../storm.ts";
import { soakPart } from "./soak-part.ts";

const MINUTE_MS = 60_000;

// 20 devices write 10,000 messages through bad networks, the server is killed 10 times meanwhile.
await soakPart("convergence through a bad network", async ({ say, options }) => {
  const { seed, minutes } = options;
  const { faults, lines } = await playStorm({
    seed,
    clients: options.clients ?? 20,
    messages: options.messages ?? 10_000,
    kills: options.kills ?? 10,
    weatherEvery: 15,
    relateEvery: 4,
    restartEvery: 250,
    withinMs: minutes * MINUTE_MS * 0.8,
    settleMs: Math.max(MINUTE_MS, minutes * MINUTE_MS * 0.2),
    progress: say,
  });
  for (const line of lines) say(line);
  const failures = faults.map((fault) => `seed ${seed}: ${fault}`);
  return { passed: failures.length === 0 ? 1 : 0, failures };
});
