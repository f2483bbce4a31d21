// A group of 200 members, all online. The bare server broadcasts to a room of the same size.
// Receipts off and on: under full load, and at one message every two seconds, where receipts of 200
// people outweigh the message itself.
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { type Figures, mediansOf } from "./harness/stats.ts";
import { type Measured, startBare, type Subject, takeTurns } from "./harness/subject.ts";
import { groupPlan } from "./harness/world.ts";
import type { GroupResult } from "./load/group.ts";

const MEMBERS = 200;
const IN_FLIGHT = 4;
const PACE_MS = 2000;

const options = benchOptions();
const plan = groupPlan(MEMBERS);

function loadFigures({ value, serverCpuMs, loadCpuMs }: Measured<GroupResult>): Figures {
  return {
    "messages/s": (value.sent / value.wallMs) * 1000,
    "deliveries/s": (value.delivered / value.wallMs) * 1000,
    ...costs(value, serverCpuMs),
    "server cores used": serverCpuMs / value.wallMs,
    "generator cores used": loadCpuMs / value.wallMs,
  };
}

function costs(value: GroupResult, serverCpuMs: number): Figures {
  return {
    "server CPU µs per delivery": (serverCpuMs * 1000) / value.delivered,
    "server CPU ms per message": serverCpuMs / value.sent,
    "ack p50 ms": value.ack.p50Ms,
    "ack p99 ms": value.ack.p99Ms,
    "delivery p50 ms": value.delivery.p50Ms,
    "delivery p99 ms": value.delivery.p99Ms,
    "put off (busy, rate_limited)": value.putOff,
    "receipt batches per message": value.receiptBatches / value.sent,
  };
}

async function full(subject: Subject, seconds: number, receipts: boolean): Promise<Figures> {
  const measured = await subject.measureWithLag(() =>
    subject.load("load:group", { seconds, inFlight: IN_FLIGHT, receipts }),
  );
  return { ...loadFigures(measured), "event-loop lag p99 ms": measured.lagP99Ms };
}

async function paced(subject: Subject, receipts: boolean): Promise<Figures> {
  const messages = Math.max(2, Math.round(options.seconds));
  const { value, serverCpuMs } = await subject.measure(() =>
    subject.load("load:paced", { messages, intervalMs: PACE_MS, receipts }),
  );
  return costs(value, serverCpuMs);
}

await using bare = await startBare(plan);
await using parley = await startParley(plan);
const subjects = [bare, parley];
for (const subject of subjects) {
  await subject.connectAll();
  await full(subject, options.warmUpSeconds, false);
}

const off = await takeTurns(subjects, options.rounds, (subject) =>
  full(subject, options.seconds, false),
);
const on = await takeTurns([parley], options.rounds, (subject) =>
  full(subject, options.seconds, true),
);
// At this pace nobody is in the way of anybody: both servers at once.
const calm: Record<string, Figures[]> = {};
for (let n = 0; n < options.rounds; n++) {
  for (const receipts of [false, true]) {
    await Promise.all(
      subjects.map(async (subject) => {
        const name = `${subject.name} ${receipts ? "on" : "off"}`;
        (calm[name] ??= []).push(await paced(subject, receipts));
      }),
    );
  }
}
if (options.profile) {
  await parley.profiled("group-200", () => full(parley, options.seconds, false));
  await parley.profiled("group-200-receipts", () => full(parley, options.seconds, true));
}

const fullBoth = { off: off["parley"] ?? [], on: on["parley"] ?? [] };
report("group-200", options, [
  {
    title: `group of ${MEMBERS}, receipts off`,
    medians: mediansOf(off),
    rounds: off,
    ratio: true,
  },
  {
    title: "parley at full load, receipts off and on",
    medians: mediansOf(fullBoth),
    rounds: fullBoth,
    ratio: true,
  },
  {
    title: "a message every 2 s, receipts off and on",
    medians: mediansOf(calm),
    rounds: calm,
  },
]);
