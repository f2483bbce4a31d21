import type { Seat } from "../harness/world.ts";
import { Connection } from "./connection.ts";

export type HelloOptions = {
  url: string;
  seat: Seat;
  /** What the account knew when it went away; 0 and null for a new device. */
  since: number;
  dataEpoch: string | null;
  /** How often, one after the other, each over a connection of its own. */
  times: number;
};

export type HelloResult = {
  /** Of one time, payload of frames. */
  receivedBytes: number;
  sentBytes: number;
  changes: number;
  watermark: number;
  dataEpoch: string;
  wallMs: number[];
};

/** S6: connects and follows all pages of a hello. */
export async function hello(options: HelloOptions): Promise<HelloResult> {
  const wallMs: number[] = [];
  for (let time = 1; ; time++) {
    const connection = await Connection.open(options.url, options.seat);
    const traffic = connection.countTraffic();
    const startedAtMs = performance.now();
    const { changes, watermark, dataEpoch } = await connection.hello(
      options.since,
      options.dataEpoch,
    );
    wallMs.push(performance.now() - startedAtMs);
    connection.close();
    if (time < options.times) continue;
    return {
      receivedBytes: traffic.received(),
      sentBytes: traffic.sent(),
      changes: changes.length,
      watermark,
      dataEpoch,
      wallMs,
    };
  }
}
