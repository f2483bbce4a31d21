import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Locator, type Page, test } from "@playwright/test";

import { type Desktop, startDesktop } from "../../electron-host/driver/desktop.ts";
import { temporaryFolder } from "../../electron-host/driver/folders.ts";
import { call } from "../../support/desktop-calls.ts";
import { signUpInWindow, windowIdOf, windowOf } from "../../support/desktop-person.ts";
import {
  chatList,
  chatRow,
  composer,
  conversation,
  expectOnline,
  messageWithText,
  say,
} from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";
import { Talker } from "../../support/talkers.ts";

const GRACE = "Grace Lindqvist";
/** V56: crashes that are further apart than two minutes are not counted together. */
const COUNTED_TOGETHER_MS = 110_000;

/** Ada at the desktop, and what Grace has said to her: as many lines as asked for. */
async function adaWhoHeard(desktop: Desktop, serverUrl: string, lines: number): Promise<Page> {
  const grace = await Talker.signUp(serverUrl, GRACE, "grace");
  const ada = await desktop.firstWindow();
  await signUpInWindow(ada, serverUrl, "Ada Adeyemi", "ada");
  const [me] = (await grace.ask("people:search", { query: "ada" })).people;
  if (!me) throw new Error("Ada is not found");
  const chatId = await grace.createDirect(me);
  await grace.say(
    chatId,
    Array.from({ length: lines }, (_, nth) => `Line ${nth + 1}`),
  );
  grace.close();
  await chatRow(ada, GRACE).click();
  await expect(conversation(ada, GRACE)).toBeVisible();
  return ada;
}

test("S21, V56: a page that really hangs is ended and goes on where it was: panes, draft, scroll place", async () => {
  await using server = await startServer();
  await using desktop = await startDesktop();
  test.skip(desktop.kind !== "stand-in", "when Electron calls a page unresponsive is its own");
  const ada = await adaWhoHeard(desktop, server.url, 90);
  await composer(ada, GRACE).fill("Half a thought");
  const log = conversation(ada, GRACE).getByRole("log", { name: "Messages" });
  await log.hover();
  // Up or down by what is in view: a wheel turned on a slow machine may show only later.
  const turnTo = (line: number) =>
    expect(async () => {
      const seen = await linesInView(log);
      if (seen.includes(line)) return;
      await ada.mouse.wheel(0, Math.min(...seen) > line ? -200 : 200);
      expect(await linesInView(log)).toContain(line);
    }).toPass({ intervals: [100] });
  await turnTo(90);
  await turnTo(60);
  const id = await windowIdOf(desktop);
  const before = (await windowOf(desktop)).targetId;
  // What was typed and where one was is kept a moment later.
  const topmost = () =>
    log.evaluate((element) => {
      const { top } = element.getBoundingClientRect();
      const rows = [...element.querySelectorAll<HTMLElement>("article")];
      return rows.find((row) => row.getBoundingClientRect().bottom > top)?.dataset["key"] ?? "";
    });
  await expect(async () => expect(await keptKey(ada)).toBe(await topmost())).toPass();
  const key = await topmost();

  await ada.evaluate(() => {
    setTimeout(() => {
      for (;;);
    });
  });
  await desktop.control.setResponsive(id, false);
  await expect
    .poll(async () => ![before, null].includes((await windowOf(desktop)).targetId))
    .toBe(true);
  const back = await desktop.pageOf(id);
  await expectOnline(back);
  await expect(composer(back, GRACE)).toHaveValue("Half a thought");
  await expect(back.locator(`article[data-key="${key}"]`)).toBeInViewport();
  await expect(messageWithText(back, GRACE, "Line 90")).not.toBeInViewport();
});

/** The numbers of the lines in view. */
function linesInView(log: Locator): Promise<number[]> {
  return log.evaluate((element) => {
    const view = element.getBoundingClientRect();
    return [...element.querySelectorAll("[data-testid=message-text]")].flatMap((text) => {
      const { top, bottom } = text.getBoundingClientRect();
      const number = /^Line (\d+)$/.exec(text.textContent ?? "")?.[1];
      return number !== undefined && top >= view.top && bottom <= view.bottom
        ? [Number(number)]
        : [];
    });
  });
}

/** The row at which the window remembers to have left its chat. */
function keptKey(page: Page): Promise<string> {
  return page.evaluate(() => {
    const name = Object.keys(localStorage).find((each) => each.startsWith("parley.places."));
    const places: unknown = JSON.parse(localStorage.getItem(name ?? "") ?? "[]");
    const [, last] = (places as [string, { scroll: { key: string } | null }][]).at(-1) ?? [];
    return last?.scroll?.key ?? "";
  });
}

