import { playStorm } from "./storm.ts";
for (const seed of process.argv.slice(2).map(Number)) {
  const { faults, lines } = await playStorm({
    seed,
    clients: 6,
    messages: 300,
    kills: 2,
    weatherEvery: 10,
    relateEvery: 1,
    restartEvery: 60,
    withinMs: 60_000,
    settleMs: 60_000,
  });
  console.log(seed, lines.join("\n  "), faults.slice(0, 8));
}
process.exit(0);
