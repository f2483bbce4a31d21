// The hello of an account with 5,000 chats: from a device that knows all but what 20 chats got since, and
// from a new one, which is told of every chat. The bare server answers with nothing.
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { type Figures, median, mediansOf } from "./harness/stats.ts";
import { startBare, type Subject, takeTurns } from "./harness/subject.ts";
import { starPlan } from "./harness/world.ts";
import { sendInFlushes } from "./load/flush.ts";
import { newMessage } from "./load/messages.ts";

const CHATS = 5000;
const MOVED = 20;
/** One after the other in a round, so that CPU time is long enough to tell. */
const TIMES = 10;

const options = benchOptions();
const plan = starPlan(CHATS);

type Known = { since: number; dataEpoch: string | null };

function seatOf(subject: Subject, account: number) {
  const seat = subject.world.seats[account];
  if (seat === undefined) throw new Error(`there is no account ${account}`);
  return seat;
}

async function round(subject: Subject, known: Known, times: number): Promise<Figures> {
  const seat = seatOf(subject, 0);
  const { value, serverCpuMs } = await subject.measure(() =>
    subject.load("load:hello", { url: subject.url, seat, ...known, times }),
  );
  return {
    "server CPU ms, connecting included": serverCpuMs / times,
    "wall ms": median(value.wallMs),
    "KiB sent": value.sentBytes / 1024,
    "KiB received": value.receivedBytes / 1024,
    "changes listed": value.changes,
  };
}

await using bare = await startBare(plan);
await using parley = await startParley(plan);
const subjects = [bare, parley];
const isNew: Known = { since: 0, dataEpoch: null };
const known = new Map<Subject, Known>();
for (const subject of subjects) {
  const { watermark, dataEpoch } = await subject.load("load:hello", {
    url: subject.url,
    seat: seatOf(subject, 0),
    ...isNew,
    times: 1,
  });
  known.set(subject, { since: watermark, dataEpoch });
}
for (let other = 1; other <= MOVED; other++) {
  const seat = seatOf(parley, other);
  const [chatId] = seat.chatIds;
  if (chatId === undefined) throw new Error(`account ${other} is in no chat`);
  await sendInFlushes(parley.url, seat, [newMessage(chatId, other)]);
}
const returning = await takeTurns(subjects, options.rounds, (subject) =>
  round(subject, known.get(subject) ?? isNew, TIMES),
);
const fresh = await takeTurns(subjects, options.rounds, (subject) => round(subject, isNew, 2));
if (options.profile) {
  const knows = known.get(parley) ?? isNew;
  await parley.profiled("hello-5000", () => round(parley, knows, 10 * TIMES));
  await parley.profiled("hello-5000-new", () => round(parley, isNew, TIMES));
}
report("hello-5000", options, [
  {
    title: `hello with ${CHATS} chats, ${MOVED} of which moved`,
    medians: mediansOf(returning),
    rounds: returning,
    ratio: true,
  },
  {
    title: `hello of a new device, ${CHATS} chats`,
    medians: mediansOf(fresh),
    rounds: fresh,
    ratio: true,
  },
]);
