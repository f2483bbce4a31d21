// A group of 1,000 members, all online. The bare server broadcasts to a room of the same size. At full
// load without receipts, then one message every two seconds without and with the receipts of all.
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { type Figures, mediansOf } from "./harness/stats.ts";
import { startBare, type Subject, takeTurns } from "./harness/subject.ts";
import { groupPlan } from "./harness/world.ts";

const MEMBERS = 1_000;
const IN_FLIGHT = 4;
const PACE_MS = 2000;
/** Receipts wait up to 10 s: fewer messages would be over before they come. */
const CALM_MESSAGES = 15;

const options = benchOptions();
const plan = groupPlan(MEMBERS);

async function full(subject: Subject, seconds: number): Promise<Figures> {
  const { value, serverCpuMs } = await subject.measure(() =>
    subject.load("load:group", { seconds, inFlight: IN_FLIGHT, receipts: false }),
  );
  return {
    "server CPU µs per delivery": (serverCpuMs * 1000) / value.delivered,
    "server CPU ms per message": serverCpuMs / value.sent,
    "deliveries/s": (value.delivered / value.wallMs) * 1000,
    "delivery p99 ms": value.delivery.p99Ms,
  };
}

async function calm(subject: Subject, receipts: boolean): Promise<Figures> {
  const { value, serverCpuMs } = await subject.measure(() =>
    subject.load("load:paced", { messages: CALM_MESSAGES, intervalMs: PACE_MS, receipts }),
  );
  return {
    "server CPU ms per message": serverCpuMs / value.sent,
    "receipt batches per message": value.receiptBatches / value.sent,
    "ack p99 ms": value.ack.p99Ms,
    "delivery p99 ms": value.delivery.p99Ms,
    "put off (busy, rate_limited)": value.putOff,
  };
}

await using bare = await startBare(plan);
await using parley = await startParley(plan);
const subjects = [bare, parley];
for (const subject of subjects) {
  await subject.connectAll();
  await full(subject, options.warmUpSeconds);
}

const off = await takeTurns(subjects, options.rounds, (subject) => full(subject, options.seconds));
const paced: Record<string, Figures[]> = { "parley off": [], "parley on": [] };
for (let n = 0; n < options.rounds; n++) {
  paced["parley off"]?.push(await calm(parley, false));
  paced["parley on"]?.push(await calm(parley, true));
}
if (options.profile) {
  await parley.profiled("group-1000-off", () => calm(parley, false));
  await parley.profiled("group-1000-receipts", () => calm(parley, true));
}

report("group-1000", options, [
  { title: `group of ${MEMBERS}, receipts off`, medians: mediansOf(off), rounds: off, ratio: true },
  {
    title: "a message every 2 s, receipts off and on",
    medians: mediansOf(paced),
    rounds: paced,
    ratio: true,
  },
]);
