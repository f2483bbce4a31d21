import "fake-indexeddb/auto";
import { ModelWorld } from "@parley/client/sync/testing/model-world.ts";
import { failure } from "@parley/protocol/errors.ts";
import type { ChatId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { Dexie } from "dexie";
import { afterEach, describe, expect, it } from "vitest";
import { cacheName } from "./cache-db.ts";
import { openWindow, peerHub, until, type OpenedWindow } from "./testing/model-account.ts";
import type { Timeline } from "./read-models.ts";

const opened: OpenedWindow[] = [];

afterEach(async () => {
  for (const { session } of opened.splice(0)) await session.close();
});

async function people(count = 2, devicesEach = 1) {
  const world = new ModelWorld(7, count, devicesEach);
  const hubs = world.devices.map(() => peerHub());
  const open = async (i: number) => {
    const one = await openWindow(world, world.device(i), hubs[i] ?? peerHub());
    opened.push(one);
    world.device(i).connect();
    return one.session;
  };
  const sessions = [];
  for (let i = 0; i < world.devices.length; i++) sessions.push(await open(i));
  const [ana, jonas] = sessions;
  if (!ana || !jonas) throw new Error("two sessions");
  return { world, ana, jonas, open };
}

async function group(from: Awaited<ReturnType<typeof people>>): Promise<ChatId> {
  const accountIds = from.world.accounts.slice(1);
  const made = await from.ana.createGroup({ title: "Lighthouse", accountIds, history: "all" });
  if (!made.ok) throw new Error(made.error.message);
  from.world.chats.push(made.value.chatId);
  await until(from.jonas.reads.chatList(), (list) => list.rows.length === 1);
  return made.value.chatId;
}

const NEWEST = { anchor: "newest", before: 50, after: 0 } as const;

function texts(timeline: Timeline): string[] {
  return timeline.items.flatMap((item) =>
    "content" in item && item.content?.type === "text" ? [item.content.text] : [],
  );
}

describe("an account in a window", () => {
  it("S11, S8, S9: a message shows at once, becomes an event, is delivered, counted and read", async () => {
    const from = await people();
    const { ana, jonas } = from;
    const chatId = await group(from);
    const sent = await ana.sendText(chatId, { text: "Did the survey come back?" });
    if (!sent.ok) throw new Error(sent.error.message);
    const { clientId } = sent.value;
    const shown = await until(ana.reads.timeline(chatId, NEWEST), (now) => texts(now).length === 1);
    expect(shown.items.filter((item) => item.key === clientId).length).toBe(1);
    const arrived = await until(
      jonas.reads.timeline(chatId, NEWEST),
      (now) => texts(now).length === 1,
    );
    expect(texts(arrived)).toEqual(["Did the survey come back?"]);
    await until(ana.reads.messageState(chatId, clientId), (state) => state === "delivered");
    const list = await until(jonas.reads.chatList(), ({ rows }) => rows[0]?.unread === 1);
    expect(list.rows[0]?.last).toMatchObject({
      mine: false,
      sender: { name: "Person 0" },
      content: { kind: "text", text: "Did the survey come back?" },
    });
    expect(await until(jonas.reads.totalUnread(), ({ unread }) => unread === 1)).toMatchObject({
      chats: 1,
    });
    const { headSeq } = arrived;
    expect(await jonas.markRead(chatId, headSeq)).toMatchObject({ ok: true });
    await until(jonas.reads.totalUnread(), ({ unread }) => unread === 0);
    await until(ana.reads.messageState(chatId, clientId), (state) => state === "read");
    const row = await until(ana.reads.chatList(), ({ rows }) => rows[0]?.lastState === "read");
    expect(row.rows[0]?.last?.mine).toBe(true);
    await until(ana.reads.outbox(), ({ waiting }) => waiting === 0);
  });

  it("S11: what is written offline waits, shows in list and timeline, and is delivered once after", async () => {
    const from = await people();
    const { world, ana, jonas } = from;
    const chatId = await group(from);
    world.device(0).disconnect();
    for (const text of ["one", "two"]) await ana.sendText(chatId, { text });
    const waiting = await until(
      ana.reads.timeline(chatId, NEWEST),
      (now) => texts(now).length === 2,
    );
    expect(waiting.items.filter((item) => item.kind === "entry").map((item) => item.state)).toEqual(
      ["sending", "sending"],
    );
    const list = await until(ana.reads.chatList(), ({ rows }) => rows[0]?.lastState === "sending");
    expect(list.rows[0]?.last?.content).toEqual({ kind: "text", text: "two" });
    expect(await until(ana.reads.outbox(), (sum) => sum.waiting === 2)).toMatchObject({
      failed: 0,
    });
    world.device(0).connect();
    const there = await until(
      jonas.reads.timeline(chatId, NEWEST),
      (now) => texts(now).length === 2,
    );
    expect(texts(there)).toEqual(["one", "two"]);
    const after = await until(ana.reads.timeline(chatId, NEWEST), ({ items }) =>
      items.every((item) => item.kind === "event"),
    );
    expect(texts(after)).toEqual(["one", "two"]);
  });

  it("S20, S6b: a second window reads, writes and loads older through the one writer", async () => {
    const from = await people();
    const { world, ana, open } = from;
    const chatId = await group(from);
    const second = await open(0);
    await second.sendText(chatId, { text: "from the second window" });
    await until(ana.reads.timeline(chatId, NEWEST), (now) =>
      now.items.some((item) => item.kind === "event" && item.content?.type === "text"),
    );
    for (let i = 0; i < 14; i++) await ana.sendText(chatId, { text: `message ${i}` });
    await until(ana.reads.outbox(), ({ waiting }) => waiting === 0);
    await until(second.reads.timeline(chatId, NEWEST), (now) => now.headSeq === 16);
    // A dropped cache comes back with the newest page and an honest gap, which the second window fills.
    await Dexie.delete(cacheName(ana.accountKey));
    world.device(0).disconnect();
    world.device(0).connect();
    const gappy = await until(second.reads.timeline(chatId, NEWEST), ({ items }) =>
      items.some((item) => item.kind === "gap"),
    );
    const gap = gappy.items.find((item) => item.kind === "gap");
    if (gap?.kind !== "gap") throw new Error("a gap");
    expect(gap.from).toBe(1);
    const filled = await second.fillGap(chatId, gap, "newer");
    expect(filled).toEqual({ ok: true, value: undefined });
    await until(second.reads.timeline(chatId, NEWEST), ({ items }) => {
      const left = items.find((item) => item.kind === "gap");
      return left === undefined || (left.kind === "gap" && left.to < gap.to);
    });
  });

  it("S20: when the writing window closes, the other takes over and nothing is lost", async () => {
    const from = await people();
    const { world, jonas, open } = from;
    const chatId = await group(from);
    const second = await open(0);
    const first = world.device(0).writer;
    if (first === undefined) throw new Error("a writer");
    await second.sendText(chatId, { text: "before" });
    world.device(0).closeWindow(first);
    await second.sendText(chatId, { text: "after" });
    const there = await until(
      jonas.reads.timeline(chatId, NEWEST),
      (now) => texts(now).length === 2,
    );
    expect(texts(there)).toEqual(["before", "after"]);
  });

  it("S6, S11: a deleted cache comes back by itself; waiting messages and drafts are still there", async () => {
    const from = await people();
    const { world, ana } = from;
    const chatId = await group(from);
    await ana.sendText(chatId, { text: "kept by the server" });
    await until(ana.reads.outbox(), ({ waiting }) => waiting === 0);
    world.device(0).disconnect();
    await ana.sendText(chatId, { text: "waiting" });
    ana.saveDraft(chatId, "half a thought");
    await ana.flushDrafts();
    await Dexie.delete(cacheName(ana.accountKey));
    world.device(0).connect();
    const back = await until(ana.reads.timeline(chatId, NEWEST), (now) => texts(now).length === 2);
    expect(texts(back)).toEqual(["kept by the server", "waiting"]);
    expect((await until(ana.reads.draft(chatId), (draft) => draft !== null))?.text).toBe(
      "half a thought",
    );
    await until(ana.reads.chatList(), ({ rows }) => rows[0]?.draft === "half a thought");
  });

  it.each([0, 1])(
    "S6, S11: rebuilding the cache from window %i, as often as wanted, fetches it anew for all; what waits and drafts stay",
    async (from) => {
      const made = await people();
      const { world, ana, open } = made;
      const chatId = await group(made);
      const windows = [ana, await open(0)];
      const asked = windows[from];
      if (asked === undefined) throw new Error("a window");
      for (let i = 0; i < 3; i++) await ana.sendText(chatId, { text: `message ${i}` });
      await until(ana.reads.outbox(), ({ waiting }) => waiting === 0);
      await until(asked.reads.kept(), ({ events }) => events === 4);
      const all = { events: 4, chats: 1, waiting: 0, drafts: 0, fetched: true };
      for (let i = 0; i < 2; i++) {
        expect(await asked.rebuildCache()).toEqual({ ok: true, value: all });
        for (const { reads } of windows) {
          expect(await until(reads.kept(), ({ fetched }) => fetched)).toEqual(all);
        }
      }
      world.device(0).disconnect();
      await ana.sendText(chatId, { text: "waiting" });
      ana.saveDraft(chatId, "half a thought");
      await ana.flushDrafts();
      const rebuilt = asked.rebuildCache();
      const without = { events: 0, chats: 0, waiting: 1, drafts: 1, fetched: false };
      expect(await until(asked.reads.kept(), ({ events }) => events === 0)).toEqual(without);
      world.device(0).connect();
      for (const { reads } of windows) {
        await until(reads.timeline(chatId, NEWEST), (now) => texts(now).length === 4);
        await until(reads.draft(chatId), (draft) => draft?.text === "half a thought");
        await until(reads.kept(), (now) => now.waiting === 0 && now.drafts === 1 && now.fetched);
      }
      expect(await rebuilt).toMatchObject({ ok: true, value: { chats: 1, drafts: 1 } });
    },
  );

  it("S6, V58: rebuilding the cache does not wait for a window that is frozen and holds it open", async () => {
    const from = await people();
    const { ana } = from;
    const chatId = await group(from);
    await ana.sendText(chatId, { text: "kept by the server" });
    await until(ana.reads.kept(), ({ events }) => events === 2);
    // It hears nothing of what others want.
    const frozen = Promise.withResolvers<IDBDatabase>();
    const request = indexedDB.open(cacheName(ana.accountKey));
    request.addEventListener("success", () => frozen.resolve(request.result));
    const held = await frozen.promise;
    try {
      expect(await ana.rebuildCache()).toMatchObject({ ok: true, value: { events: 2 } });
    } finally {
      held.close();
    }
  });

  it("S8, S11: what was read without a connection is told though the cache was rebuilt meanwhile", async () => {
    const from = await people();
    const { world, ana, jonas } = from;
    const chatId = await group(from);
    const sent = await jonas.sendText(chatId, { text: "read on the train" });
    if (!sent.ok) throw new Error(sent.error.message);
    const { headSeq } = await until(
      ana.reads.timeline(chatId, NEWEST),
      (now) => texts(now).length === 1,
    );
    world.device(0).disconnect();
    await ana.markRead(chatId, headSeq);
    const rebuilt = ana.rebuildCache();
    await until(ana.reads.kept(), ({ events }) => events === 0);
    world.device(0).connect();
    expect(await rebuilt).toMatchObject({ ok: true });
    await until(jonas.reads.messageState(chatId, sent.value.clientId), (state) => state === "read");
    await until(ana.reads.totalUnread(), ({ unread }) => unread === 0);
  });

  it("S11: after a busy spell any window can have the next try at once", async () => {
    const from = await people();
    const { world, ana, open } = from;
    const chatId = await group(from);
    const other = await open(0);
    let isBusy = true;
    const request = world.server.request.bind(world.server);
    world.server.request = (connection, name, body) =>
      isBusy && name === "chat:send" ? failure("busy", "full") : request(connection, name, body);
    await ana.sendText(chatId, { text: "at last" });
    const waits = ana.reads.timeline(chatId, NEWEST);
    const isHeldBack = ({ items }: Timeline): boolean =>
      items.some((item) => item.kind === "entry" && item.waiting?.kind === "retry");
    await until(waits, isHeldBack);
    isBusy = false;
    // No time passes on the windows' clock: it would never be tried again by itself.
    other.sendNow();
    const outbox = await until(ana.reads.outbox(), ({ waiting }) => waiting === 0);
    expect(outbox).toMatchObject({ failed: 0 });
  });

  it("S11: a refused message fails with its reason, others pass; discard keeps its text", async () => {
    const from = await people();
    const { ana } = from;
    const chatId = await group(from);
    await ana.sendText(chatId, { text: "☠" });
    await ana.sendText(chatId, { text: "good" });
    const after = await until(
      ana.reads.timeline(chatId, NEWEST),
      ({ items }) =>
        items.some((item) => item.kind === "entry" && item.state === "failed") &&
        items.some((item) => item.kind === "event" && item.content?.type === "text"),
    );
    const bad = after.items.find((item) => item.kind === "entry");
    if (bad?.kind !== "entry") throw new Error("an entry");
    expect(bad.error?.code).toBe("invalid_request");
    expect(await ana.discard(bad.clientId)).toMatchObject({ ok: true });
    await until(ana.reads.outbox(), ({ failed }) => failed === 0);
    const kept = await until(ana.reads.draftRevisions(chatId), (list) => list.length === 1);
    expect(kept[0]?.text).toBe("☠");
  });

  it("S11: an answer given elsewhere leaves what is half written in the chat, to the last key", async () => {
    const from = await people();
    const { ana } = from;
    const chatId = await group(from);
    ana.saveDraft(chatId, "half a ");
    await ana.flushDrafts();
    // Not in the journal yet.
    ana.saveDraft(chatId, "half a thought");
    expect(await ana.sendText(chatId, { text: "On my way" }, "stays")).toMatchObject({ ok: true });
    await until(ana.reads.timeline(chatId, NEWEST), (now) => texts(now).length === 1);
    await ana.flushDrafts();
    const draft = await until(ana.reads.draft(chatId), (now) => now?.text === "half a thought");
    expect(draft?.text).toBe("half a thought");
  });

  it("E4: too long is refused whole, lone surrogates are replaced, the draft stays until it is sent", async () => {
    const from = await people();
    const { ana, jonas } = from;
    const chatId = await group(from);
    const long = "x".repeat(LIMITS.textUnits + 1);
    ana.saveDraft(chatId, long);
    await ana.flushDrafts();
    expect(await ana.sendText(chatId, { text: long })).toMatchObject({
      ok: false,
      error: { code: "too_large" },
    });
    const escaped = "\u0001".repeat(40_000);
    expect(await ana.sendText(chatId, { text: escaped })).toMatchObject({
      ok: false,
      error: { code: "too_large" },
    });
    expect(await ana.sendText(chatId, { text: " \n" })).toMatchObject({
      ok: false,
      error: { code: "invalid_request" },
    });
    expect((await until(ana.reads.draft(chatId), (draft) => draft !== null))?.text).toBe(long);
    await ana.sendText(chatId, { text: "a\uD800b" });
    const there = await until(
      jonas.reads.timeline(chatId, NEWEST),
      (now) => texts(now).length === 1,
    );
    expect(texts(there)).toEqual(["a\uFFFDb"]);
    // The sent text is another one than the draft, which is therefore kept.
    const kept = await until(ana.reads.draftRevisions(chatId), (list) => list.length === 1);
    expect(kept[0]?.text).toBe(long);
    const full = "é".repeat(LIMITS.textUnits);
    expect(await ana.sendText(chatId, { text: full })).toMatchObject({ ok: true });
    const whole = await until(
      jonas.reads.timeline(chatId, NEWEST),
      (now) => texts(now).length === 2,
    );
    expect(texts(whole)[1]).toBe(full);
  });

  it("S17: roster, title and leaving follow the stream", async () => {
    const from = await people(3);
    const { world, ana, jonas } = from;
    const chatId = await group(from);
    const roster = await until(jonas.reads.roster(chatId), (now) => now?.rows.length === 3);
    expect(roster?.rows.map((row) => [row.person?.name, row.role])).toEqual([
      ["Person 0", "owner"],
      ["Person 1", "member"],
      ["Person 2", "member"],
    ]);
    await ana.setTitle(chatId, "Harbour");
    const third = world.accounts[2];
    if (third === undefined) throw new Error("a third");
    await ana.removeMember(chatId, third);
    await until(jonas.reads.roster(chatId), (now) => now?.rows.length === 2);
    expect(
      await until(jonas.reads.chat(chatId), (chat) => chat?.title === "Harbour"),
    ).toMatchObject({ memberCount: 2 });
    await jonas.leave(chatId);
    await until(jonas.reads.chat(chatId), (chat) => chat?.left === true);
    await until(ana.reads.roster(chatId), (now) => now?.rows.length === 1);
  });

  it("rows of a list and of a timeline keep their identity when nothing in them changed", async () => {
    const from = await people();
    const { ana } = from;
    const chatId = await group(from);
    await ana.sendText(chatId, { text: "one" });
    const before = await until(ana.reads.timeline(chatId, NEWEST), ({ items }) =>
      items.some((item) => item.kind === "event" && item.content?.type === "text"),
    );
    await ana.sendText(chatId, { text: "two" });
    const after = await until(ana.reads.timeline(chatId, NEWEST), (now) => texts(now).length === 2);
    for (const item of before.items) {
      expect(after.items.some((other) => other === item)).toBe(true);
    }
  });
});
