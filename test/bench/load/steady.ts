import type { Connection } from "./connection.ts";
import { Deliveries, type LoadResult } from "./deliveries.ts";

export type SteadyOptions = {
  seconds: number;
  /** Messages a second over all pairs together. */
  perSecond: number;
};

/** Longest a tick of the clock may come late before several messages leave at once. */
const TICK_MS = 1;

/**
 * Connections 2n and 2n + 1 talk with each other at a pace that does not wait for acks, as people do:
 * what is measured is how long one message takes, not how many fit.
 */
export async function runSteady(
  connections: readonly Connection[],
  { seconds, perSecond }: SteadyOptions,
): Promise<LoadResult> {
  const deliveries = new Deliveries();
  for (const connection of connections) deliveries.watch(connection);
  const startedAtMs = performance.now();
  let sent = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const passedMs = performance.now() - startedAtMs;
      if (passedMs >= seconds * 1000) {
        clearInterval(timer);
        resolve();
        return;
      }
      for (const due = (passedMs / 1000) * perSecond; sent < due; sent++) {
        // Steps through all of them, both sides of each pair.
        const from = connections[(sent * 37) % connections.length];
        if (from === undefined) throw new Error("nobody is connected");
        deliveries.send(from, 0, 1, () => undefined);
      }
    }, TICK_MS);
  });
  return deliveries.drained();
}
