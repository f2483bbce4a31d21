import { setTimeout as sleep } from "node:timers/promises";

import type { Faults, TcpProxy } from "../support/tcp-proxy.ts";
import type { ChaosDevice } from "./device.ts";

/** A stretch of road between one device and the server. */
export type Road = { proxy: TcpProxy; device: ChaosDevice };

export const WEATHERS = [
  "slow",
  "lossy",
  "narrow",
  "silent",
  "one-way",
  "cut",
  "reset",
  "half-open",
] as const;
export type Weather = (typeof WEATHERS)[number];

type Chance = () => number;

function between(random: Chance, low: number, high: number): number {
  return low + random() * (high - low);
}

function faultsOf(weather: Weather, random: Chance): Faults | undefined {
  switch (weather) {
    case "slow":
      return { delayMs: between(random, 20, 150), jitterMs: between(random, 0, 100) };
    case "lossy":
      return { loss: between(random, 0.02, 0.1), reset: 0.2, stallMs: 200 };
    case "narrow":
      return { bytesPerSecond: between(random, 30_000, 120_000) };
    case "silent":
      return { silent: true };
    case "one-way":
      return random() < 0.5 ? { up: { silent: true } } : { down: { silent: true } };
    default:
      return undefined;
  }
}

/**
 * One spell of bad weather on one road; resolves when it is over. A device often hears from its
 * system that the network changed, but not always: then it has to notice by itself.
 */
export async function blow(weather: Weather, road: Road, random: Chance): Promise<void> {
  const { proxy, device } = road;
  const lastsMs = between(random, 300, 2_500);
  const isTold = random() < 0.7;
  const faults = faultsOf(weather, random);
  if (faults) {
    proxy.setFaults(faults);
    await sleep(lastsMs);
    proxy.setFaults({});
  } else if (weather === "cut") {
    await proxy.cut();
    if (isTold) device.hints.setOnline(false);
    await sleep(lastsMs);
    await proxy.restore();
  } else if (weather === "reset") proxy.reset();
  else proxy.halfOpen();
  if (isTold) device.hints.setOnline(true);
}
