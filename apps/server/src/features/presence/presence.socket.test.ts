import { ChatId, newId } from "@parley/protocol/ids.ts";
import { SOCKET_PATH } from "@parley/protocol/socket/pushes.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commandsOn } from "../../testing/commands.ts";
import { join, type TestClient } from "../../testing/socket-client.ts";
import { makeAccount, makeDevice, type TestAccount } from "../../testing/test-accounts.ts";
import type { TestServer } from "../../testing/test-server.ts";
import { makeDirectChat, startWithTwo } from "../../testing/two-accounts.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;
let cleo: TestAccount;
let a: TestClient;
let b: TestClient;
let chatId: ChatId;

/** How far the server's clock was moved. */
let movedMs: number;

beforeEach(async () => {
  movedMs = 0;
  ({ server, ana, ben, a, b } = await startWithTwo({ nowMs: () => Date.now() + movedMs }));
  cleo = await makeAccount(server.storage, "cleo");
  chatId = await makeDirectChat(a, ben);
});
afterEach(() => server.close());

/** A connection by long polling whose packets are written by hand. */
async function openPolling(accessToken: string) {
  const at = `${server.url}${SOCKET_PATH}/?EIO=4&transport=polling`;
  const opened = await (await fetch(at)).text();
  const sid = /"sid":"([^"]+)"/.exec(opened)?.[1] ?? "";
  const post = async (body: string): Promise<void> => {
    await fetch(`${at}&sid=${sid}`, { method: "POST", body });
  };
  const seen: string[] = [];
  await post(`40${JSON.stringify({ accessToken, protocols: [1] })}`);
  while (!seen.join("").includes("session:welcome")) {
    seen.push(await (await fetch(`${at}&sid=${sid}`)).text());
  }
  return post;
}

const onlineOf = (client: TestClient): boolean[] =>
  client.pushes("presence:changed").flatMap((push) => push.presences.map((one) => one.online));

describe("presence", () => {
  test("S10: watchers hear of coming and going, with the time it was last there", async () => {
    const { presences } = await a.request("presence:watch", { accountIds: [ben.accountId] });
    expect(presences).toEqual([{ accountId: ben.accountId, online: false, lastSeenAt: null }]);
    await b.request("presence:set", { active: true });
    await a.until(() => onlineOf(a).length === 1);
    b.close();
    await a.until(() => onlineOf(a).length === 2);
    expect(onlineOf(a)).toEqual([true, false]);
    const last = a.pushes("presence:changed").at(-1)?.presences[0]?.lastSeenAt;
    expect(last).toBeGreaterThan(0);
    const again = await a.request("presence:watch", { accountIds: [ben.accountId] });
    expect(again.presences).toEqual([
      { accountId: ben.accountId, online: false, lastSeenAt: last },
    ]);
  });

  test("S10, V21: an account is online while one of its devices is", async () => {
    const second = await join(server, await makeDevice(server.storage, ben.accountId));
    await a.request("presence:watch", { accountIds: [ben.accountId] });
    await b.request("presence:set", { active: true });
    await second.request("presence:set", { active: true });
    await b.request("presence:set", { active: false });
    await second.request("presence:set", { active: false });
    await a.until(() => onlineOf(a).length === 2);
    expect(onlineOf(a)).toEqual([true, false]);
  });

  test("S10: what comes in one piece with the end of its connection leaves nobody online", async () => {
    const active = `42["presence:set",{"active":true}]`;
    for (const pieces of [
      [active, "1"],
      ["41", active],
    ]) {
      const post = await openPolling(ben.deviceId);
      await post(pieces.join("\x1e"));
      expect(server.connections()).toBe(2);
      const { presences } = await a.request("presence:watch", { accountIds: [ben.accountId] });
      expect(presences[0]?.online).toBe(false);
    }
  });

  test("S10: strangers are told nothing", async () => {
    const c = await join(server, cleo.deviceId);
    await b.request("presence:set", { active: true });
    const { presences } = await c.request("presence:watch", { accountIds: [ben.accountId] });
    expect(presences).toEqual([{ accountId: ben.accountId, online: false, lastSeenAt: null }]);
    await b.request("presence:set", { active: false });
    await c.request("people:search", { query: "x" });
    expect(c.pushes("presence:changed")).toEqual([]);
  });

  test("V21: whoever left the last shared chat hears no more", async () => {
    const run = commandsOn(server.storage);
    const group = await run.group(ana, [ben.accountId, cleo.accountId]);
    const c = await join(server, cleo.deviceId);
    await c.request("presence:watch", { accountIds: [ben.accountId] });
    await b.request("presence:set", { active: true });
    await c.until(() => onlineOf(c).length === 1);
    await a.request("chat:remove-member", { chatId: group, accountId: cleo.accountId });
    await b.request("presence:set", { active: false });
    await b.request("presence:set", { active: true });
    await c.request("people:search", { query: "x" });
    expect(onlineOf(c)).toEqual([true]);
  });

  test("S10: a watch replaces the last one", async () => {
    await a.request("presence:watch", { accountIds: [ben.accountId] });
    await a.request("presence:watch", { accountIds: [] });
    await b.request("presence:set", { active: true });
    await a.request("people:search", { query: "x" });
    expect(onlineOf(a)).toEqual([]);
  });

  test("S10: a group is asked for a count", async () => {
    const run = commandsOn(server.storage);
    const group = await run.group(ana, [ben.accountId, cleo.accountId]);
    await Promise.all([a, b].map((client) => client.request("presence:set", { active: true })));
    expect(await a.request("presence:count", { chatId: group })).toEqual({ online: 2 });
    expect((await a.refusal("presence:count", { chatId: cleo.selfChatId })).code).toBe(
      "chat_not_found",
    );
  });

  test("S10: a group's count is some seconds old at most, also where the clock is put back", async () => {
    const group = await commandsOn(server.storage).group(ana, [ben.accountId, cleo.accountId]);
    expect(await a.request("presence:count", { chatId: group })).toEqual({ online: 0 });
    await a.request("presence:set", { active: true });
    movedMs = -3_600_000;
    expect(await a.request("presence:count", { chatId: group })).toEqual({ online: 1 });
  });
});

