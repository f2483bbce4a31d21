import "fake-indexeddb/auto";
import { ModelWorld } from "@parley/client/sync/testing/model-world.ts";
import type { ChatId, ClientId } from "@parley/protocol/ids.ts";
import { afterEach, describe, expect, it } from "vitest";
import type { AccountSession } from "./account-session.ts";
import type { EventItem, Timeline } from "./read-models.ts";
import { type OpenedWindow, openWindow, peerHub, until } from "./testing/model-account.ts";

const NEWEST = { anchor: "newest", before: 50, after: 0 } as const;
const opened: OpenedWindow[] = [];

afterEach(async () => {
  for (const { session } of opened.splice(0)) await session.close();
});

async function group() {
  const world = new ModelWorld(5, 3, 1);
  const sessions: AccountSession[] = [];
  for (const device of world.devices) {
    const one = await openWindow(world, device, peerHub());
    opened.push(one);
    device.connect();
    sessions.push(one.session);
  }
  const [ana, jonas, mina] = sessions;
  if (!ana || !jonas || !mina) throw new Error("three people");
  const accountIds = world.accounts.slice(1);
  const made = await ana.createGroup({ title: "Lighthouse", accountIds, history: "all" });
  if (!made.ok) throw new Error(made.error.message);
  const { chatId } = made.value;
  for (const each of sessions) {
    await until(each.reads.chatList(), (list) => list.rows.length === 1);
  }
  return { world, ana, jonas, mina, chatId };
}

function itemOf(timeline: Timeline | undefined, clientId: ClientId): EventItem | undefined {
  return timeline?.items.find(
    (item): item is EventItem => item.kind === "event" && item.clientId === clientId,
  );
}

/** The message as a session shows it, once it is as wanted. */
async function seen(
  session: AccountSession,
  chatId: ChatId,
  clientId: ClientId,
  wanted: (item: EventItem) => boolean,
): Promise<EventItem> {
  const timeline = await until(session.reads.timeline(chatId, NEWEST), (now) => {
    const item = itemOf(now, clientId);
    return item !== undefined && wanted(item);
  });
  const item = itemOf(timeline, clientId);
  if (item === undefined) throw new Error("the message");
  return item;
}

async function say(session: AccountSession, chatId: ChatId, text: string): Promise<ClientId> {
  const sent = await session.sendText(chatId, { text });
  if (!sent.ok) throw new Error(sent.error.message);
  return sent.value.clientId;
}

const textOf = (item: EventItem): string | null =>
  item.content?.type === "text" ? item.content.text : null;

