import type { StepName } from "@parley/client/sync/steps.ts";
import { type Browser, expect, type Page, test } from "@playwright/test";

import {
  chatRow,
  composer,
  conversation,
  expectOnline,
  messageWithText,
  type Person,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";
import { buildSteppedApp, type SteppedApp } from "../support/steps/stepped-app.ts";

/*
 * The renderer dies at each step of a message's way, in the app as it ships but for the place where it
 * stops (packages/client/src/sync/steps.ts). Afterwards every message is there once, on both sides.
 */

declare global {
  interface Window {
    parleySteps?: { stopAt: StepName | null; isThere: boolean };
  }
}

const SENDING: readonly StepName[] = [
  "journal:writing",
  "journal:written",
  "flush:emitting",
  "flush:emitted",
  "flush:acked",
  "flush:marked",
  "own:committing",
  "own:committed",
  "own:released",
];
const RECEIVING: readonly StepName[] = [
  "received:committing",
  "received:committed",
  "received:delivered",
];
/** After these the server has it, whatever becomes of the window. */
const AT_SERVER: readonly StepName[] = SENDING.slice(3);

const ANA = "Ana Ribeiro";
const JONAS = "Jonas Okafor";

let app: SteppedApp;
let server: ServerProcess;
let ana: Person;
let jonas: Person;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }: { browser: Browser }) => {
  app = await buildSteppedApp();
  server = await startServer({ args: [`--web-root=${app.webRoot}`] });
  ana = await signUp(browser, server.url, ANA, "ana");
  jonas = await signUp(browser, server.url, JONAS, "jonas");
  await startDirectChat(ana.page, JONAS);
  await composer(ana.page, JONAS).fill("Hello");
  await composer(ana.page, JONAS).press("Enter");
  await chatRow(jonas.page, ANA).click();
  await expect(messageWithText(jonas.page, ANA, "Hello")).toHaveCount(1);
});
test.afterAll(async () => {
  await ana?.context.close();
  await jonas?.context.close();
  await server?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

async function stopAt(page: Page, step: StepName): Promise<void> {
  await page.evaluate((wanted) => {
    if (!window.parleySteps) throw new Error("this app has no steps");
    window.parleySteps.stopAt = wanted;
  }, step);
}

async function reached(page: Page): Promise<void> {
  await page.waitForFunction(() => window.parleySteps?.isThere);
}

/** The renderer process ends, as by a fault, and the app is opened again in the same profile. */
async function crashAndReopen(person: Person): Promise<void> {
  const { page, context } = person;
  const crashed = page.waitForEvent("crash");
  const cdp = await context.newCDPSession(page);
  // There is nobody left to answer it.
  cdp.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
  person.page = await context.newPage();
  await person.page.goto(server.url);
  await expectOnline(person.page);
  await chatRow(person.page, JONAS).click();
  await expect(conversation(person.page, JONAS)).toBeVisible();
}

/** Each message once, on both sides, delivered, with nothing waiting. */
async function expectOnce(text: string): Promise<void> {
  await expect(messageWithText(jonas.page, ANA, text)).toHaveCount(1);
  await expect(messageWithText(ana.page, JONAS, text)).toHaveCount(1);
}

for (const step of SENDING) {
  test(`S11: a window that dies at ${step} sends its message exactly once`, async () => {
    const text = `Sent through ${step}`;
    await stopAt(ana.page, step);
    await composer(ana.page, JONAS).fill(text);
    await composer(ana.page, JONAS).press("Enter");
    await reached(ana.page);
    if (AT_SERVER.includes(step)) {
      await expect(messageWithText(jonas.page, ANA, text)).toHaveCount(1);
    }
    await crashAndReopen(ana);
    if (step === "journal:writing") {
      // Not written yet, so not sent; but the text is not lost either.
      await expect(composer(ana.page, JONAS)).toHaveValue(text);
      await expect(messageWithText(jonas.page, ANA, text)).toHaveCount(0);
      await composer(ana.page, JONAS).press("Enter");
    }
    await expectOnce(text);
    await expect(messageWithText(ana.page, JONAS, text)).toHaveAccessibleName(/Delivered|Read/);
    await expect(composer(ana.page, JONAS)).toHaveValue("");
  });
}

for (const step of RECEIVING) {
  test(`S11, S8: a window that dies at ${step} has its message exactly once`, async () => {
    const text = `Received through ${step}`;
    await stopAt(ana.page, step);
    await composer(jonas.page, ANA).fill(text);
    await composer(jonas.page, ANA).press("Enter");
    await reached(ana.page);
    await crashAndReopen(ana);
    await expectOnce(text);
    await expect(messageWithText(jonas.page, ANA, text)).toHaveAccessibleName(/Delivered|Read/);
  });
}

test("S11: after all these crashes each message is there once, in order, on both sides", async () => {
  const expected = ["Hello", ...SENDING.map((step) => `Sent through ${step}`)];
  expected.push(...RECEIVING.map((step) => `Received through ${step}`));
  for (const { page, title } of [
    { page: ana.page, title: JONAS },
    { page: jonas.page, title: ANA },
  ]) {
    for (const text of expected) await expect(messageWithText(page, title, text)).toHaveCount(1);
    const texts = conversation(page, title)
      .getByRole("log", { name: "Messages" })
      .getByTestId("message-text");
    await expect(texts).toHaveText(expected);
  }
});
