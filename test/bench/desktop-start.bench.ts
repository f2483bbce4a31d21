// The built desktop app, in Electron where its runtime is, else in the stand-in: from main's first
// line to a painted chat list with 20,000 cached messages in 200 chats, and what main holds while
// 10,000 messages arrive with the window hidden. The limit beside the start: the same app with
// nothing cached, up to the sign-in form. The stand-in starts a browser of its own after main's first
// line, which Electron has started by then: the two parts of the time are therefore told apart.
import { listPaintedMs } from "./browser/page-clock.ts";
import { cachedEvents, settledEvents } from "./browser/app.ts";
import { loadedAtMs, type MainUsage, MeasuredApp, signInWindow } from "./desktop/measured-app.ts";
import { fillChats } from "./harness/fill-chats.ts";
import { benchOptions } from "./harness/options.ts";
import { type ParleySubject, startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { handleOf } from "./harness/seed-accounts.ts";
import { type Figures, medianFigures } from "./harness/stats.ts";
import { readable } from "./harness/table.ts";
import { starPlan } from "./harness/world.ts";
import { sendInFlushes } from "./load/flush.ts";
import { newMessage } from "./load/messages.ts";

const CHATS = 200;
const MESSAGES_EACH = 100;
/** Messages that arrive while the window is hidden, and after how many main is looked at. */
const ARRIVING = 10_000;
const SAMPLE_EVERY = 500;

const options = benchOptions();
const mib = (bytes: number): number => bytes / 2 ** 20;

/** One start on the filled cache. */
async function startRound(app: MeasuredApp): Promise<Figures> {
  const { page } = await app.launch();
  const paintedMs = await listPaintedMs(page);
  const loadedMs = await loadedAtMs(page);
  const usage = await app.usage();
  const figures = {
    "first line to the window's page begins, ms": loadedMs - app.startedAtMs(),
    "page begins to painted chat list, ms": paintedMs,
    "first line to painted chat list, ms": loadedMs + paintedMs - app.startedAtMs(),
    "main CPU up to then, ms": usage.cpuMs,
    "main heap, MiB": mib(usage.heapUsed),
    "main memory, MiB": mib(usage.rss),
  };
  await app.quit();
  return figures;
}

/** One start with nothing cached, up to the sign-in form. */
async function emptyRound(): Promise<Figures> {
  await using app = await MeasuredApp.make();
  const { page } = await app.launch();
  await page.getByRole("form", { name: "Sign in" }).waitFor();
  const loadedMs = await loadedAtMs(page);
  const usage = await app.usage();
  return {
    "first line to the window's page begins, ms": loadedMs - app.startedAtMs(),
    "main CPU up to the sign-in form, ms": usage.cpuMs,
    "main heap, MiB": mib(usage.heapUsed),
    "main memory, MiB": mib(usage.rss),
  };
}

/** Sends messages of the others in turn and looks at main each time the cache holds them. */
async function arriveHidden(app: MeasuredApp, server: ParleySubject, held: number) {
  const { desktop, page } = await app.launch();
  await listPaintedMs(page);
  const [window] = await desktop.control.windows();
  if (window === undefined) throw new Error("the app has no window");
  await desktop.control.actOnWindow(window.id, "hide");
  const samples: { arrived: number; usage: MainUsage }[] = [
    { arrived: 0, usage: await app.usage() },
  ];
  for (let arrived = 0; arrived < ARRIVING; arrived += SAMPLE_EVERY) {
    const chat = (arrived / SAMPLE_EVERY) % CHATS;
    const [chatId, seat] = [server.world.chatIds[chat], server.world.seats[chat + 1]];
    if (chatId === undefined || seat === undefined) throw new Error(`chat ${chat} is missing`);
    const messages = Array.from({ length: SAMPLE_EVERY }, (_, n) => newMessage(chatId, n));
    await sendInFlushes(server.url, seat, messages);
    await cachedEvents(page, held + arrived + SAMPLE_EVERY);
    samples.push({ arrived: arrived + SAMPLE_EVERY, usage: await app.usage() });
  }
  await app.quit();
  return samples;
}

/** Bytes a message that a line through the points grows by. */
function slope(points: readonly { x: number; y: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const above = points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0);
  return above / points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
}

function hiddenFigures(samples: Awaited<ReturnType<typeof arriveHidden>>): Figures {
  const second = samples.filter(({ arrived }) => arrived >= ARRIVING / 2);
  const line = (of: (usage: MainUsage) => number) =>
    slope(second.map(({ arrived, usage }) => ({ x: arrived, y: of(usage) })));
  const at = (arrived: number): MainUsage | undefined =>
    samples.find((sample) => sample.arrived === arrived)?.usage;
  return {
    "main heap before, MiB": mib(at(0)?.heapUsed ?? Number.NaN),
    "main heap halfway, MiB": mib(at(ARRIVING / 2)?.heapUsed ?? Number.NaN),
    "main heap at the end, MiB": mib(at(ARRIVING)?.heapUsed ?? Number.NaN),
    "heap growth over the second half, bytes a message": line(({ heapUsed }) => heapUsed),
    "main memory before, MiB": mib(at(0)?.rss ?? Number.NaN),
    "main memory halfway, MiB": mib(at(ARRIVING / 2)?.rss ?? Number.NaN),
    "main memory at the end, MiB": mib(at(ARRIVING)?.rss ?? Number.NaN),
    "memory growth over the second half, bytes a message": line(({ rss }) => rss),
    "main CPU for each message, ms":
      ((at(ARRIVING)?.cpuMs ?? Number.NaN) - (at(0)?.cpuMs ?? Number.NaN)) / ARRIVING,
  };
}

await using app = await MeasuredApp.make();
await using server = await startParley(starPlan(CHATS));
await fillChats(server, MESSAGES_EACH);
const { desktop, page } = await app.launch();
const subject = desktop.kind;
await signInWindow(page, server.url, handleOf(0));
const cached = await settledEvents(page, CHATS * MESSAGES_EACH);
await app.quit();

const rounds: Figures[] = [];
const empty: Figures[] = [];
for (let n = 0; n < options.rounds; n++) {
  rounds.push(await startRound(app));
  empty.push(await emptyRound());
}
const samples = await arriveHidden(app, server, cached);
report("desktop-start", options, [
  {
    title: `start with ${readable(cached)} cached events in ${CHATS} chats`,
    medians: { [subject]: medianFigures(rounds) },
    rounds: { [subject]: rounds },
  },
  {
    title: "start with nothing cached",
    medians: { [subject]: medianFigures(empty) },
    rounds: { [subject]: empty },
  },
  {
    title: `${readable(ARRIVING)} messages arrive, window hidden`,
    medians: { [subject]: hiddenFigures(samples) },
    rounds: {
      [subject]: samples.map(({ arrived, usage }) => ({
        arrived,
        "main heap, MiB": mib(usage.heapUsed),
        "main memory, MiB": mib(usage.rss),
      })),
    },
  },
]);
