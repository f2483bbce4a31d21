// A real Chromium with the built web app and 20,000 cached messages in 200 chats: from the start of
// loading to a painted chat list, from a press on a chat to its painted messages, and memory. The
// limit beside it: the same app and browser with nothing cached, up to the sign-in form.
import { performance } from "node:perf_hooks";

import type { Page } from "@playwright/test";

import { BrowserProfile } from "./browser/profile.ts";
import { listPaintedMs, switchMs } from "./browser/page-clock.ts";
import { buildApp, cachedEvents, settledEvents, signIn } from "./browser/app.ts";
import { fillChats, markOf } from "./harness/fill-chats.ts";
import { benchOptions } from "./harness/options.ts";
import { startParley } from "./harness/parley.ts";
import { report } from "./harness/report.ts";
import { handleOf } from "./harness/seed-accounts.ts";
import { type Figures, medianFigures, percentile } from "./harness/stats.ts";
import { readable } from "./harness/table.ts";
import { starPlan } from "./harness/world.ts";

const CHATS = 200;
const MESSAGES_EACH = 100;
const SWITCHES = 40;
/** Rows near the top of the list: those behind them would have to be scrolled to. */
const SWITCHED_AMONG = 8;

const options = benchOptions();

/** One start of the browser on a filled profile: cold load, then switching back and forth. */
async function round(profile: BrowserProfile, url: string): Promise<Figures> {
  const launchedAtMs = performance.now();
  const page = await profile.launch();
  const startedMs = performance.now() - launchedAtMs;
  await page.goto(url, { waitUntil: "commit" });
  const paintedMs = await listPaintedMs(page);
  const loaded = await profile.usage(page);
  const switches = await switchAround(page);
  const used = await profile.usage(page);
  await profile.quit();
  const mib = (bytes: number | undefined) => (bytes ?? Number.NaN) / 2 ** 20;
  return {
    "browser process started, ms": startedMs,
    "cold load to painted chat list, ms": paintedMs,
    "renderer CPU up to then, ms": loaded.rendererCpuMs,
    "chat switch p50, ms": percentile(switches, 0.5),
    "chat switch p95, ms": percentile(switches, 0.95),
    "page heap after load, MiB": mib(loaded.pageHeapBytes),
    "page heap after switching, MiB": mib(used.pageHeapBytes),
    "renderer memory after load, MiB": mib(loaded.rendererPssBytes),
    "renderer memory after switching, MiB": mib(used.rendererPssBytes),
  };
}

/** Opens the newest chats in turn, each several times: the first time is in it too. */
async function switchAround(page: Page): Promise<number[]> {
  const durations: number[] = [];
  for (let n = 0; n < SWITCHES; n++) {
    const chat = CHATS - 1 - (n % SWITCHED_AMONG);
    durations.push(await switchMs(page, `Person ${chat + 1}`, markOf(chat)));
  }
  return durations;
}

/** The same browser and app, nothing cached: up to the sign-in form. */
async function emptyRound(url: string): Promise<Figures> {
  await using profile = new BrowserProfile();
  const page = await profile.launch();
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("form", { name: "Sign in" }).waitFor();
  const { rendererCpuMs, pageHeapBytes } = await profile.usage(page);
  return {
    "renderer CPU up to the sign-in form, ms": rendererCpuMs,
    "page heap, MiB": pageHeapBytes / 2 ** 20,
  };
}

await buildApp();
await using server = await startParley(starPlan(CHATS));
await fillChats(server, MESSAGES_EACH);
await using profile = new BrowserProfile();
const filling = await profile.launch();
const signedInAtMs = performance.now();
await signIn(filling, server.url, handleOf(0));
await cachedEvents(filling, CHATS * MESSAGES_EACH);
const filledMs = performance.now() - signedInAtMs;
const filled = await profile.usage(filling);
const cached = await settledEvents(filling, CHATS * MESSAGES_EACH);
await profile.quit();

const rounds: Figures[] = [];
const empty: Figures[] = [];
for (let n = 0; n < options.rounds; n++) {
  rounds.push(await round(profile, server.url));
  empty.push(await emptyRound(server.url));
}
report("browser-cold", options, [
  {
    title: "first sign-in, cache empty",
    medians: {
      browser: {
        "events cached": cached,
        "sign-in to all cached, ms": filledMs,
        "renderer CPU, ms": filled.rendererCpuMs,
      },
    },
  },
  {
    title: `${readable(cached)} events in ${CHATS} chats`,
    medians: { browser: medianFigures(rounds) },
    rounds: { browser: rounds },
  },
  {
    title: "nothing cached",
    medians: { browser: medianFigures(empty) },
    rounds: { browser: empty },
  },
]);
