import { expect, test } from "vitest";

import { playReturn, quantile } from "./return.ts";

// The long form, with 10,000 clients, is part of `npm run soak`.

test("V38: hundreds of clients return after a kill: all get in, and who is in is served meanwhile", async () => {
  const report = await playReturn({
    clients: 300,
    processes: 0,
    arriveWithinMs: 120_000,
    returnWithinMs: 120_000,
  });
  expect(report.faults).toEqual([]);
  // Clients and witness share this process, so this is far from what the server itself needs. Whoever is
  // served only after the others waits about as long as all of them take, on a slow machine as on a quick one.
  expect(quantile(report.acks, 0.5)).toBeLessThan(Math.max(1_000, report.allLiveMs / 4));
}, 360_000);