describe("changing messages, in windows", () => {
  it("S12, V29, V47: an edit shows at once where it is made, then everywhere, in the list too", async () => {
    const { ana, jonas, chatId, world } = await group();
    const clientId = await say(ana, chatId, "Hallo");
    await seen(jonas, chatId, clientId, () => true);
    world.device(0).disconnect();
    expect((await ana.editMessage(chatId, clientId, { text: "Hello" })).ok).toBe(true);
    const here = await seen(ana, chatId, clientId, (item) => textOf(item) === "Hello");
    expect(here.pending.map(({ kind, state }) => [kind, state])).toEqual([["edit", "journaled"]]);
    expect(here.editedAtMs).not.toBeNull();
    const line = await until(ana.reads.chatList(), ({ rows }) => {
      const last = rows[0]?.last?.content;
      return last?.kind === "text" && last.text === "Hello";
    });
    expect(line.rows[0]?.last?.clientId).toBe(clientId);
    world.device(0).connect();
    const there = await seen(jonas, chatId, clientId, (item) => textOf(item) === "Hello");
    expect([there.pending, there.fault]).toEqual([[], null]);
    await seen(ana, chatId, clientId, (item) => item.pending.length === 0);
    expect(await jonas.editMessage(chatId, clientId, { text: "Mine" })).toMatchObject({
      error: { code: "not_allowed" },
    });
  });

  it("S12: reactions are counted, named and taken back; twice is once", async () => {
    const { ana, jonas, chatId, world } = await group();
    const clientId = await say(ana, chatId, "Shall we?");
    await seen(jonas, chatId, clientId, () => true);
    await jonas.react(chatId, clientId, "👍");
    await jonas.react(chatId, clientId, "👍");
    await ana.react(chatId, clientId, "👍");
    const both = await seen(ana, chatId, clientId, (item) => item.reactions[0]?.count === 2);
    expect(both.reactions).toEqual([
      {
        key: "👍",
        count: 2,
        mine: true,
        accountIds: expect.arrayContaining(world.accounts.slice(0, 2)),
      },
    ]);
    await jonas.unreact(chatId, clientId, "👍");
    await jonas.unreact(chatId, clientId, "👍");
    const one = await seen(ana, chatId, clientId, (item) => item.reactions[0]?.count === 1);
    expect(one.reactions[0]).toMatchObject({ mine: true, accountIds: [world.accounts[0]] });
    await seen(jonas, chatId, clientId, (item) => item.reactions[0]?.mine === false);
    expect((await jonas.react(chatId, clientId, "")).ok).toBe(false);
  });

  it("S13, V44: a deletion leaves a tombstone everywhere, and ends what waits to change it", async () => {
    const { ana, jonas, mina, chatId, world } = await group();
    const clientId = await say(jonas, chatId, "Secret");
    await seen(mina, chatId, clientId, () => true);
    world.device(2).disconnect();
    await mina.react(chatId, clientId, "👍");
    const reply = await mina.sendText(chatId, { text: "An answer", replyTo: clientId });
    // The owner of the group deletes somebody else's message.
    await ana.deleteForEveryone(chatId, clientId);
    await ana.deleteForEveryone(chatId, clientId);
    const gone = await seen(jonas, chatId, clientId, (item) => item.erased);
    expect(gone).toMatchObject({
      content: null,
      reactions: [],
      erasedBy: { by: world.accounts[0], mine: false },
    });
    world.device(2).connect();
    const late = await seen(mina, chatId, clientId, (item) => item.erased);
    expect(late.pending).toMatchObject([
      { kind: "reaction", state: "failed", error: { code: "target_gone" } },
    ]);
    if (!reply.ok) throw new Error("the reply");
    const answer = await seen(jonas, chatId, reply.value.clientId, () => true);
    // What is quoted is read from the message itself: there is nothing of it in the reply.
    expect(answer.rel).toMatchObject({ kind: "reply", target: clientId });
    expect(JSON.stringify(answer)).not.toContain("Secret");
    const list = await until(jonas.reads.chatList(), (now) => now.rows[0]?.last !== null);
    expect(JSON.stringify(list)).not.toContain("Secret");
    expect(await jonas.editMessage(chatId, clientId, { text: "Again" })).toMatchObject({
      error: { code: "target_gone" },
    });
    expect(await ana.react(chatId, clientId, "👍")).toMatchObject({
      error: { code: "target_gone" },
    });
  });

  it("V46: a chat says through which events its chain was checked", async () => {
    const { ana, jonas, chatId } = await group();
    for (let i = 0; i < 4; i++) await say(ana, chatId, `message ${i}`);
    const chat = await until(jonas.reads.chat(chatId), (now) => now?.cachedThroughSeq === 5);
    expect(chat).toMatchObject({ verified: { from: 1, to: 5 }, chainFault: null });
  });

  it("S2b: mentions come with their places, and whom they name is told", async () => {
    const { ana, jonas, mina, chatId, world } = await group();
    const [, accountId] = world.accounts;
    if (accountId === undefined) throw new Error("jonas");
    const spans = [{ kind: "mention" as const, at: 6, length: 6, accountId }];
    const sent = await ana.sendText(chatId, { text: "Hello @Jonas", spans });
    if (!sent.ok) throw new Error(sent.error.message);
    const item = await seen(jonas, chatId, sent.value.clientId, () => true);
    expect([item.mentions, item.content]).toMatchObject([[accountId], { spans }]);
    const told = await until(jonas.reads.chat(chatId), (now) => now?.unread === 1);
    expect(told?.mentions).toBe(1);
    const other = await until(mina.reads.chat(chatId), (now) => now?.unread === 1);
    expect(other?.mentions).toBe(0);
    const bad = [{ kind: "mention" as const, at: 9, length: 9, accountId }];
    expect((await ana.sendText(chatId, { text: "Hello", spans: bad })).ok).toBe(false);
  });
});
