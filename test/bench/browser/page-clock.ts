import type { Page } from "@playwright/test";

/** What the page's own stopwatch offers to the bench. Times are ms of `performance.now()`. */
export type PageClock = {
  /** When enough of the chat list had been painted; undefined until then. */
  listPaintedMs(): number | undefined;
  /** From the next press of the pointer to the paint of a message that contains `text`. */
  armSwitch(text: string): void;
  /** The measured time once it is there. */
  switchMs(): number | undefined;
};

declare global {
  // The name under which the page finds it.
  var parleyBench: PageClock | undefined;
}

/** Rows that fill the list of a window 800 px high. */
const ROWS_OF_A_SCREEN = 8;

/**
 * Puts the stopwatch into every page of the context before its own scripts run. It looks at the
 * document after each mutation, which costs the page little, and takes the time after the frame that
 * follows: when it is on the screen, not when it is in the document.
 */
export function installClock(rows: number): void {
  const afterPaint = (done: (atMs: number) => void): void => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", () => done(performance.now()), { once: true });
      port1.start();
      port2.postMessage(null);
    });
  };
  let listPaintedMs: number | undefined;
  let isListSeen = false;
  let wanted: string | undefined;
  let pressedMs: number | undefined;
  let switchMs: number | undefined;

  const look = (): void => {
    if (!isListSeen) {
      const shown = document.querySelectorAll('nav[aria-label="Chats"] [data-chat-id]').length;
      if (shown >= rows) {
        isListSeen = true;
        afterPaint((atMs) => (listPaintedMs = atMs));
      }
    }
    if (wanted === undefined || pressedMs === undefined) return;
    const text = wanted;
    const articles = document.querySelectorAll(
      '[role="log"] article, [role="log"] [role="article"]',
    );
    if (![...articles].some((article) => article.textContent.includes(text))) return;
    const startedMs = pressedMs;
    wanted = undefined;
    afterPaint((atMs) => (switchMs = atMs - startedMs));
  };

  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  addEventListener(
    "pointerdown",
    (event) => {
      if (wanted !== undefined && pressedMs === undefined) pressedMs = event.timeStamp;
    },
    { capture: true },
  );
  globalThis.parleyBench = {
    listPaintedMs: () => listPaintedMs,
    armSwitch: (text) => {
      [wanted, pressedMs, switchMs] = [text, undefined, undefined];
    },
    switchMs: () => switchMs,
  };
}

/** Waits until a screen of the chat list is painted; ms since the page began to load. */
export async function listPaintedMs(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => globalThis.parleyBench?.listPaintedMs());
  return Number(await handle.jsonValue());
}

/** Opens a chat by a real press on its row; ms from the press to the paint of its messages. */
export async function switchMs(page: Page, title: string, text: string): Promise<number> {
  await page.evaluate((wanted) => globalThis.parleyBench?.armSwitch(wanted), text);
  const row = page
    .getByRole("navigation", { name: "Chats" })
    .locator("[data-chat-id]")
    .filter({ has: page.getByText(title, { exact: true }) });
  await row.click();
  const handle = await page.waitForFunction(() => globalThis.parleyBench?.switchMs());
  return Number(await handle.jsonValue());
}

export { ROWS_OF_A_SCREEN };
