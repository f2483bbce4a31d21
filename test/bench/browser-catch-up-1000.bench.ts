// What an app in a real Chromium does to catch up on 1,000 messages: it was closed while they were
// written, in one chat or in 20, and is started again. Beside it the same start with nothing missed;
// the difference is the work of catching up: parsing, verifying, writing to the cache, drawing.
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

import { buildApp, cachedEvents, signIn } from "./browser/app.ts";
import { BrowserProfile } from "./browser/profile.ts";
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { handleOf } from "./harness/seed-accounts.ts";
import { type Figures, medianFigures } from "./harness/stats.ts";
import { starPlan } from "./harness/world.ts";
import { sendInFlushes } from "./load/flush.ts";
import { newMessage } from "./load/messages.ts";

const MISSED = 1000;
const CHATS = 20;
const SETTLE_MS = 1_000;

const options = benchOptions();
await buildApp();
await using server = await startParley(starPlan(CHATS));
await using profile = new BrowserProfile();

/** Each of the first `chats` others writes an equal part of the messages. */
async function write(messages: number, chats: number): Promise<void> {
  for (let chat = 0; chat < chats; chat++) {
    const seat = server.world.seats[chat + 1];
    const chatId = server.world.chatIds[chat];
    if (seat === undefined || chatId === undefined) throw new Error(`chat ${chat} is missing`);
    const part = Array.from({ length: messages / chats }, (_, n) => newMessage(chatId, n));
    await sendInFlushes(server.url, seat, part);
  }
}

/** Starts the app, waits until its cache holds `events`, and for what follows from that. */
async function start(events: number): Promise<Figures> {
  const page = await profile.launch();
  const startedAtMs = performance.now();
  await page.goto(server.url, { waitUntil: "commit" });
  await page.getByRole("navigation", { name: "Chats" }).locator("[data-chat-id]").first().waitFor();
  await cachedEvents(page, events);
  const wallMs = performance.now() - startedAtMs;
  // What follows from the last commit is drawn and told to the server.
  await setTimeout(SETTLE_MS);
  const appCpuMs = await profile.appCpuMs(page);
  await profile.quit();
  return { "load until cached, ms": wallMs, "CPU of the app's process, ms": appCpuMs };
}

const page = await profile.launch();
await signIn(page, server.url, handleOf(0));
// Besides the chats with the others there is the one with oneself.
let events = await cachedEvents(page, CHATS);
await profile.quit();

const rounds: Record<"nothing" | "one" | "many", Figures[]> = { nothing: [], one: [], many: [] };
for (let n = 0; n < options.rounds; n++) {
  for (const [subject, chats] of [
    ["one", 1],
    ["many", CHATS],
  ] as const) {
    await write(MISSED, chats);
    events += MISSED;
    rounds[subject].push(await start(events));
    if (subject === "one") rounds.nothing.push(await start(events));
  }
}
report("browser-catch-up-1000", options, [
  {
    title: "app started after it missed",
    medians: {
      nothing: medianFigures(rounds.nothing),
      "1,000 in 1 chat": medianFigures(rounds.one),
      "1,000 in 20 chats": medianFigures(rounds.many),
    },
    rounds,
  },
]);
