import { textPayload } from "@parley/protocol/content.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { uuidv7 } from "@parley/protocol/ids.ts";
import { expect, type Locator, type Page, test } from "@playwright/test";

import { startParley } from "../bench/harness/parley.ts";
import { BENCH_PASSWORD, handleOf } from "../bench/harness/seed-accounts.ts";
import { type Seat, starPlan } from "../bench/harness/world.ts";
import { Connection, type Outgoing } from "../bench/load/connection.ts";
import { sendInFlushes } from "../bench/load/flush.ts";
import { chatRow, conversation, messageWithText, say, signIn } from "../support/person.ts";

// Thousands of messages: a trace of every frame would take longer than the test.
test.use({ trace: "off" });

const TOTAL = 2_200;
const UNREAD = 60;
const STEPS = 60;
const LONG = "Person 1";
const OTHER = "Person 2";

const WORDS = "The tide table for Thursday is pinned and the boat leaves at half past six. ";

/** The text of the `n`th message. Lengths differ, so that no height can be guessed from another. */
function textOf(n: number): string {
  return `No. ${n}. ${WORDS.repeat(n % 7)}`.trim();
}

function message(chatId: ChatId, text: string): Outgoing {
  return {
    chatId,
    clientId: uuidv7() as ClientId,
    alg: "none",
    type: "text",
    notify: true,
    payload: textPayload(text),
  };
}

/**
 * A server where Person 0 has a long chat with Person 1, whose last messages are unread, and one with
 * Person 2.
 */
async function startWithLongChat(unread = UNREAD) {
  const server = await startParley(starPlan(2));
  const [reader, writer] = server.world.seats;
  const [chatId] = server.world.chatIds;
  if (!reader || !writer || !chatId) throw new Error("the plan has not come true");
  const write = (from: number, to: number): Promise<void> => {
    const texts = Array.from({ length: to - from + 1 }, (_, n) => textOf(from + n));
    return sendInFlushes(
      server.url,
      writer,
      texts.map((text) => message(chatId, text)),
    );
  };
  await write(1, TOTAL - unread);
  if (unread < TOTAL) await readAll(server.url, reader, chatId);
  await write(TOTAL - unread + 1, TOTAL);
  return server;
}

/** Marks a chat as read up to its newest message. */
async function readAll(url: string, reader: Seat, chatId: ChatId): Promise<void> {
  const connection = await Connection.open(url, reader);
  const { changes } = await connection.hello();
  const chat = changes.flatMap((change) =>
    change.kind === "chat" && change.chat.chatId === chatId ? [change.chat] : [],
  )[0];
  if (chat === undefined) throw new Error("the server does not tell of the chat");
  const marks = [{ chatId, deliveredSeq: chat.headSeq, readSeq: chat.headSeq }];
  await connection.ask("receipt:put", { marks });
  connection.close();
}

function log(page: Page): Locator {
  return conversation(page, LONG).getByRole("log", { name: "Messages" });
}

/** The first message that is whole in view, and where it stands in the window, in CSS pixels. */
function firstInView(page: Page): Promise<{ key: string; top: number }> {
  return log(page).evaluate((element) => {
    const { top } = element.getBoundingClientRect();
    const first = [...element.querySelectorAll<HTMLElement>("article")].find(
      (article) => article.getBoundingClientRect().top >= top,
    );
    return {
      key: first?.dataset["key"] ?? "",
      top: first?.getBoundingClientRect().top ?? Number.NaN,
    };
  });
}

/** Where a message stands in the window, in CSS pixels; far away if it is not drawn. */
function topOf(page: Page, key: string): Promise<number> {
  return log(page).evaluate(
    (element, wanted) =>
      element.querySelector(`[data-key="${CSS.escape(wanted)}"]`)?.getBoundingClientRect().top ??
      Number.MAX_SAFE_INTEGER,
    key,
  );
}

/**
 * Scrolls up by more than half, again and again, and watches in every frame where the message stands
 * that was looked at. Answers by how much it ever was out of place, and the number of the oldest
 * message that was reached.
 */
