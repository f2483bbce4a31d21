// The built desktop app in the stand-in, window hidden, on a session bus of Debian's with dunst showing its
// notifications: how late main's loop is, and how long acks take, while 50 messages arrive in 10 chats and
// the app sends as many. Once with a daemon that answers, once with one that is stopped (SIGSTOP), in turn.
// A thread with nothing to do tells how late any loop of this machine was meanwhile.
import { once } from "node:events";
import { Worker } from "node:worker_threads";

import type { Page } from "@playwright/test";
import { z } from "zod";

import { startRealDesktop, whyNoRealDesktop } from "../support/real-desktop.ts";
import { MeasuredApp, signInWindow } from "./desktop/measured-app.ts";
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { handleOf } from "./harness/seed-accounts.ts";
import { type Figures, mediansOf, percentile } from "./harness/stats.ts";
import { starPlan } from "./harness/world.ts";
import { type Connection, openAll } from "./load/connection.ts";
import { newMessage } from "./load/messages.ts";

const CHATS = 10;
const MESSAGES = 50;
/** Alerts that come close together are gathered (V52): how many there will be is not known. */
const QUIET_MS = 1_500;
const SETTLED_WITHIN_MS = 30_000;

const Lag = z.object({ p99Ms: z.number(), maxMs: z.number() });

/** How late the idle thread was since it was asked before. */
async function idleLag(worker: Worker): Promise<z.infer<typeof Lag>> {
  worker.postMessage("lag");
  const said = await once(worker, "message");
  return Lag.parse(said[0]);
}

/** Sends a message of the app's account through main, as its page does; ms until the ack is there. */
async function ackMs(page: Page, accountKey: string, item: object & { chatId: string }) {
  return page.evaluate(
    async ([key, sent]) => {
      type Host = { call(name: string, body: unknown): Promise<{ ok: boolean }> };
      const { parleyHost } = globalThis as unknown as { parleyHost: Host };
      const body = { chatId: sent.chatId, items: [sent] };
      const startedMs = performance.now();
      const request = { accountKey: key, name: "chat:send", body };
      const answer = await parleyHost.call("server:request", request);
      if (!answer.ok) throw new Error(JSON.stringify(answer));
      return performance.now() - startedMs;
    },
    [accountKey, item] as const,
  );
}

const options = benchOptions();
const reason = await whyNoRealDesktop();
if (reason !== undefined) throw new Error(reason);
await using real = await startRealDesktop();
await using app = await MeasuredApp.make();
await using server = await startParley(starPlan(CHATS));
const { desktop, page } = await app.launch([], real.env);
await signInWindow(page, server.url, handleOf(0));
const [window] = await desktop.control.windows();
if (window === undefined) throw new Error("the app has no window");
await desktop.control.actOnWindow(window.id, "hide");
const accountKey = await page.evaluate(async () => {
  const databases = (await indexedDB.databases()).map((one) => one.name ?? "").join(" ");
  return /[0-9a-f-]{36}:[0-9a-f-]{36}/.exec(databases)?.[0] ?? "";
});
const senders: Connection[] = await openAll(server.url, server.world.seats.slice(1));
const idle = new Worker(new URL("./desktop/idle-loop.ts", import.meta.url));

/** Fifty messages come and fifty go. */
async function fifty(): Promise<Figures> {
  await desktop.control.loopLag();
  await idleLag(idle);
  const acks: number[] = [];
  for (let nth = 0; nth < MESSAGES; nth++) {
    const chatId = server.world.chatIds[nth % CHATS];
    const sender = senders[nth % CHATS];
    if (chatId === undefined || sender === undefined) throw new Error("a chat is missing");
    await sender.ask("chat:send", { chatId, items: [newMessage(chatId, nth)] });
    acks.push(await ackMs(page, accountKey, newMessage(chatId, nth)));
  }
  const lag = await desktop.control.loopLag();
  const idleSince = await idleLag(idle);
  return {
    "main loop late p50, ms": lag.p50Ms,
    "main loop late p99, ms": lag.p99Ms,
    "main loop late at worst, ms": lag.maxMs,
    "ack p50, ms": percentile(acks, 0.5),
    "ack p99, ms": percentile(acks, 0.99),
    "idle thread late p99, ms": idleSince.p99Ms,
    "idle thread late at worst, ms": idleSince.maxMs,
  };
}

const shown = async (): Promise<number> => (await real.told()).split("appname:").length - 1;

/** Until the daemon has been told of more than `before`, and then of nothing more for a while. */
async function settled(before: number): Promise<void> {
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  let count = before;
  let changedMs = performance.now();
  while (count === before || performance.now() - changedMs < QUIET_MS) {
    if (performance.now() > deadline) throw new Error("the daemon was told of nothing new");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = await shown();
    if (now !== count) [count, changedMs] = [now, performance.now()];
  }
}

// The first messages are slower: nothing is compiled yet.
await fifty();
await settled(0);
const rounds: { answers: Figures[]; hangs: Figures[] } = { answers: [], hangs: [] };
for (let n = 0; n < options.rounds; n++) {
  rounds.answers.push(await fifty());
  real.hang();
  rounds.hangs.push(await fifty());
  const before = await shown();
  real.resume();
  await settled(before);
}
await idle.terminate();
for (const sender of senders) sender.close();
report("desktop-notify", options, [
  {
    title: `${MESSAGES} messages come and go, notification daemon`,
    medians: mediansOf(rounds),
    rounds,
    ratio: true,
  },
]);
