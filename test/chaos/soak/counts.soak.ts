import { chromium } from "@playwright/test";

import { buildDesktopApp } from "../../../build/support/desktop-build.ts";
import { buildWebApp } from "../../../build/support/web-build.ts";
import { resolveChromium } from "../../support/chromium.ts";
import { countingProgram } from "../../support/counting/counting-program.ts";
import {
  AGREE_WITHIN_MS,
  CountingWorld,
  type Agreement,
} from "../../support/counting/counting-world.ts";
import { soakPart } from "./soak-part.ts";

const PROGRAMS = 40;
const BURSTS = 12;
const MINUTE_MS = 60_000;
/** An access token lives for a quarter of an hour. */
const RENEW_EVERY_MS = 10 * MINUTE_MS;

// The programs of test/e2e/desktop/counts.spec.ts, one after the other on the same devices.
await soakPart("unread numbers on three devices", async ({ say, options, report }) => {
  const wanted = options.programs ?? PROGRAMS;
  for (const build of [buildDesktopApp, buildWebApp]) {
    if ((await build()).exitCode !== 0) throw new Error("The app could not be built.");
  }
  const { executablePath, args, env } = await resolveChromium();
  const browser = await chromium.launch({ executablePath, args, env });
  const world = await CountingWorld.start(browser);
  const endAtMs = performance.now() + options.minutes * MINUTE_MS;
  let renewAtMs = performance.now() + RENEW_EVERY_MS;
  const slowest = { tookMs: 0, where: "" };

  const holds = ({ tookMs, differences }: Agreement, where: string): boolean => {
    if (tookMs > slowest.tookMs) Object.assign(slowest, { tookMs, where });
    if (differences.length === 0 && tookMs <= AGREE_WITHIN_MS) return true;
    const fault = differences.length > 0 ? differences.join("; ") : `only after ${tookMs} ms`;
    report.failures.push(`${where}: ${fault}`);
    say(`FAILED ${where}: ${fault}`);
    return false;
  };

  try {
    for (let nth = 0; nth < wanted && performance.now() < endAtMs; nth++) {
      const seed = options.seed + nth;
      if (performance.now() > renewAtMs) {
        await world.renewTalkers();
        renewAtMs = performance.now() + RENEW_EVERY_MS;
      }
      let isWell = true;
      for (const burst of countingProgram(seed, { chats: 4, devices: 3, bursts: BURSTS })) {
        for (const step of burst) await world.take(step);
        isWell = holds(await world.agree(), `seed ${seed}, ${JSON.stringify(burst)}`) && isWell;
      }
      await world.restartAll();
      isWell = holds(await world.agree(), `seed ${seed}, a restart of all devices`) && isWell;
      if (isWell) report.passed += 1;
      say(`seed ${seed}: ${isWell ? "agreed" : "FAILED"}; slowest so far ${slowest.tookMs} ms`);
    }
  } finally {
    await world[Symbol.asyncDispose]();
    await browser.close();
  }
  say(`slowest: ${slowest.tookMs} ms, after ${slowest.where}`);
});
