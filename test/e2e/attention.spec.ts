import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AlertDecision } from "@parley/protocol/bridge/alerts.ts";
import { HostedAccount } from "@parley/protocol/bridge/contract.ts";
import { ChatId, ClientId, newId } from "@parley/protocol/ids.ts";
import { REQUESTS } from "@parley/protocol/socket/requests.ts";
import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { callHost, noticesOf, openBareWindow } from "../support/bare-window.ts";
import { startServer } from "../support/server-process.ts";

const WEB_DIST = fileURLToPath(new URL("../../apps/web/dist", import.meta.url));
const PASSWORD = "correct horse battery";

type Device = { context: BrowserContext; page: Page; account: HostedAccount };

/** A browser of its own with the session host in it, signed up or in. */
async function openDevice(
  browser: Browser,
  serverUrl: string,
  handle: string,
  how: "account:sign-up" | "account:sign-in",
): Promise<Device & AsyncDisposable> {
  const context = await browser.newContext();
  await context.grantPermissions(["notifications"], { origin: serverUrl });
  const page = await context.newPage();
  await page.goto(`${serverUrl}/manifest.webmanifest`);
  const html = await readFile(`${WEB_DIST}/index.html`, "utf8");
  const build = /name="parley-build" content="([0-9a-f]+)"/.exec(html)?.[1] ?? "";
  await openBareWindow(page, { build });
  const named = how === "account:sign-up" ? { name: handle } : {};
  const answer = await callHost(page, how, { serverUrl, handle, password: PASSWORD, ...named });
  const account = HostedAccount.parse(answer.data);
  const states = async (): Promise<unknown> => (await noticesOf(page, "connection:changed")).at(-1);
  await expect.poll(states).toMatchObject({ status: { state: "live" } });
  return { context, page, account, [Symbol.asyncDispose]: () => context.close() };
}

async function ask(
  { page, account: { accountKey } }: Device,
  name: "chat:create-direct" | "chat:send",
  body: unknown,
): Promise<unknown> {
  const answer = await callHost(page, "server:request", { accountKey, name, body });
  expect(answer.error).toBeUndefined();
  return answer.data;
}

async function decisionOf(
  { page, account: { accountKey } }: Device,
  chatId: ChatId,
  clientId: ClientId,
): Promise<AlertDecision | undefined> {
  const answer = await callHost(page, "alerts:decisions", { accountKey, chatId });
  const { decisions } = z.object({ decisions: z.array(AlertDecision) }).parse(answer.data);
  return decisions.find((one) => one.clientId === clientId);
}

test("S18: two devices: the one without the focus waits, and says nothing of what is read on the other", async ({
  browser,
}) => {
  await using server = await startServer();
  await using desk = await openDevice(browser, server.url, "ada", "account:sign-up");
  const permission = await desk.page.evaluate(() => Notification.permission);
  test.skip(permission !== "granted", "this build of the browser has no notifications");
  await using away = await openDevice(browser, server.url, "ada", "account:sign-in");
  await using grace = await openDevice(browser, server.url, "grace", "account:sign-up");
  const { accountKey, me } = desk.account;
  const chatId = newId(ChatId);
  await ask(grace, "chat:create-direct", { chatId, accountId: me.accountId });
  const say = async (): Promise<{ clientId: ClientId; seq: number }> => {
    const clientId = newId(ClientId);
    const payload = JSON.stringify({ type: "text", text: "Hello", salt: "AAAAAAAAAAAAAAAAAAAAAA" });
    const item = {
      chatId,
      clientId,
      alg: "none",
      type: "text",
      notify: true,

      payload,
    };
    const sent = await ask(grace, "chat:send", { chatId, items: [item] });
    const { outcomes } = REQUESTS["chat:send"].data.parse(sent);
    const [outcome] = outcomes;
    if (!outcome || !("event" in outcome)) throw new Error("it was not sent");
    return { clientId, seq: outcome.event.seq };
  };
  const view = { visible: true, openChatIds: [chatId], watchAccountIds: [] };
  await callHost(desk.page, "view:set", { accountKey, focused: true, ...view });

  // The lease is told in the background: the first alerts may come before it.
  let waits: { clientId: ClientId; seq: number } | undefined;
  await expect(async () => {
    const said = await say();
    const decided = (): Promise<unknown> => decisionOf(away, chatId, said.clientId);
    await expect.poll(decided, { timeout: 3_000 }).toBeDefined();
    expect((await decisionOf(away, chatId, said.clientId))?.act).toBe("wait");
    waits = said;
  }).toPass({ timeout: 15_000 });
  if (!waits) throw new Error("nothing waits");
  const { clientId, seq } = waits;
  expect((await decisionOf(desk, chatId, clientId))?.reason).toBe("chat-in-view");
  await callHost(desk.page, "receipt:mark", { accountKey, marks: [{ chatId, readSeq: seq }] });
  await expect
    .poll(() => decisionOf(away, chatId, clientId), { timeout: 15_000 })
    .toMatchObject({ act: "none", reason: "read-elsewhere" });
  const shown = await noticesOf(away.page, "notification:show");
  expect(shown).not.toContainEqual(expect.objectContaining({ clientId }));

  // The other device goes: alerts come at once again.
  await desk.context.close();
  await expect(async () => {
    const said = await say();
    const decided = (): Promise<unknown> => decisionOf(away, chatId, said.clientId);
    await expect.poll(decided, { timeout: 3_000 }).toBeDefined();
    expect((await decisionOf(away, chatId, said.clientId))?.reason).toBe("new-message");
  }).toPass({ timeout: 15_000 });
});
