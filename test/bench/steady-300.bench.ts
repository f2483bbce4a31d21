// 300 messages a second over 50 pairs, on this disk and on one whose every sync takes 10 ms longer: how
// long a message takes, and how late the event loop runs meanwhile.
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { type Figures, mediansOf, percentile } from "./harness/stats.ts";
import { startBare, type Subject, takeTurns } from "./harness/subject.ts";
import { pairsPlan } from "./harness/world.ts";

const PAIRS = 50;
const PER_SECOND = 300;
const SLOW_SYNC_MS = 10;
/** What one message writes to the log, about. */
const SYNCED_BYTES = 32_768;
const SYNCS = 300;

const options = benchOptions();
const plan = pairsPlan(PAIRS);

async function round(subject: Subject, seconds: number): Promise<Figures> {
  const { value, serverCpuMs, lagP99Ms } = await subject.measureWithLag(() =>
    subject.load("load:steady", { seconds, perSecond: PER_SECOND }),
  );
  return {
    "messages/s": (value.sent / value.wallMs) * 1000,
    "ack p50 ms": value.ack.p50Ms,
    "ack p99 ms": value.ack.p99Ms,
    "delivery p50 ms": value.delivery.p50Ms,
    "delivery p99 ms": value.delivery.p99Ms,
    "event-loop lag p99 ms": lagP99Ms,
    "server CPU µs per delivery": (serverCpuMs * 1000) / value.delivered,
  };
}

/**
 * How long one sync takes from a Node process that does nothing else: of a file that has its length, at
 * the same pace, at about the same time.
 */
async function syncRound(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-"));
  const file = await open(join(folder, "log"), "w");
  await file.write(Buffer.alloc(SYNCED_BYTES * SYNCS));
  await file.datasync();
  const block = Buffer.alloc(SYNCED_BYTES, 1);
  const tookMs: number[] = [];
  for (let n = 0; n < SYNCS; n++) {
    await file.write(block, 0, block.length, n * block.length);
    const startedAtMs = performance.now();
    await file.datasync();
    tookMs.push(performance.now() - startedAtMs);
    await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
  }
  await file.close();
  rmSync(folder, { recursive: true });
  return {
    "one fsync p50 ms": percentile(tookMs, 0.5),
    "one fsync p99 ms": percentile(tookMs, 0.99),
  };
}

await using bare = await startBare(plan);
await using parley = await startParley(plan);
await using slow = await startParley(plan, [`--sync-ms=${SLOW_SYNC_MS}`]);
slow.name = `parley, syncs ${SLOW_SYNC_MS} ms longer`;
const subjects = [bare, parley, slow];
for (const subject of subjects) {
  await subject.connectAll();
  await round(subject, options.warmUpSeconds);
}
const syncs: Figures[] = [];
const rounds = await takeTurns(subjects, options.rounds, async (subject) => {
  const figures = await round(subject, options.seconds);
  if (subject === parley) syncs.push(await syncRound());
  return figures;
});
if (options.profile) await parley.profiled("steady-300", () => round(parley, options.seconds));
report("steady-300", options, [
  {
    title: `${PER_SECOND} messages/s over ${PAIRS} pairs`,
    medians: mediansOf(rounds),
    rounds,
    ratio: true,
  },
  { title: "the disk beside it", medians: mediansOf({ disk: syncs }), rounds: { disk: syncs } },
]);
