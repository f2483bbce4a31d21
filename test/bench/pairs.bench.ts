// 50 pairs of people, 16 messages of each pair under way at once: committed before the ack and
// delivered to the other. The bare server echoes and relays payloads of the same size.
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { type Figures, mediansOf } from "./harness/stats.ts";
import { startBare, type Subject, takeTurns } from "./harness/subject.ts";
import { pairsPlan } from "./harness/world.ts";

const PAIRS = 50;
const IN_FLIGHT = 16;

const options = benchOptions();
const plan = pairsPlan(PAIRS);
let stored = 0;

async function round(subject: Subject, seconds: number, receipts: boolean): Promise<Figures> {
  const { value, serverCpuMs, loadCpuMs, lagP99Ms } = await subject.measureWithLag(() =>
    subject.load("load:pairs", { seconds, inFlight: IN_FLIGHT, receipts }),
  );
  if (subject === parley) stored += value.sent;
  return {
    "messages/s": (value.sent / value.wallMs) * 1000,
    "server CPU µs per delivery": (serverCpuMs * 1000) / value.delivered,
    "ack p50 ms": value.ack.p50Ms,
    "ack p99 ms": value.ack.p99Ms,
    "delivery p50 ms": value.delivery.p50Ms,
    "delivery p99 ms": value.delivery.p99Ms,
    "event-loop lag p99 ms": lagP99Ms,
    "server cores used": serverCpuMs / value.wallMs,
    "generator cores used": loadCpuMs / value.wallMs,
    "put off (busy, rate_limited)": value.putOff,
    "receipt batches/s": (value.receiptBatches / value.wallMs) * 1000,
  };
}

await using bare = await startBare(plan);
await using parley = await startParley(plan);
const subjects = [bare, parley];
for (const subject of subjects) {
  await subject.connectAll();
  await round(subject, options.warmUpSeconds, false);
}
const plain = await takeTurns(subjects, options.rounds, (subject) =>
  round(subject, options.seconds, false),
);
const withReceipts = await takeTurns(subjects, options.rounds, (subject) =>
  round(subject, options.seconds, true),
);
if (options.profile) {
  await parley.profiled("pairs", () => round(parley, options.seconds, false));
}
report("pairs", options, [
  {
    title: `${PAIRS} pairs, ${IN_FLIGHT} in flight each`,
    medians: mediansOf(plain),
    rounds: plain,
    ratio: true,
  },
  {
    title: "the same with receipts",
    medians: mediansOf(withReceipts),
    rounds: withReceipts,
    ratio: true,
  },
  { title: "disk", medians: { parley: await parley.diskFigures(stored) } },
]);
