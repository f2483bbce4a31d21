import { ChatId, newId } from "@parley/protocol/ids.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, type TestClient } from "../testing/socket-client.ts";
import { makeAccount, makeDevice, type TestAccount } from "../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;

beforeEach(async () => {
  server = await startTestServer();
  ana = await makeAccount(server.storage, "ana");
  ben = await makeAccount(server.storage, "ben");
});
afterEach(async () => {
  await server.close();
  expect(server.faults).toEqual([]);
});

async function join(account: TestAccount): Promise<TestClient> {
  const client = await connect(server.url, account.deviceId);
  await client.hello();
  return client;
}

describe("a direct chat", () => {
  test("S4, V9: is made, listed, written in and delivered live", async () => {
    const a = await join(ana);
    const b = await join(ben);
    const chatId = newId(ChatId);
    const { chat, people } = await a.request("chat:create-direct", {
      chatId,
      accountId: ben.accountId,
    });
    expect(chat).toMatchObject({ chatId, kind: "direct", headSeq: 1, memberCount: 2 });
    expect(people.map((person) => person.name).sort()).toEqual(["ana", "ben"]);
    const listed = await b.until(() => b.changesOf("chat")[0]);
    expect(listed.chat.chatId).toBe(chatId);

    const event = await a.say(chatId, "hello");
    expect(event).toMatchObject({ seq: 2, senderId: ana.accountId });
    const live = await b.until(() => b.changesOf("event")[0]);
    expect(live.event).toEqual(event);

    const second = await connect(server.url, await makeDevice(server.storage, ben.accountId));
    const { changes } = await second.hello();
    const mine = changes.find((change) => change.kind === "chat" && change.chat.chatId === chatId);
    expect(mine).toMatchObject({ chat: { headSeq: 2, my: { unread: 1 }, last: event } });
    const { parts } = await second.request("sync:pull", { chats: [{ chatId, after: 0 }] });
    expect(parts[0]?.events.map((one) => one.seq)).toEqual([1, 2]);
  });
});
