import { ChatId, newId } from "@parley/protocol/ids.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commandsOn } from "../../testing/commands.ts";
import { join, type TestClient, textItem } from "../../testing/socket-client.ts";
import { makeAccount, type TestAccount } from "../../testing/test-accounts.ts";
import type { TestServer } from "../../testing/test-server.ts";
import { makeDirectChat, startWithTwo } from "../../testing/two-accounts.ts";

let server: TestServer;
let ana: TestAccount;
let ben: TestAccount;
let a: TestClient;
let b: TestClient;
let chatId: ChatId;

beforeEach(async () => {
  ({ server, ana, ben, a, b } = await startWithTwo());
  chatId = await makeDirectChat(a, ben);
});
afterEach(() => server.close());

/** Ana blocks ben, or ends it. */
async function block(isOn: boolean): Promise<void> {
  const key = valueKey("block", ben.accountId);
  const value = isOn ? writeValue("block", { atMs: 1 }) : null;
  await a.request("values:put", { puts: [{ key, value, baseRev: 0 }] });
}

async function refusalOf(client: TestClient, text: string): Promise<string | undefined> {
  const { outcomes } = await client.request("chat:send", {
    chatId,
    items: [textItem(chatId, text)],
  });
  const [outcome] = outcomes;
  return outcome && "error" in outcome ? outcome.error.code : undefined;
}

describe("a blocked account", () => {
  test("V33: its messages in the direct chat are refused until the block ends", async () => {
    const before = textItem(chatId, "before");
    await b.request("chat:send", { chatId, items: [before] });
    await block(true);
    expect(await refusalOf(b, "blocked")).toBe("blocked");
    expect(await refusalOf(a, "the other may still write")).toBeUndefined();
    const [repeat] = (await b.request("chat:send", { chatId, items: [before] })).outcomes;
    expect(repeat).toMatchObject({ event: { clientId: before.clientId } });
    await block(false);
    expect(await refusalOf(b, "again")).toBeUndefined();
  });

  test("V33: a message in the same commit as the block is already refused", async () => {
    const key = valueKey("block", ben.accountId);
    const value = writeValue("block", { atMs: 1 });
    const put = a.request("values:put", { puts: [{ key, value, baseRev: 0 }] });
    await put;
    const sent = await commandsOn(server.storage).send(ben, chatId, textItem(chatId, "late"));
    expect(sent).toMatchObject([{ error: { code: "blocked" } }]);
  });

  test("V33: groups that both are in stay as they are", async () => {
    const group = await commandsOn(server.storage).group(ana, [ben.accountId]);
    await block(true);
    const said = await b.say(group, "still here");
    expect(await a.until(() => a.eventsOf(group).find((one) => one.type === "text"))).toEqual(said);
  });

  test("V33: it begins no direct chat and adds the blocker to no group", async () => {
    const cleo = await makeAccount(server.storage, "cleo");
    const c = await join(server, cleo.deviceId);
    const key = valueKey("block", cleo.accountId);
    const value = writeValue("block", { atMs: 1 });
    await a.request("values:put", { puts: [{ key, value, baseRev: 0 }] });
    const { accountId } = ana;
    const refused = [
      await c.refusal("chat:create-direct", { chatId: newId(ChatId), accountId }),
      await c.refusal("chat:create-group", {
        chatId: newId(ChatId),
        title: "Trap",
        accountIds: [ben.accountId, accountId],
      }),
    ];
    const group = await commandsOn(server.storage).group(cleo, [ben.accountId]);
    refused.push(await c.refusal("chat:add-members", { chatId: group, accountIds: [accountId] }));
    expect(refused.map((error) => error.code)).toEqual(["blocked", "blocked", "blocked"]);
    await a.request("chat:create-direct", {
      chatId: newId(ChatId),
      accountId: cleo.accountId,
    });
  });

  test("V33: typing is shown to neither, presence of the blocker not to the blocked", async () => {
    for (const client of [a, b]) await client.request("view:open", { chatIds: [chatId] });
    await a.request("presence:set", { active: true });
    const watch = () => b.request("presence:watch", { accountIds: [ana.accountId] });
    expect((await watch()).presences).toMatchObject([{ online: true }]);
    await block(true);
    const hidden = { accountId: ana.accountId, online: false, lastSeenAt: null };
    await b.until(() => b.pushes("presence:changed").at(-1)?.presences[0]?.online === false);
    expect(b.pushes("presence:changed").at(-1)?.presences).toEqual([hidden]);
    expect((await watch()).presences).toEqual([hidden]);
    for (const client of [a, b]) await client.request("typing:set", { chatId, typing: true });
    // What was let through would have arrived before this.
    const group = await commandsOn(server.storage).group(ana, [ben.accountId]);
    await b.say(group, "later");
    await a.until(() => a.eventsOf(group).length > 0);
    expect([...a.pushes("typing:changed"), ...b.pushes("typing:changed")]).toEqual([]);
    await block(false);
    await b.until(() => b.pushes("presence:changed").at(-1)?.presences[0]?.online === true);
  });

  test("V33: the ledger of a group does not say when the blocker was there", async () => {
    const group = await commandsOn(server.storage).group(ana, [ben.accountId]);
    const { seq } = await b.say(group, "seen?");
    await a.request("presence:set", { active: true });
    await a.request("presence:set", { active: false });
    const seenAt = async () => {
      const { members } = await b.request("chat:ledger", { chatId: group, seq });
      return members[0]?.lastSeenAt;
    };
    while (typeof (await seenAt()) !== "number") await b.request("chat:members", { chatId: group });
    await block(true);
    expect(await seenAt()).toBeNull();
  });
});
