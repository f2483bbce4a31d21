import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type TestClient } from "../../testing/socket-client.ts";
import { makeAccount, makeDevice } from "../../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";

let server: TestServer;
let desk: TestClient;
let phone: TestClient;
let stranger: TestClient;
let deskId: string;
const chatIds = [newId(ChatId)];

beforeEach(async () => {
  server = await startTestServer();
  const ana = await makeAccount(server.storage, "ana");
  const ben = await makeAccount(server.storage, "ben");
  deskId = ana.deviceId;
  desk = await join(ana.deviceId);
  phone = await join(await makeDevice(server.storage, ana.accountId));
  stranger = await join(ben.deviceId);
});
afterEach(() => server.close());

async function join(token: string): Promise<TestClient> {
  const client = await connect(server.url, token);
  await client.hello();
  return client;
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

  test("E2: more chats than a connection may have open are refused", async () => {
    const many = Array.from({ length: LIMITS.openChats + 1 }, () => newId(ChatId));
    await expect(desk.request("attention:set", { chatIds: many })).rejects.toThrow();
  });
});
