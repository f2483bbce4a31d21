import { type Browser, expect, type Page, test } from "@playwright/test";
import {
  cloudApiTexts,
  longestText,
  naughtyStrings,
  UNUSUAL_TEXTS,
} from "../support/hostile-texts.ts";
import { allTexts, composer, conversation, messages, type Person, say } from "../support/person.ts";
import { startServer } from "../support/server-process.ts";
import { ANA, JONAS, openDirectChat, signUpTwo } from "../support/two-people.ts";

// Hundreds of messages: a trace of every one would take longer than the test.
test.use({ trace: "off" });

/** Two people with their direct chat open on both sides, on pages that tell if a message runs. */
async function twoInOneChat(
  browser: Browser,
  url: string,
): Promise<{ ana: Person; jonas: Person }> {
  const { ana, jonas } = await signUpTwo(browser, url);
  for (const { page } of [ana, jonas]) {
    await page.addInitScript(() => Object.assign(globalThis, { hacked: 0 }));
    page.on("dialog", (dialog) => {
      throw new Error(`A message opened a dialog: ${dialog.message()}`);
    });
  }
  await openDirectChat(ana, jonas, "hello");
  return { ana, jonas };
}

async function expectLayoutUnbroken(page: Page, title: string): Promise<void> {
  const overflow = await conversation(page, title).evaluate((region) => {
    const right = region.getBoundingClientRect().right;
    const wide = [...region.querySelectorAll("[data-testid=message-text]")].filter(
      (text) =>
        text.getBoundingClientRect().right > right || text.scrollWidth > text.clientWidth + 1,
    );
    return { page: document.documentElement.scrollWidth - innerWidth, wide: wide.length };
  });
  expect(overflow).toEqual({ page: 0, wide: 0 });
}

/** All messages after the first one; read again if the list moved under the reader. */
async function expectAllTexts(page: Page, title: string, texts: readonly string[]): Promise<void> {
  await expect(async () =>
    expect(await allTexts(page, title)).toEqual(["hello", ...texts]),
  ).toPass();
}

async function expectLastText(page: Page, title: string, text: string): Promise<void> {
  await expect
    .poll(() =>
      messages(page, title)
        .last()
        .getByTestId("message-text")
        .evaluate((node) => node.textContent),
    )
    .toBe(text);
}

for (const [name, texts] of [
  ["the Big List of Naughty Strings", naughtyStrings()],
  ["texts of Cloud API clients", cloudApiTexts()],
  ["unusual scripts, directions, marks and markup", [...UNUSUAL_TEXTS]],
] as const) {
  test(`S2a: ${name} arrive byte for byte, stay so after a reload, and nothing is executed`, async ({
    browser,
  }) => {
    test.setTimeout(600_000);
    await using server = await startServer();
    const { ana, jonas } = await twoInOneChat(browser, server.url);
    for (const text of texts) await say(ana.page, JONAS, text);
    await expectLastText(jonas.page, ANA, texts.at(-1) ?? "");
    for (const [page, title] of [
      [ana.page, JONAS],
      [jonas.page, ANA],
    ] as const) {
      await expectAllTexts(page, title, texts);
      await expectLayoutUnbroken(page, title);
      await page.reload();
      await expect(messages(page, title).last()).toBeVisible();
      await expectAllTexts(page, title, texts);
      await expectLayoutUnbroken(page, title);
      expect(await page.evaluate(() => Boolean(Reflect.get(globalThis, "hacked")))).toBe(false);
    }
  });
}

test("E4: a text of 65,536 units arrives whole; one unit more is explained and not lost", async ({
  browser,
}) => {
  await using server = await startServer();
  const { ana, jonas } = await twoInOneChat(browser, server.url);
  const text = longestText();
  await say(ana.page, JONAS, text);
  const showAll = messages(jonas.page, ANA).last().getByRole("button", { name: "Show all" });
  await showAll.click();
  await expectLastText(jonas.page, ANA, text);
  await expectLayoutUnbroken(jonas.page, ANA);

  const box = composer(ana.page, JONAS);
  await box.fill(`${text}!`);
  await box.press("Enter");
  await expect(conversation(ana.page, JONAS).getByText(/too long/i)).toBeVisible();
  await expect(box).toHaveValue(`${text}!`);
});

test("E4: a lone surrogate is replaced before it is journaled", async ({ browser }) => {
  await using server = await startServer();
  const { ana, jonas } = await twoInOneChat(browser, server.url);
  const box = composer(ana.page, JONAS);
  await box.evaluate((node: HTMLTextAreaElement) => {
    // Past React's own bookkeeping of the field, as typing is.
    Reflect.set(
      HTMLTextAreaElement.prototype,
      "value",
      `broken ${String.fromCharCode(0xd83d)} emoji`,
      node,
    );
    node.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  await box.press("Enter");
  await expectLastText(jonas.page, ANA, "broken \ufffd emoji");
  await expectLastText(ana.page, JONAS, "broken \ufffd emoji");
});
