// An account comes back after 1,000 messages, all in one chat or spread over 20: connect, hello, and
// pulls until nothing is missing. The bare server gives out the same messages from an array.
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { type Figures, median, mediansOf } from "./harness/stats.ts";
import { startBare, type Subject, takeTurns } from "./harness/subject.ts";
import { type Plan, starPlan } from "./harness/world.ts";
import type { Cursor } from "./load/catch-up.ts";
import { Connection } from "./load/connection.ts";
import { sendInFlushes } from "./load/flush.ts";
import { newMessage } from "./load/messages.ts";

const MISSED = 1000;
const CHATS = 20;
/** Account 0 has 20 chats; this one has a single chat, with account 22. */
const SINGLE = CHATS + 1;
/** Returns one after the other in a round, so that CPU time is long enough to tell. */
const TIMES = 10;

const options = benchOptions();
const star = starPlan(CHATS);
const plan: Plan = {
  accounts: star.accounts + 2,
  chats: [...star.chats, { kind: "direct", members: [SINGLE, SINGLE + 1] }],
};

/** Where an account stood when it went away. */
type Standing = { account: number; since: number; dataEpoch: string | null; cursors: Cursor[] };

function seatOf(subject: Subject, account: number) {
  const seat = subject.world.seats[account];
  if (seat === undefined) throw new Error(`there is no account ${account}`);
  return seat;
}

/** The account connects, learns where it stands, and goes. */
async function leave(subject: Subject, account: number): Promise<Standing> {
  const seat = seatOf(subject, account);
  const connection = await Connection.open(subject.url, seat);
  const { changes, watermark, dataEpoch } = await connection.hello();
  connection.close();
  const heads = new Map(
    changes.flatMap((change) =>
      change.kind === "chat" ? [[change.chat.chatId, change.chat.headSeq] as const] : [],
    ),
  );
  // The bare server lists no chats: there everything starts at 0.
  const cursors = seat.chatIds.map((chatId) => ({ chatId, after: heads.get(chatId) ?? 0 }));
  return { account, since: watermark, dataEpoch, cursors };
}

/** `messages` from each of these accounts to its one chat. */
async function write(subject: Subject, accounts: readonly number[], messages: number) {
  for (const account of accounts) {
    const seat = seatOf(subject, account);
    const [chatId] = seat.chatIds;
    if (chatId === undefined) throw new Error(`account ${account} is in no chat`);
    const all = Array.from({ length: messages }, (_, n) => newMessage(chatId, n));
    await sendInFlushes(subject.url, seat, all);
  }
}

async function round(subject: Subject, standing: Standing, missed: number): Promise<Figures> {
  const { value, serverCpuMs, loadCpuMs } = await subject.measure(() =>
    subject.load("load:catch-up", {
      url: subject.url,
      seat: seatOf(subject, standing.account),
      since: standing.since,
      dataEpoch: standing.dataEpoch,
      cursors: missed === 0 ? [] : standing.cursors,
      missed,
      times: TIMES,
    }),
  );
  return {
    "server CPU ms, connecting included": serverCpuMs / TIMES,
    "wall ms from hello to complete": median(value.wallMs),
    "KiB received": value.receivedBytes / 1024,
    "KiB sent": value.sentBytes / 1024,
    requests: value.requests,
    "generator CPU ms": loadCpuMs / TIMES,
  };
}

await using bare = await startBare(plan, ["--keep"]);
await using parley = await startParley(plan);
const subjects = [bare, parley];
const standings = new Map<Subject, { spread: Standing; single: Standing; nothing: Standing }>();
for (const subject of subjects) {
  const spread = await leave(subject, 0);
  const single = await leave(subject, SINGLE);
  const others = Array.from({ length: CHATS }, (_, n) => n + 1);
  await write(subject, others, MISSED / CHATS);
  await write(subject, [SINGLE + 1], MISSED);
  standings.set(subject, { spread, single, nothing: await leave(subject, 0) });
}

const of = (subject: Subject) => {
  const standing = standings.get(subject);
  if (standing === undefined) throw new Error("nobody went away");
  return standing;
};
const rounds = (which: "spread" | "single" | "nothing", missed: number) =>
  takeTurns(subjects, options.rounds, (subject) => round(subject, of(subject)[which], missed));

for (const subject of subjects) await round(subject, of(subject).single, MISSED);
const nothing = await rounds("nothing", 0);
const single = await rounds("single", MISSED);
const spread = await rounds("spread", MISSED);
if (options.profile) {
  await parley.profiled("catch-up-1000", () => round(parley, of(parley).single, MISSED));
}
report("catch-up-1000", options, [
  { title: "nothing missed", medians: mediansOf(nothing), rounds: nothing, ratio: true },
  { title: "1,000 missed in 1 chat", medians: mediansOf(single), rounds: single, ratio: true },
  {
    title: "1,000 missed in 20 chats",
    medians: mediansOf(spread),
    rounds: spread,
    ratio: true,
  },
]);
