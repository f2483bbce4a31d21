import { type AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { join, type TestClient } from "../../testing/socket-client.ts";
import { makeAccount, makeDevice } from "../../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";

let server: TestServer;
let desk: TestClient;
let phone: TestClient;
let stranger: TestClient;
let deskId: string;
let anaId: AccountId;
const chatIds = [newId(ChatId)];

beforeEach(async () => {
  server = await startTestServer();
  const ana = await makeAccount(server.storage, "ana");
  const ben = await makeAccount(server.storage, "ben");
  deskId = ana.deviceId;
  anaId = ana.accountId;
  desk = await join(server, ana.deviceId);
  phone = await join(server, await makeDevice(server.storage, ana.accountId));
  stranger = await join(server, ben.deviceId);
});
afterEach(() => server.close());

function tooMany(): ChatId[] {
  return Array.from({ length: LIMITS.openChats + 1 }, () => newId(ChatId));
}

describe("attention", () => {
  test("S18: what a device has in view reaches the account's other devices, and nobody else", async () => {
    await desk.request("attention:set", { chatIds });
    await phone.until(() => phone.pushes("attention:changed").length === 1);
    expect(phone.pushes("attention:changed")).toEqual([
      { deviceId: deskId, chatIds, forMs: LIMITS.attentionMs },
    ]);
    await stranger.request("presence:set", { active: true });
    expect(stranger.pushes("attention:changed")).toEqual([]);
    expect(desk.pushes("attention:changed")).toEqual([]);
  });

  test("S18: it ends when the device says so, and when its connection goes", async () => {
    await desk.request("attention:set", { chatIds });
    await desk.request("attention:set", { chatIds: [] });
    await desk.request("attention:set", { chatIds: [] });
    await desk.request("attention:set", { chatIds });
    desk.close();
    await phone.until(() => phone.pushes("attention:changed").length === 4);
    const told = phone.pushes("attention:changed").map((push) => [push.chatIds.length, push.forMs]);
    expect(told).toEqual([
      [1, LIMITS.attentionMs],
      [0, 0],
      [1, LIMITS.attentionMs],
      [0, 0],
    ]);
  });

  test("S18: a device that came back keeps its attention when its old connection ends", async () => {
    await desk.request("attention:set", { chatIds });
    const again = await join(server, deskId);
    await again.request("attention:set", { chatIds });
    desk.close();
    await phone.until(() => phone.pushes("session:others").at(-1)?.others === 1);
    const told = () => phone.pushes("attention:changed").map((push) => push.chatIds.length);
    expect(told()).toEqual([1, 1]);
    // What it says of itself it needs not hear.
    expect(again.pushes("attention:changed")).toEqual([]);
    again.close();
    await phone.until(() => told().length === 3);
    expect(told()).toEqual([1, 1, 0]);
  });

  test("S18: the end that the new connection tells holds, whatever the old one had said", async () => {
    await desk.request("attention:set", { chatIds });
    const again = await join(server, deskId);
    await again.request("attention:set", { chatIds: [] });
    desk.close();
    await phone.until(() => phone.pushes("session:others").at(-1)?.others === 1);
    expect(phone.pushes("attention:changed").map((push) => push.chatIds.length)).toEqual([1, 0]);
  });

  test("S18: a device that comes later is told when it is said again, for which V43 gives the sign", async () => {
    await desk.request("attention:set", { chatIds });
    const tablet = await join(server, await makeDevice(server.storage, anaId));
    await desk.until(() => desk.pushes("session:others").at(-1)?.others === 2);
    expect(tablet.pushes("attention:changed")).toEqual([]);
    await desk.request("attention:set", { chatIds });
    await tablet.until(() => tablet.pushes("attention:changed").length === 1);
  });

  test.each([
    ["no list", {}, "chatIds"],
    ["more chats than a connection may have open", { chatIds: tooMany() }, "chatIds"],
    ["what is no id", { chatIds: ["' OR 1=1 --"] }, "chatIds.0"],
    ["a number", { chatIds: [7] }, "chatIds.0"],
    ["nothing", null, undefined],
  ])("E2: %s is refused by name, and the connection stays", async (_what, body, field) => {
    const reply = await desk.ask("attention:set", body);
    expect(reply).toMatchObject({ error: { code: "invalid_request", ...(field && { field }) } });
    expect(phone.pushes("attention:changed")).toEqual([]);
    await desk.request("attention:set", { chatIds });
    await phone.until(() => phone.pushes("attention:changed").length === 1);
  });
});

describe("much attention", () => {
  test("E2: who says it all the time is told to wait, and the others are spared", async () => {
    await server.close();
    server = await startTestServer({ limits: { eventsPerSecond: 1, eventsBurst: 5 } });
    const ana = await makeAccount(server.storage, "ana");
    desk = await join(server, ana.deviceId);
    phone = await join(server, await makeDevice(server.storage, ana.accountId));
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => desk.ask("attention:set", { chatIds })),
    );
    const refused = replies.filter((reply) => "error" in reply);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]).toMatchObject({ error: { code: "rate_limited" } });
    expect(phone.pushes("attention:changed").length).toBeLessThan(10);
  });
});
