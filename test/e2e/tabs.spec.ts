import { expect, type Page, test } from "@playwright/test";

import {
  chatRow,
  conversation,
  expectOnline,
  messageWithText,
  type Person,
  say,
  signUp,
  startDirectChat,
} from "../support/person.ts";
import { type ServerProcess, startServer } from "../support/server-process.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";

/*
 * S20 in the app itself: several tabs of one account, one of which writes. Whatever becomes of that one,
 * the others go on, and every message is there once.
 */

const ANA = "Ana Ribeiro";
const JONAS = "Jonas Okafor";

let server: ServerProcess;
let proxy: TcpProxy;
/** Through the proxy, in two tabs; the first was there before the second, so it writes. */
let ana: Person;
let second: Page;
let jonas: Person;

test.beforeEach(async ({ browser }) => {
  server = await startServer();
  proxy = await startTcpProxy({ targetPort: server.port });
  ana = await signUp(browser, proxy.url, ANA, "ana");
  jonas = await signUp(browser, server.url, JONAS, "jonas");
  await startDirectChat(ana.page, JONAS);
  await say(ana.page, JONAS, "Hello");
  await chatRow(jonas.page, ANA).click();
  await expect(messageWithText(jonas.page, ANA, "Hello")).toHaveCount(1);
  second = await ana.context.newPage();
  await second.goto(proxy.url);
  await expectOnline(second);
  await chatRow(second, JONAS).click();
  await expect(messageWithText(second, JONAS, "Hello")).toHaveCount(1);
});
test.afterEach(async () => {
  await ana.context.close();
  await jonas.context.close();
  await proxy.cut();
  await server[Symbol.asyncDispose]();
});

/** Both sides have it once, and the sender knows that it arrived. */
async function expectTalk(here: Page, text: string, answer: string): Promise<void> {
  await say(here, JONAS, text);
  await expect(messageWithText(jonas.page, ANA, text)).toHaveCount(1);
  await expect(messageWithText(here, JONAS, text)).toHaveCount(1);
  await say(jonas.page, ANA, answer);
  await expect(messageWithText(here, JONAS, answer)).toHaveCount(1);
  await expect(messageWithText(jonas.page, ANA, answer)).toHaveAccessibleName(/Delivered|Read/);
}

test("S20: while the writing tab is frozen another one sends and receives; thawed, it shows all once", async () => {
  const cdp = await ana.context.newCDPSession(ana.page);
  await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
  await expectTalk(second, "past the frozen tab", "seen in the other tab");
  await cdp.send("Page.setWebLifecycleState", { state: "active" });
  for (const text of ["past the frozen tab", "seen in the other tab"]) {
    await expect(messageWithText(ana.page, JONAS, text)).toHaveCount(1);
  }
  await expectTalk(ana.page, "from the thawed tab", "to the thawed tab");
  await expect(messageWithText(second, JONAS, "to the thawed tab")).toHaveCount(1);
});

test("V49, S20: when the writing tab crashes, with or without the host in its process, the other goes on", async () => {
  const crashed = ana.page.waitForEvent("crash");
  const cdp = await ana.context.newCDPSession(ana.page);
  // There is nobody left to answer it.
  cdp.send("Page.crash").catch(() => undefined);
  await crashed;
  await expectTalk(second, "past the crashed tab", "to the tab that is left");
  const again = await ana.context.newPage();
  await again.goto(proxy.url);
  await chatRow(again, JONAS).click();
  await expect(conversation(again, JONAS)).toBeVisible();
  for (const text of ["past the crashed tab", "to the tab that is left"]) {
    await expect(messageWithText(again, JONAS, text)).toHaveCount(1);
  }
});

test("S20, S11: what a tab wrote offline is sent by the tab that is left when it is closed", async () => {
  await proxy.cut();
  await expect(ana.page.getByRole("status", { name: "Connection" })).not.toHaveText("");
  await say(ana.page, JONAS, "written before closing");
  await expect(messageWithText(second, JONAS, "written before closing")).toHaveCount(1);
  await ana.page.close();
  await proxy.restore();
  await expect(messageWithText(jonas.page, ANA, "written before closing")).toHaveCount(1);
  await expect(messageWithText(second, JONAS, "written before closing")).toHaveAccessibleName(
    /Delivered|Read/,
  );
  await expectTalk(second, "and then", "and more");
});
