import { ChatId, newId } from "@parley/protocol/ids.ts";
import { join, type TestClient } from "./socket-client.ts";
import { makeAccount, type TestAccount } from "./test-accounts.ts";
import { startTestServer, type TestServer, type TestServerOptions } from "./test-server.ts";

/** A server, the accounts of Ana and Ben on it, and a client of each that has said hello. */
export type TwoAccounts = {
  server: TestServer;
  ana: TestAccount;
  ben: TestAccount;
  a: TestClient;
  b: TestClient;
};

/** Starts a server with both of them on it. Its `close` ends everything. */
export async function startWithTwo(options?: TestServerOptions): Promise<TwoAccounts> {
  const server = await startTestServer(options);
  const ana = await makeAccount(server.storage, "ana");
  const ben = await makeAccount(server.storage, "ben");
  const [a, b] = await Promise.all([join(server, ana.deviceId), join(server, ben.deviceId)]);
  return { server, ana, ben, a, b };
}

/** Makes the direct chat of a client's account with another. */
export async function makeDirectChat(
  client: TestClient,
  { accountId }: Pick<TestAccount, "accountId">,
): Promise<ChatId> {
  const chatId = newId(ChatId);
  await client.request("chat:create-direct", { chatId, accountId });
  return chatId;
}
