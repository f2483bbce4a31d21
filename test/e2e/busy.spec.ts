import { LIMITS } from "@parley/protocol/limits.ts";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { allTexts, expectOnline, messageWithText, say } from "../support/person.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";
import { Talker } from "../support/talkers.ts";
import { ANA, JONAS, openDirectChat, signUpTwo } from "../support/two-people.ts";

/* S11, V47, V50: a server that cannot take more, as people meet it. */

/** Commands that the server keeps waiting for its disk. */
const QUEUED = 30;

/**
 * Stops the server's disk and fills its queue, by somebody who writes notes to herself. Answers what
 * becomes of those notes: resolves to how many were stored, once the disk goes on.
 */
async function fillQueue(server: ServerProcess, filler: Talker): Promise<() => Promise<number>> {
  const chatId = await filler.createGroup("Notes", []);
  await server.tell("hold");
  let refused = 0;
  const notes: Promise<boolean>[] = [];
  for (let n = 0; n <= QUEUED; n++) {
    const stored = filler.say(chatId, [`Note ${n}`]).then(
      () => true,
      () => {
        refused += 1;
        return false;
      },
    );
    notes.push(stored);
  }
  await expect.poll(() => refused).toBeGreaterThan(0);
  return async () => (await Promise.all(notes)).filter(Boolean).length;
}

/**
 * Changes a waiting message in the journal of this page so that no server takes it: it gets longer than
 * any may be, by blanks that do not show. `blanks` 0 makes it right again.
 */
async function poison(page: Page, text: string, blanks: number): Promise<void> {
  const changed = await page.evaluate(
    async ({ text: wanted, blanks: added }) => {
      const asDone = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.addEventListener("success", () => resolve(request.result));
          request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
        });
      const names = (await indexedDB.databases()).map(({ name }) => name ?? "");
      const journal = names.find((name) => name.startsWith("parley.journal."));
      if (journal === undefined) throw new Error("there is no journal");
      const database = await asDone(indexedDB.open(journal));
      const outbox = database.transaction("outbox", "readwrite").objectStore("outbox");
      let count = 0;
      type Entry = { send: { payload: string | Uint8Array } };
      const isEntry = (row: unknown): row is Entry =>
        typeof row === "object" && row !== null && "send" in row;
      for (const entry of await asDone<unknown[]>(outbox.getAll())) {
        if (!isEntry(entry)) throw new Error("the journal is not as it was");
        const { payload } = entry.send;
        // Long ones are kept as bytes.
        const kept = typeof payload === "string" ? payload : new TextDecoder().decode(payload);
        if (!kept.includes(wanted)) continue;
        entry.send.payload = kept.trimEnd() + " ".repeat(added);
        await asDone(outbox.put(entry));
        count += 1;
      }
      database.close();
      return count;
    },
    { text, blanks },
  );
  expect(changed).toBe(1);
}

function actions(page: Page, title: string, text: string): Locator {
  return messageWithText(page, title, text).getByRole("group", {
    name: "What to do with the failed message",
  });
}

test("S11: a busy server: what waits says why, a poisoned message blocks nothing, and all goes once and in order", async ({
  browser,
}, info) => {
  await using server = await startServer({
    program: "held-server",
    args: [`--queued-commands=${QUEUED}`],
  });
  const { ana, jonas } = await signUpTwo(browser, server.url);
  const { page } = ana;
  await openDirectChat(ana, jonas, "Is the office open?");
  const filler = await Talker.signUp(server.url, "Grace Lindqvist", "grace");
  const stored = await fillQueue(server, filler);

  await say(page, JONAS, "I am at the door.");
  await say(page, JONAS, "Poisoned for good.");
  await say(page, JONAS, "Poisoned for now.");
  await say(page, JONAS, "It is cold here.");
  const first = messageWithText(page, JONAS, "I am at the door.");
  const last = messageWithText(page, JONAS, "It is cold here.");
  await expect(first).toContainText(/The server is busy\. .*Next try at/);
  await expect(last).toContainText(/Waiting behind 3 earlier messages\. The server is busy/);
  await expect(first).toHaveAccessibleName(/Sending/);
  await page.screenshot({ path: info.outputPath("busy.png") });
  await poison(page, "Poisoned for good.", LIMITS.payloadBytes);
  await poison(page, "Poisoned for now.", LIMITS.payloadBytes);

  await server.tell("release");
  // The next try may be as far away as the ones before took together.
  await expect(last).toHaveAccessibleName(/Read/, { timeout: 120_000 });
  const bad = actions(page, JONAS, "Poisoned for good.");
  const mended = actions(page, JONAS, "Poisoned for now.");
  await expect(bad).toContainText("The server did not accept this.");
  await expect(mended).toContainText("The server did not accept this.");
  // Asked again as it is, it is refused again, and says so again.
  await bad.getByRole("button", { name: "Retry" }).click();
  await expect(bad).toContainText("The server did not accept this.");
  await bad.getByRole("button", { name: "Discard" }).click();
  await expect(messageWithText(page, JONAS, "Poisoned for good.")).toHaveCount(0);
  await poison(page, "Poisoned for now.", 0);
  await mended.getByRole("button", { name: "Retry" }).click();
  await expect(messageWithText(page, JONAS, "Poisoned for now.")).toHaveAccessibleName(/Read/);

  const all = ["Is the office open?", "I am at the door.", "It is cold here.", "Poisoned for now."];
  for (const [each, title] of [
    [page, JONAS],
    [jonas.page, ANA],
  ] as const) {
    await expect(async () => expect(await allTexts(each, title)).toEqual(all)).toPass();
  }
  // Whoever came first was kept waiting, not lost.
  expect(await stored()).toBeGreaterThan(0);
  filler.close();
});

test("S11: a server that stands still amid sends: what waits says why, and all arrives once and in order after it", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await signUpTwo(browser, server.url);
  const { page } = ana;
  await openDirectChat(ana, jonas, "message 0");
  for (let n = 1; n <= 5; n++) await say(page, JONAS, `message ${n}`);
  process.kill(server.pid, "SIGSTOP");
  try {
    for (let n = 6; n <= 10; n++) await say(page, JONAS, `message ${n}`);
    const sixth = messageWithText(page, JONAS, "message 6");
    await sixth.click({ button: "right" });
    await page.getByRole("menuitem", { name: "Info" }).click();
    const told = page.getByRole("dialog", { name: "Message info" });
    await expect(told.getByText("Not yet on the server")).toBeVisible();
    await expect(told.getByText(/Waiting for the (server's answer|connection)/)).toBeVisible();
    await page.keyboard.press("Escape");
  } finally {
    process.kill(server.pid, "SIGCONT");
  }
  await expectOnline(page);
  await expect(messageWithText(page, JONAS, "message 10")).toHaveAccessibleName(/Read/);
  const expected = Array.from({ length: 11 }, (_, n) => `message ${n}`);
  for (const [each, title] of [
    [page, JONAS],
    [jonas.page, ANA],
  ] as const) {
    await expect(async () => expect(await allTexts(each, title)).toEqual(expected)).toPass();
  }
});
