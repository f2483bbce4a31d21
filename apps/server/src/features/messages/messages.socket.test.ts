import { ChatId, ClientId, MediaId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect, join, type TestClient, textItem } from "../../testing/socket-client.ts";
import { makeAccount, makeDevice, type TestAccount } from "../../testing/test-accounts.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
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

const seqsOf = (client: TestClient): number[] => client.eventsOf(chatId).map((event) => event.seq);
const upTo = (last: number): number[] => Array.from({ length: last - 1 }, (_, i) => i + 2);

describe("sending", () => {
  test("S4: acks and events of a chat leave in seq order, whoever sends", async () => {
    const second = await join(server, await makeDevice(server.storage, ana.accountId));
    const each = 40;
    await Promise.all(
      [a, b, second].flatMap((client) =>
        Array.from({ length: each }, (_, i) => client.say(chatId, `m${i}`)),
      ),
    );
    const last = 1 + 3 * each;
    for (const client of [a, b, second]) {
      await client.until(() => client.eventsOf(chatId).length >= last - 1);
      expect(seqsOf(client)).toEqual(upTo(last));
    }
  });

  test("V15: the sending connection gets its event in the ack alone, other devices live", async () => {
    const second = await join(server, await makeDevice(server.storage, ana.accountId));
    const event = await a.say(chatId, "hi");
    await second.until(() => second.changesOf("event").length === 1);
    expect(second.changesOf("event")[0]?.event).toEqual(event);
    expect(a.changesOf("event")).toEqual([]);
  });

  test("S3: a retried send is stored once and gets the first answer", async () => {
    const item = textItem(chatId, "once");
    const second = await join(server, await makeDevice(server.storage, ana.accountId));
    const answers = await Promise.all(
      [a, a, second, a].map((client) =>
        client.request("chat:send", { chatId, items: [item, item] }),
      ),
    );
    for (const { outcomes } of answers) {
      expect(outcomes).toEqual([answers[0]!.outcomes[0], answers[0]!.outcomes[0]]);
    }
    const { parts } = await b.request("sync:pull", { chats: [{ chatId, after: 1 }] });
    expect(parts[0]?.events).toHaveLength(1);
  });

  test("S3: however sends race and repeat, each is stored once, in the order of its flush", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
        async (flushes) => {
          const items = Array.from({ length: 6 }, (_, i) => textItem(chatId, `r${i}`));
          await Promise.all(
            flushes.map((flush) =>
              a.request("chat:send", { chatId, items: flush.map((index) => items[index]!) }),
            ),
          );
          const { events } = await b.request("chat:history", { chatId, before: 1e9, limit: 200 });
          const used = new Set(flushes.flat().map((index) => items[index]!.clientId));
          const stored = events.filter((event) => used.has(event.clientId));
          const order = [...new Set(flushes.flat())].map((index) => items[index]!.clientId);
          expect(stored.map((event) => event.clientId)).toEqual(order);
        },
      ),
      { numRuns: 12 },
    );
  });

  test("S3, V17: somebody else's clientId is taken, and so is one of another chat", async () => {
    const item = textItem(chatId, "mine");
    await a.request("chat:send", { chatId, items: [item] });
    const taken = await b.request("chat:send", { chatId, items: [item] });
    expect(taken.outcomes).toMatchObject([{ error: { code: "id_taken" } }]);
    const elsewhere = { ...item, chatId: ana.selfChatId };
    const other = await a.request("chat:send", { chatId: ana.selfChatId, items: [elsewhere] });
    expect(other.outcomes).toMatchObject([{ error: { code: "id_taken" } }]);
  });

  test("S3: a repeat is answered even by someone who has left, a new message is not", async () => {
    const group = newId(ChatId);
    await a.request("chat:create-group", {
      chatId: group,
      title: "G",
      accountIds: [ben.accountId],
    });
    const item = textItem(group, "before");
    const first = await b.request("chat:send", { chatId: group, items: [item] });
    await b.request("chat:leave", { chatId: group });
    const again = await b.request("chat:send", {
      chatId: group,
      items: [item, textItem(group, "x")],
    });
    expect(again.outcomes[0]).toEqual(first.outcomes[0]);
    expect(again.outcomes[1]).toMatchObject({ error: { code: "not_a_member" } });
  });

  test("S2: a reply names its target, also one of the same flush", async () => {
    const target = textItem(chatId, "first");
    const reply = textItem(chatId, "re", { rel: { kind: "reply", target: target.clientId } });
    const { outcomes } = await a.request("chat:send", { chatId, items: [target, reply] });
    expect(outcomes).toMatchObject([{ event: { seq: 2 } }, { event: { seq: 3, targetSeq: 2 } }]);
  });

  test("V16: a relation to nothing, or to another chat's event, is target_not_found", async () => {
    const foreign = await a.say(ana.selfChatId, "note");
    const items = [newId(ClientId), foreign.clientId].map((target) =>
      textItem(chatId, "re", { rel: { kind: "reply", target } }),
    );
    const { outcomes } = await a.request("chat:send", { chatId, items });
    expect(outcomes.map((one) => "error" in one && one.error.code)).toEqual([
      "target_not_found",
      "target_not_found",
    ]);
  });

  test("S11: a final error fails the item and what targets it, not the rest of the flush", async () => {
    const bad = textItem(chatId, "bad", { rel: { kind: "reply", target: newId(ClientId) } });
    const onBad = textItem(chatId, "re", { rel: { kind: "reply", target: bad.clientId } });
    const good = textItem(chatId, "good");
    const { outcomes } = await a.request("chat:send", { chatId, items: [bad, onBad, good] });
    expect(outcomes).toMatchObject([
      { error: { code: "target_not_found" } },
      { error: { code: "target_failed" } },
      { event: { seq: 2 } },
    ]);
  });

  test("S11: a flush stops at the first error that may pass", async () => {
    const items = [
      textItem(chatId, "1"),
      textItem(chatId, "2", { ifMembership: 99 }),
      textItem(chatId, "3"),
    ];
    const { outcomes } = await a.request("chat:send", { chatId, items });
    expect(outcomes).toMatchObject([
      { event: { seq: 2 } },
      { error: { code: "membership_changed" } },
    ]);
  });

  test("V16: what this version does not offer is refused by name", async () => {
    const target = (await a.say(chatId, "t")).clientId;
    const items = [
      textItem(chatId, "v", { rel: { kind: "vote", target, key: "+" } }),
      textItem(chatId, "s", { type: "system" }),
      textItem(chatId, "x", { expiresInS: 60 }),
      textItem(chatId, "m", { mediaIds: [newId(MediaId)] }),
    ];
    const { outcomes } = await a.request("chat:send", { chatId, items });
    expect(outcomes.map((one) => "error" in one && one.error.field)).toEqual([
      "rel.kind",
      "type",
      "expiresInS",
      "mediaIds",
    ]);
  });

  test("E4: the largest payload passes byte for byte, one byte more does not", async () => {
    const payload = "é".repeat(LIMITS.payloadBytes / 2);
    const event = await a.say(chatId, "", { payload });
    expect(event.payload).toBe(payload);
    const live = await b.until(() => b.changesOf("event")[0]);
    expect(live.event.payload).toBe(payload);
    const refused = await a.refusal("chat:send", {
      chatId,
      items: [textItem(chatId, "", { payload: `${payload}x` })],
    });
    expect(refused).toMatchObject({ code: "invalid_request", field: "items.0.payload" });
  });

  test("S5: a server clock that is set back does not set times back", async () => {
    const clock = { ms: 2_000_000_000_000 };
    const slow = await startTestServer({ nowMs: () => clock.ms });
    const account = await makeAccount(slow.storage, "ana");
    const client = await connect(slow.url, account.deviceId);
    const first = await client.say(account.selfChatId, "1");
    clock.ms -= 60_000;
    const later = await client.say(account.selfChatId, "2");
    expect(later.at).toBe(first.at);
    await slow.close();
  });
});
