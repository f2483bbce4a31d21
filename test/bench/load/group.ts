import type { Connection } from "./connection.ts";
import { Deliveries, type LoadResult } from "./deliveries.ts";
import { Receipts, settled } from "./receipts.ts";

export type GroupOptions = {
  seconds: number;
  /** Messages under way at once, over the whole group. */
  inFlight: number;
  receipts: boolean;
};

export type PacedOptions = { messages: number; intervalMs: number; receipts: boolean };

export type GroupResult = LoadResult & { receiptBatches: number };

/** Members speak in turn, as fast as acks come back; everybody else receives. */
export async function runGroup(
  connections: readonly Connection[],
  options: GroupOptions,
): Promise<GroupResult> {
  const { deliveries, receipts } = listen(connections, options.receipts);
  const until = performance.now() + options.seconds * 1000;
  let turn = 0;
  await new Promise<void>((resolve) => {
    let talking = options.inFlight;
    const next = () => {
      if (performance.now() >= until) {
        if (--talking === 0) resolve();
        return;
      }
      sendOne(deliveries, connections, turn++, next);
    };
    for (let n = 0; n < options.inFlight; n++) next();
  });
  return finish(deliveries, receipts);
}

/** Members speak in turn, one message in each interval: a lively group of people. */
export async function runPaced(
  connections: readonly Connection[],
  options: PacedOptions,
): Promise<GroupResult> {
  const { deliveries, receipts } = listen(connections, options.receipts);
  for (let n = 0; n < options.messages; n++) {
    sendOne(deliveries, connections, n, () => undefined);
    await new Promise((resolve) => setTimeout(resolve, options.intervalMs));
  }
  return finish(deliveries, receipts);
}

function listen(connections: readonly Connection[], withReceipts: boolean) {
  const deliveries = new Deliveries();
  for (const connection of connections) deliveries.watch(connection);
  const receipts = withReceipts
    ? connections.map((one) => new Receipts(one, connections.length))
    : [];
  return { deliveries, receipts };
}

function sendOne(
  deliveries: Deliveries,
  connections: readonly Connection[],
  turn: number,
  acked: () => void,
): void {
  const sender = connections[turn % connections.length];
  if (sender === undefined) throw new Error("nobody is connected");
  deliveries.send(sender, 0, connections.length - 1, acked);
}

async function finish(deliveries: Deliveries, receipts: readonly Receipts[]): Promise<GroupResult> {
  const result = await deliveries.drained();
  await settled(receipts);
  return { ...result, receiptBatches: receipts.reduce((sum, one) => sum + one.batches, 0) };
}
