import type { Connection } from "./connection.ts";
import { Deliveries, type LoadResult } from "./deliveries.ts";
import { Receipts, settled } from "./receipts.ts";

export type PairsOptions = {
  seconds: number;
  /** Messages of a pair that are under way at once; half of them in each direction. */
  inFlight: number;
  receipts: boolean;
};

export type PairsResult = LoadResult & { receiptBatches: number };

/** Connections 2n and 2n + 1 talk with each other, as fast as acks come back. */
export async function runPairs(
  connections: readonly Connection[],
  options: PairsOptions,
): Promise<PairsResult> {
  const deliveries = new Deliveries();
  for (const connection of connections) deliveries.watch(connection);
  const receipts = options.receipts ? connections.map((one) => new Receipts(one, 2)) : [];
  const until = performance.now() + options.seconds * 1000;
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          let talking = options.inFlight / 2;
          const next = () => {
            if (performance.now() < until) deliveries.send(connection, 0, 1, next);
            else if (--talking === 0) resolve();
          };
          for (let n = 0; n < options.inFlight / 2; n++) next();
        }),
    ),
  );
  const result = await deliveries.drained();
  await settled(receipts);
  return { ...result, receiptBatches: receipts.reduce((sum, one) => sum + one.batches, 0) };
}