describe("typing", () => {
  const typingOf = (client: TestClient) => client.pushes("typing:changed");

  test("S10: is told to connections of others that have the chat open", async () => {
    const second = await join(server, await makeDevice(server.storage, ben.accountId));
    await b.request("view:open", { chatIds: [chatId] });
    await a.request("view:open", { chatIds: [chatId] });
    await a.request("typing:set", { chatId, typing: true });
    await b.until(() => typingOf(b).length === 1);
    expect(typingOf(b)).toEqual([{ chatId, accountId: ana.accountId, typing: true }]);
    await a.request("typing:set", { chatId, typing: true });
    await a.request("typing:set", { chatId, typing: false });
    await b.until(() => typingOf(b).length === 2);
    expect(typingOf(b).map((push) => push.typing)).toEqual([true, false]);
    expect([...typingOf(a), ...typingOf(second)]).toEqual([]);
  });

  test("S10: whoever goes on typing is told of, also where the clock is put back", async () => {
    await b.request("view:open", { chatIds: [chatId] });
    await a.request("typing:set", { chatId, typing: true });
    await a.request("typing:set", { chatId, typing: true });
    movedMs = -3_600_000;
    await a.request("typing:set", { chatId, typing: true });
    await b.request("people:search", { query: "x" });
    expect(typingOf(b).map((push) => push.typing)).toEqual([true, true]);
  });

  test("S10: a flood of changes of mind is dropped, not passed on", async () => {
    await b.request("view:open", { chatIds: [chatId] });
    for (let i = 0; i < 40; i++) await a.request("typing:set", { chatId, typing: i % 2 === 0 });
    await b.request("people:search", { query: "x" });
    expect(typingOf(b).length).toBeGreaterThan(0);
    expect(typingOf(b).length).toBeLessThanOrEqual(10);
  });

  test("S6: a chat in which somebody typed before it was made is heard all the same", async () => {
    const proposed = newId(ChatId);
    const typed = await a.refusal("typing:set", { chatId: proposed, typing: true });
    expect(typed.code).toBe("chat_not_found");
    const accountIds = [ben.accountId];
    await a.request("chat:create-group", { chatId: proposed, title: "New", accountIds });
    await a.say(proposed, "hello");
    const event = await b.until(() =>
      b.changesOf("event").find((change) => change.event.chatId === proposed),
    );
    expect(event.event.seq).toBe(2);
  });

  test("X3: nobody hears it who opened a chat that is not theirs, nor types in one", async () => {
    const c = await join(server, cleo.deviceId);
    await c.request("view:open", { chatIds: [chatId] });
    await b.request("view:open", { chatIds: [chatId] });
    expect((await c.refusal("typing:set", { chatId, typing: true })).code).toBe("chat_not_found");
    await a.request("typing:set", { chatId, typing: true });
    await b.until(() => typingOf(b).length === 1);
    await c.request("people:search", { query: "x" });
    expect(typingOf(c)).toEqual([]);
    expect((await a.refusal("typing:set", { chatId: newId(ChatId), typing: true })).code).toBe(
      "chat_not_found",
    );
  });
});
