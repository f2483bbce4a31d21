import { playStorm, type StormPlan } from "../storm.ts";
import { soakPart } from "./soak-part.ts";

const MINUTE_MS = 60_000;

/** What one storm is like unless `npm run soak` says otherwise. */
export type SoakStorm = Pick<
  StormPlan,
  "clients" | "messages" | "kills" | "weatherEvery" | "restartEvery"
>;

/** Runs one storm as a part of the soak; a fifth of its time is for everything to arrive. */
export async function soakStorm(name: string, storm: SoakStorm): Promise<void> {
  await soakPart(name, async ({ say, options, report }) => {
    const { seed, minutes } = options;
    const { faults, lines } = await playStorm({
      ...storm,
      seed,
      clients: options.clients ?? storm.clients,
      messages: options.messages ?? storm.messages,
      kills: options.kills ?? storm.kills,
      relateEvery: 4,
      withinMs: minutes * MINUTE_MS * 0.8,
      settleMs: Math.max(MINUTE_MS, minutes * MINUTE_MS * 0.2),
      progress: say,
    });
    for (const line of lines) say(line);
    report.failures.push(...faults.map((fault) => `seed ${seed}: ${fault}`));
    if (faults.length === 0) report.passed += 1;
  });
}