function scrollUp(page: Page, steps: number): Promise<{ worstPx: number; oldest: number }> {
  return log(page).evaluate(async (element, times) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let worstPx = 0;
    // What came before, a jump say, has come to its end.
    for (let still = 0, place = ""; still < 10; still++) {
      const now = `${element.scrollTop} ${element.scrollHeight} ${element.getAttribute("aria-busy")}`;
      if (now !== place || now.endsWith("true")) still = 0;
      place = now;
      await frame();
    }
    for (let step = 0; step < times; step++) {
      const { top } = element.getBoundingClientRect();
      const anchor = [...element.querySelectorAll<HTMLElement>("article")].find(
        (article) => article.getBoundingClientRect().top >= top,
      );
      if (anchor === undefined) throw new Error("no message is in view");
      const before = element.scrollTop;
      const stood = anchor.getBoundingClientRect().top;
      const key = CSS.escape(anchor.dataset["key"] ?? "");
      element.scrollTop -= element.clientHeight * 0.6;
      // As it is for a wheel or a finger, whose scrolling and its event are one step of the browser.
      element.dispatchEvent(new Event("scroll"));
      const expected = stood + before - element.scrollTop;
      for (let still = 0, height = 0; still < 4; still++) {
        await frame();
        const now = element.querySelector(`[data-key="${key}"]`)?.getBoundingClientRect().top;
        worstPx = Math.max(worstPx, now === undefined ? Infinity : Math.abs(now - expected));
        const busy = element.getAttribute("aria-busy") === "true";
        if (busy || element.scrollHeight !== height) still = 0;
        height = element.scrollHeight;
      }
    }
    const oldest = element.querySelector("[data-testid=message-text]")?.textContent ?? "";
    return { worstPx, oldest: Number(/^No\. (\d+)/.exec(oldest)?.[1]) };
  }, steps);
}

test("a long chat opens at the first unread, keeps its place through older pages and other chats, and jumps to the newest", async ({
  browser,
}) => {
  await using server = await startWithLongChat();
  const who = { name: "Person 0", handle: handleOf(0), password: BENCH_PASSWORD };
  const { page } = await signIn(browser, server.url, who);
  await expect(chatRow(page, LONG)).toHaveAccessibleName(new RegExp(`${UNREAD} unread`));

  await chatRow(page, LONG).click();
  const divider = log(page).getByRole("separator", { name: `${UNREAD} new messages` });
  await expect(divider).toBeInViewport();
  await expect(messageWithText(page, LONG, textOf(TOTAL - UNREAD + 1))).toBeInViewport();

  await conversation(page, LONG)
    .getByRole("button", { name: /^Jump to newest/ })
    .click();
  await expect(messageWithText(page, LONG, textOf(TOTAL))).toBeInViewport({ ratio: 0.95 });
  await expect(chatRow(page, LONG)).not.toHaveAccessibleName(/unread/);

  const { worstPx, oldest } = await scrollUp(page, STEPS);
  expect(oldest).toBeLessThan(TOTAL - 200);
  expect(worstPx).toBeLessThanOrEqual(1);

  const left = await firstInView(page);
  await chatRow(page, OTHER).click();
  await expect(conversation(page, OTHER)).toBeVisible();
  await chatRow(page, LONG).click();
  await expect
    .poll(async () => Math.abs((await topOf(page, left.key)) - left.top))
    .toBeLessThanOrEqual(1);

  await conversation(page, LONG)
    .getByRole("button", { name: /^Jump to newest/ })
    .click();
  await expect(messageWithText(page, LONG, textOf(TOTAL))).toBeInViewport({ ratio: 0.95 });
});

test("a view at the end stays there when it or what is in it changes size", async ({ browser }) => {
  await using server = await startWithLongChat();
  const who = { name: "Person 0", handle: handleOf(0), password: BENCH_PASSWORD };
  const { page } = await signIn(browser, server.url, who);
  await chatRow(page, LONG).click();
  await say(page, LONG, "The last one");
  const last = messageWithText(page, LONG, "The last one");
  await expect(last).toBeInViewport({ ratio: 0.95 });

  await page.setViewportSize({ width: 940, height: 800 });
  await expect(last).toBeInViewport({ ratio: 0.95 });
  await page.setViewportSize({ width: 1280, height: 600 });
  await expect(last).toBeInViewport({ ratio: 0.95 });
  await conversation(page, LONG)
    .getByRole("textbox", { name: `Message ${LONG}` })
    .fill("A draft\nof\nfive\nlines\nabove");
  await expect(last).toBeInViewport({ ratio: 0.95 });
});

test("a chat of which nothing was read opens at its first message, and leads on from there", async ({
  browser,
}) => {
  await using server = await startWithLongChat(TOTAL);
  const who = { name: "Person 0", handle: handleOf(0), password: BENCH_PASSWORD };
  const { page } = await signIn(browser, server.url, who);
  await expect(chatRow(page, LONG)).toHaveAccessibleName(/unread/);
  await chatRow(page, LONG).click();
  const divider = log(page).getByRole("separator", { name: /^2,200 new messages/ });
  await expect(divider).toBeInViewport();
  await expect(messageWithText(page, LONG, textOf(1))).toBeInViewport();

  await messageWithText(page, LONG, textOf(1)).focus();
  for (let n = 2; n <= 6; n++) {
    await page.keyboard.press("ArrowDown");
    await expect(messageWithText(page, LONG, textOf(n))).toBeFocused();
  }
  await conversation(page, LONG)
    .getByRole("button", { name: /^Jump to newest/ })
    .click();
  await expect(messageWithText(page, LONG, textOf(TOTAL))).toBeInViewport({ ratio: 0.95 });
});