test("S21, V56: a page that works and dies again and again comes back with nothing open, then rescues texts", async () => {
  await using server = await startServer();
  await using desktop = await startDesktop();
  const ada = await adaWhoHeard(desktop, server.url, 1);
  await server.kill();
  await say(ada, GRACE, "Never sent");
  await composer(ada, GRACE).fill("Half a thought");
  const id = await windowIdOf(desktop);
  const isRescue = async () => (await windowOf(desktop)).url.includes("rescue");
  let page = ada;
  const startMs = performance.now();
  for (const isOpen of [true, true, true, true, false, false, false, false]) {
    expect(await isRescue()).toBe(false);
    await expect(chatList(page)).toBeVisible();
    await expect(chatRow(page, GRACE)).toBeVisible();
    await expect(conversation(page, GRACE)).toHaveCount(isOpen ? 1 : 0);
    // By this call, as by others that come late in a start, main knows that the page has worked.
    await call(page, "server:probe", { serverUrl: server.url });
    const tookMs = performance.now() - startMs;
    test.skip(
      tookMs > COUNTED_TOGETHER_MS,
      "the machine is too slow to crash so often in that time",
    );
    await desktop.control.killRenderer(id);
    page = await desktop.pageOf(id);
  }
  await expect.poll(isRescue).toBe(true);
  page = await desktop.pageOf(id);
  await expect(page.getByText("Parley cannot start on this computer")).toBeVisible();
  const texts = page.getByRole("textbox", { name: "Drafts and waiting messages" });
  await expect(texts).toHaveValue(/Half a thought/);
  await expect(texts).toHaveValue(/Never sent/);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save 2 texts" }).click();
  expect((await download).suggestedFilename()).toBe("parley-texts.txt");
});

test("V56: crash reports stay here until the user opens one in a mail; logs rotate, tell no secrets, open by a click", async () => {
  await using server = await startServer();
  const userDataDir = temporaryFolder("desktop");
  const logs = join(userDataDir, "logs");
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, "parley.log"), "an old line\n".repeat(85_000));
  await using desktop = await startDesktop({ userDataDir });
  const ada = await adaWhoHeard(desktop, server.url, 1);
  await say(ada, GRACE, "the secret plan, call +49 170 1234567");
  const { control } = desktop;
  const id = await windowIdOf(desktop);
  await control.killRenderer(id);
  const page = await desktop.pageOf(id);
  await expectOnline(page);

  const files = () => readdirSync(logs).filter((name) => name.endsWith(".log"));
  await expect.poll(files).toEqual(["parley.1.log", "parley.log"]);
  await page.getByRole("button", { name: "Settings" }).click();
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("button", { name: "Desktop" }).click();
  const report = settings.getByRole("button", { name: /^Read the report: page,/ });
  await report.click();
  await expect(settings.getByRole("region", { name: "Text of the report" })).toContainText(
    "what: page",
  );
  expect(await control.openedExternally()).toEqual([]);
  await settings.getByRole("button", { name: "Send by mail…" }).click();
  await expect.poll(() => control.openedExternally()).toHaveLength(1);
  const [mail = ""] = await control.openedExternally();
  expect(mail).toMatch(/^mailto:\?subject=Crash%20report/);
  expect(decodeURIComponent(mail)).toContain("what: page");
  await settings.getByRole("button", { name: "Open the folder" }).click();
  await expect.poll(() => control.openedExternally()).toEqual([mail, logs]);
  await settings.getByRole("button", { name: /^Delete the report/ }).click();
  await expect(settings.getByText("None: nothing has crashed.")).toBeVisible();
  expect(readdirSync(join(logs, "crashes"))).toEqual([]);

  const said = [...files(), ""].map((name) =>
    name === "" ? decodeURIComponent(mail) : readFileSync(join(logs, name), "utf8"),
  );
  const secrets = ["secret plan", "1234567", "Line 1", "correct horse"];
  for (const secret of secrets) {
    expect(said.join("\n")).not.toContain(secret);
  }
  expect(said.join("\n")).not.toMatch(/[A-Za-z0-9_-]{40,}/);
  test.skip(
    desktop.kind !== "stand-in",
    "what the crash reporter was told is seen in the stand-in",
  );
  expect(await control.traces()).toMatchObject({ uploadsCrashes: false });
});
