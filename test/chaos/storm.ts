import { setTimeout as sleep } from "node:timers/promises";

import { checkDatabase } from "./database.ts";
import { WEATHERS } from "./weather.ts";
import { ChaosWorld } from "./world.ts";

export type StormPlan = {
  /** Decides about who writes what where, and about the weather. */
  seed: number;
  clients: number;
  messages: number;
  /** Times that the server is killed with -9 amid the writing, and started again on the same data. */
  kills: number;
  /** Messages between two spells of weather; 0 leaves the network a good one. */
  weatherEvery: number;
  /** Messages between two edits, deletions or reactions; 0 for none. */
  relateEvery: number;
  /** Messages between two restarts of a device; 0 for none. */
  restartEvery: number;
  /** How long the whole may take; what is not written by then is not. */
  withinMs: number;
  /** How long everything may take to arrive once the weather is over. */
  settleMs: number;
  progress?: (line: string) => void;
};

export type StormReport = { faults: string[]; lines: string[] };

/** Pause after each message: what is measured is not speed, and receivers share this process. */
const PACE_MS = 8;
const PROGRESS_EVERY = 500;

/** Spreads `times` evenly over the messages, the first and last well inside. */
function isDue(message: number, messages: number, times: number): boolean {
  const every = messages / (times + 1);
  return Math.floor((message + 1) / every) > Math.floor(message / every) && message + 1 < messages;
}

/**
 * Devices write through bad networks while the server is killed and started again. Then the weather
 * ends, and all that was journaled has to be everywhere exactly once, in order, by unbroken chains, with
 * the same edits, deletions and reactions and right numbers, in a database that is whole. Answers what is not so.
 */
export async function playStorm(plan: StormPlan): Promise<StormReport> {
  const { seed, clients, messages, kills, weatherEvery, relateEvery, restartEvery } = plan;
  const startedAtMs = performance.now();
  const endAtMs = startedAtMs + plan.withinMs;
  await using world = new ChaosWorld(seed);
  await world.open(clients);
  let spells = 0;
  for (let i = 0; i < messages && performance.now() < endAtMs; i++) {
    await world.writeOne();
    if (weatherEvery > 0 && i % weatherEvery === weatherEvery - 1) {
      world.blow(WEATHERS[spells++ % WEATHERS.length]);
    }
    if (relateEvery > 0 && i % relateEvery === relateEvery - 1) await world.relateOne();
    if (restartEvery > 0 && i % restartEvery === restartEvery - 1) await world.restartDevice();
    if (isDue(i, messages, kills)) await world.killServer();
    if (i % PROGRESS_EVERY === PROGRESS_EVERY - 1) plan.progress?.(`${i + 1} messages written`);
    await sleep(PACE_MS);
  }
  const wroteMs = performance.now() - startedAtMs;
  plan.progress?.("the weather is over");
  const faults = await world.settle(plan.settleMs);
  const settledMs = performance.now() - startedAtMs - wroteMs;
  const { written } = world;
  if (written.length < messages) faults.push(`only ${written.length} of ${messages} were written`);
  if (world.kills < kills) faults.push(`only ${world.kills} of ${kills} kills happened`);
  await world.server.kill();
  const stored = await checkDatabase(world.server.dataDir);
  faults.push(...world.faults, ...stored.faults);
  const lost = written.filter(({ clientId }) => !stored.clientIds.has(clientId)).length;
  if (lost > 0) faults.push(`${lost} messages are not in the database`);
  const weather = [...world.blown].map(([name, times]) => `${name} ${times}`).join(", ");
  return {
    faults,
    lines: [
      `${written.length} messages by ${clients} devices in ${world.chats.length} chats, in ${Math.round(wroteMs / 1000)} s`,
      `${world.relations} edits, deletions and reactions`,
      `weather: ${weather || "none"}; the server killed ${world.kills} times, devices ${world.restarts} times`,
      `settled ${Math.round(settledMs / 100) / 10} s after it; the database holds ${stored.events} events`,
    ],
  };
}
