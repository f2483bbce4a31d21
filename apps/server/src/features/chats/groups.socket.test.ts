import type { ErrorCode } from "@parley/protocol/errors.ts";
import { type AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { RequestInput, RequestName } from "@parley/protocol/socket/requests.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { join, type TestClient } from "../../testing/socket-client.ts";
import { makeAccount, type TestAccount } from "../../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";

let server: TestServer;
let accounts: Record<"owner" | "admin" | "member" | "other", TestAccount>;
let clients: Record<"owner" | "admin" | "member" | "other", TestClient>;
let chatId: ChatId;

beforeEach(async () => {
  server = await startTestServer();
  const enter = async (name: string): Promise<[TestAccount, TestClient]> => {
    const account = await makeAccount(server.storage, name);
    return [account, await join(server, account.deviceId)];
  };
  const [owner, admin, member, other] = await Promise.all(
    ["owner", "admin", "member", "other"].map(enter),
  );
  accounts = { owner: owner![0], admin: admin![0], member: member![0], other: other![0] };
  clients = { owner: owner![1], admin: admin![1], member: member![1], other: other![1] };
  chatId = await makeGroup("joined");
});
afterEach(() => server.close());

async function makeGroup(history: "all" | "joined"): Promise<ChatId> {
  const id = newId(ChatId);
  const { owner } = clients;
  await owner.request("chat:create-group", {
    chatId: id,
    title: "Team",
    accountIds: [idOf("admin"), idOf("member")],
    history,
  });
  await owner.request("chat:set-role", { chatId: id, accountId: idOf("admin"), role: "admin" });
  return id;
}

type Who = keyof typeof accounts;
const idOf = (who: Who): AccountId => accounts[who].accountId;

async function refused<Name extends RequestName>(
  who: Who,
  name: Name,
  body: RequestInput<Name>,
): Promise<ErrorCode> {
  return (await clients[who].refusal(name, body)).code;
}

async function visible(who: Who, id = chatId) {
  const page = await clients[who].request("chat:history", { chatId: id, before: 1e6, limit: 200 });
  return {
    seqs: page.events.map((event) => event.seq),
    withheld: page.withheld,
    head: page.headSeq,
  };
}

describe("groups", () => {
  test("S3: creating again answers the same group, somebody else's id is taken", async () => {
    const body = { chatId, title: "Again", accountIds: [] };
    const { chat } = await clients.owner.request("chat:create-group", body);
    expect(chat).toMatchObject({ chatId, title: "Team", memberCount: 3 });
    expect(await refused("other", "chat:create-group", body)).toBe("id_taken");
    const direct = { chatId, accountId: idOf("member") };
    expect(await refused("other", "chat:create-direct", direct)).toBe("id_taken");
  });

  test("V6: asking for what is already so writes no event", async () => {
    const { owner } = clients;
    const asked = [
      owner.request("chat:set-title", { chatId, title: "Team" }),
      owner.request("chat:add-members", { chatId, accountIds: [idOf("member")] }),
      owner.request("chat:remove-member", { chatId, accountId: idOf("other") }),
      owner.request("chat:set-role", { chatId, accountId: idOf("admin"), role: "admin" }),
    ];
    expect(await Promise.all(asked)).toEqual(asked.map(() => ({ event: null })));
    await clients.member.request("chat:leave", { chatId });
    expect(await clients.member.request("chat:leave", { chatId })).toEqual({ event: null });
  });

  test("V7: who may do what", async () => {
    const member = idOf("member");
    const table: [Who, ErrorCode, () => Promise<ErrorCode>][] = [
      ["member", "not_allowed", () => refused("member", "chat:set-title", { chatId, title: "x" })],
      [
        "member",
        "not_allowed",
        () => refused("member", "chat:add-members", { chatId, accountIds: [idOf("other")] }),
      ],
      [
        "admin",
        "not_allowed",
        () => refused("admin", "chat:remove-member", { chatId, accountId: idOf("owner") }),
      ],
      [
        "admin",
        "not_allowed",
        () => refused("admin", "chat:set-role", { chatId, accountId: member, role: "admin" }),
      ],
      ["owner", "owner_must_stay", () => refused("owner", "chat:leave", { chatId })],
      [
        "owner",
        "owner_must_stay",
        () =>
          refused("owner", "chat:set-role", { chatId, accountId: idOf("owner"), role: "admin" }),
      ],
      ["other", "chat_not_found", () => refused("other", "chat:leave", { chatId })],
      ["other", "chat_not_found", () => refused("other", "chat:members", { chatId })],
    ];
    for (const [who, code, ask] of table) expect([who, await ask()]).toEqual([who, code]);
    await clients.admin.request("chat:set-title", { chatId, title: "By an admin" });
    await clients.admin.request("chat:remove-member", { chatId, accountId: member });
  });

  test("V7: ownership is passed on, then the former owner may leave", async () => {
    const pass = { chatId, accountId: idOf("admin"), role: "owner" as const };
    const { event } = await clients.owner.request("chat:set-role", pass);
    expect(event?.system).toEqual({ kind: "owner", accountId: idOf("admin") });
    // V6: asked again by whoever is no longer the owner.
    expect(await clients.owner.request("chat:set-role", pass)).toEqual({ event: null });
    await clients.owner.request("chat:leave", { chatId });
    const { members } = await clients.admin.request("chat:members", { chatId });
    expect(new Map(members.map(({ accountId, role }) => [accountId, role]))).toEqual(
      new Map([
        [idOf("admin"), "owner"],
        [idOf("member"), "member"],
      ]),
    );
  });

  test("V9: whoever is added gets the chat, the others the event with the new name", async () => {
    const { owner, other, member } = clients;
    await owner.request("chat:add-members", { chatId, accountIds: [idOf("other")] });
    const { chat, people } = await other.until(() => other.changesOf("chat")[0]);
    expect(chat.members).toHaveLength(4);
    expect(people).toHaveLength(4);
    const added = await member.until(() =>
      member.changesOf("event").find((change) => change.event.system?.kind === "added"),
    );
    expect(added.people?.map((person) => person.name)).toEqual(["other"]);
    await owner.say(chatId, "welcome");
    const live = await other.until(() => other.changesOf("event")[0]);
    expect(live.event.seq).toBe(added.event.seq + 1);
  });

  test("X3, V8: whoever joins later sees nothing from before, unless history is for all", async () => {
    const { owner } = clients;
    const open = await makeGroup("all");
    for (const id of [chatId, open]) {
      await owner.say(id, "before");
      await owner.request("chat:add-members", { chatId: id, accountIds: [idOf("other")] });
      await owner.say(id, "after");
    }
    expect(await visible("other")).toEqual({
      seqs: [4, 5],
      withheld: [{ from: 1, to: 3 }],
      head: 5,
    });
    expect(await visible("other", open)).toEqual({ seqs: [1, 2, 3, 4, 5], withheld: [], head: 5 });
    const { parts } = await clients.other.request("sync:pull", { chats: [{ chatId, after: 0 }] });
    expect(parts[0]).toMatchObject({ withheld: [{ from: 1, to: 3 }], snapshot: false });
    const stranger = await clients.owner.say(chatId, "x");
    expect(stranger.seq).toBe(6);
  });

  test("X3, V8, V20: whoever left keeps what was, sees nothing later, and both periods after a return", async () => {
    const { owner, member } = clients;
    await owner.say(chatId, "3");
    await owner.request("chat:remove-member", { chatId, accountId: idOf("member") });
    const ended = await member.until(() =>
      member.changesOf("chat").find((change) => change.chat.my.leftSeq !== null),
    );
    expect(ended.chat.my).toMatchObject({ leftSeq: 4, joinedSeq: 1 });
    expect(ended.chat.headSeq).toBe(4);
    await owner.say(chatId, "5");
    await owner.request("chat:set-title", { chatId, title: "Secret" });
    expect(await visible("member")).toEqual({ seqs: [1, 2, 3, 4], withheld: [], head: 4 });
    expect(await refused("member", "typing:set", { chatId, typing: true })).toBe("chat_not_found");
    expect(await refused("member", "presence:count", { chatId })).toBe("not_a_member");
    const state = (await member.hello()).changes.find(
      (change) => change.kind === "chat" && change.chat.chatId === chatId,
    );
    expect(state).toMatchObject({ chat: { title: "Team", memberCount: 2, headSeq: 4 } });
    expect(member.eventsOf(chatId).every((event) => event.seq <= 4)).toBe(true);

    await owner.request("chat:add-members", { chatId, accountIds: [idOf("member")] });
    expect(await visible("member")).toEqual({
      seqs: [1, 2, 3, 4, 7],
      withheld: [{ from: 5, to: 6 }],
      head: 7,
    });
  });

  test("groups have at most so many members", async () => {
    const many = Array.from({ length: LIMITS.addMembers + 1 }, () => idOf("other"));
    const tooMany = await clients.owner.refusal("chat:add-members", { chatId, accountIds: many });
    expect(tooMany).toMatchObject({ code: "invalid_request", field: "accountIds" });
  });

  test("accounts that do not exist are not added", async () => {
    const nobody = newId(ChatId) as unknown as AccountId;
    const code = await refused("owner", "chat:add-members", { chatId, accountIds: [nobody] });
    expect(code).toBe("account_not_found");
    const direct = { chatId: newId(ChatId), accountId: nobody };
    expect(await refused("owner", "chat:create-direct", direct)).toBe("account_not_found");
  });

  test("V5: the chat with oneself is there from the beginning and asked for like any other", async () => {
    const { chat } = await clients.other.request("chat:create-direct", {
      chatId: newId(ChatId),
      accountId: idOf("other"),
    });
    expect(chat).toMatchObject({ chatId: accounts.other.selfChatId, kind: "self", memberCount: 1 });
    const leave = { chatId: accounts.other.selfChatId };
    expect(await refused("other", "chat:leave", leave)).toBe("not_allowed");
  });
});
