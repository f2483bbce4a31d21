import type { Change } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import { type AccountKey, DataEpoch, newId } from "@parley/protocol/ids.ts";
import { type ValueKey, valueKey, writeValue } from "@parley/protocol/values.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chatChange, eventChange, fakeGroup, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost } from "../testing/fake-host.ts";
import type { ShellPort } from "./ports.ts";
import { digestOf, newsOf } from "./backlog.ts";

function listed(last: Event, unread: number, readSeq = 0): Change {
  return chatChange(fakeGroup(last, { unread, readSeq, deliveredSeq: readSeq }));
}

/** A desktop's host that was signed in before and starts again, without a window. */
async function withoutWindow() {
  const shown: { chatId: string; body: string }[] = [];
  const totals = new Map<AccountKey, { unread: number; mentions: number } | undefined>();
  const shell: ShellPort = {
    state: () => Promise.reject(new Error("not asked")),
    configure: () => Promise.reject(new Error("not asked")),
    trust: () => Promise.reject(new Error("not asked")),
    alertsChanged: () => undefined,
    reported: () => undefined,
  };
  const fake = new FakeHost({
    shell,
    surface: {
      show: (notice) => {
        shown.push(notice);
        return true;
      },
      clear: () => undefined,
    },
    counted: (accountKey, counted) => totals.set(accountKey, counted),
  });
  let pages: Change[][] = [[]];
  let watermark = 1;
  fake.server.answers["sync:hello"] = (body) => {
    const at = typeof body === "object" && body !== null && "after" in body ? 1 : 0;
    const next = at + 1 < pages.length ? "next" : null;
    const { dataEpoch } = fake.server;
    return { data: { dataEpoch, watermark, changes: pages[at] ?? [], next } };
  };
  const window = await fake.openWindow();
  const accountKey = await fake.signIn(window);
  window.become("gone");
  await fake.clock.advance(1_500);
  return {
    fake,
    accountKey,
    shown,
    totals,
    /** What the server answers from now on. */
    answer: (changes: Change[], through: number) => {
      pages = [changes.slice(0, 1), changes.slice(1)].filter((page) => page.length > 0);
      if (pages.length === 0) pages = [[]];
      watermark = through;
    },
  };
}

test("S21: until a writer is ready the host says hello itself, notifies and counts, and delivers nothing", async () => {
  const { fake, accountKey, shown, totals, answer } = await withoutWindow();
  const one = fakeMessage({ seq: 3, text: "one" });
  const two = fakeMessage({ seq: 4, text: "two" });
  answer([listed(one, 2), listed(two, 1)], 9);
  await fake.restart();
  await fake.clock.advance(5_000);
  expect(fake.server.requestsOf("sync:hello")).toHaveLength(2);
  expect(shown.map((notice) => notice.body).toSorted()).toEqual(["Someone: one", "Someone: two"]);
  expect(totals.get(accountKey)).toEqual({ unread: 3, mentions: 0 });
  expect(fake.host.session(accountKey)?.state.name).toBe("live");

  const live = fakeMessage({ chatId: one.chatId, seq: 4, text: "live" });
  fake.server.push("sync:changes", { changes: [eventChange(live)] });
  await fake.clock.advance(1_050);
  expect(shown.at(-1)?.body).toBe("Someone: live");
  expect(totals.get(accountKey)).toEqual({ unread: 4, mentions: 0 });
  await fake.clock.advance(5_000);
  expect(fake.server.requestsOf("receipt:put")).toEqual([]);
});

test("S21, V42: without a window too, muted chats and blocked people alert of nothing, and still count", async () => {
  const { fake, accountKey, shown, totals, answer } = await withoutWindow();
  const [muted, blocked, heard] = [3, 4, 5].map((seq) => fakeMessage({ seq, text: `${seq}` }));
  if (!muted || !blocked || !heard) throw new Error("three messages");
  const value = (key: ValueKey, text: string): Change => ({
    kind: "value",
    change: 8,
    key,
    value: text,
  });
  const changes = [
    ...[muted, blocked, heard].map((event) => listed(event, 1)),
    value(valueKey("mute", muted.chatId), writeValue("mute", { untilMs: null })),
    value(valueKey("block", blocked.senderId), writeValue("block", { atMs: 1 })),
  ];
  answer(changes, 9);
  await fake.restart();
  await fake.clock.advance(5_000);
  expect(shown.map((notice) => notice.body)).toEqual(["Someone: 5"]);
  expect(totals.get(accountKey)).toEqual({ unread: 3, mentions: 0 });
});

test("S21: what was notified is not notified again after a restart, and its own since is kept", async () => {
  const { fake, shown, answer } = await withoutWindow();
  const event = fakeMessage({ seq: 3 });
  answer([listed(event, 1)], 9);
  await fake.restart();
  await fake.clock.advance(5_000);
  expect(shown).toHaveLength(1);
  await fake.restart();
  await fake.clock.advance(5_000);
  expect(shown).toHaveLength(1);
  expect(fake.server.requestsOf("sync:hello").at(-1)).toMatchObject({ since: 9 });
});

test("S21: the first hello of a device tells of everything there is: none of it is news", async () => {
  const { fake, accountKey, shown, totals, answer } = await withoutWindow();
  fake.server.dataEpoch = newId(DataEpoch);
  answer([listed(fakeMessage({ seq: 3 }), 7)], 9);
  await fake.restart();
  await fake.clock.advance(5_000);
  expect(shown).toEqual([]);
  expect(totals.get(accountKey)?.unread).toBe(7);
});

/** A server whose data was put back without `restore`: the same epoch, fewer commits. */
async function putBack() {
  const world = await withoutWindow();
  const { fake, answer } = world;
  const event = fakeMessage({ seq: 9 });
  answer([listed(event, 0, 9)], 90);
  await fake.restart();
  await fake.clock.advance(5_000);
  const hello = fake.server.answers["sync:hello"];
  fake.server.answers["sync:hello"] = (body, end) =>
    Number(sinceOf(body)) > 9
      ? { error: { code: "epoch_changed" } }
      : (hello?.(body, end) ?? { error: { code: "busy" } });
  answer([listed({ ...event, seq: 3 }, 1)], 9);
  const arrive = async (): Promise<void> => {
    const live = fakeMessage({ chatId: event.chatId, seq: 4, text: "heard" });
    fake.server.push("sync:changes", { changes: [eventChange(live, 10)] });
    await fake.clock.advance(1_050);
  };
  return { ...world, arrive };
}

test("S6c: a server that has not reached what was told here is asked for everything, once", async () => {
  const { fake, accountKey, shown, totals, arrive } = await putBack();
  await fake.restart();
  await fake.clock.advance(5_000);
  expect(fake.host.session(accountKey)?.state.name).toBe("live");
  expect(totals.get(accountKey)).toEqual({ unread: 1, mentions: 0 });
  expect(shown).toEqual([]);
  await arrive();
  expect(shown).toMatchObject([{ body: "Someone: heard" }]);
});

test("S6c: so it is where a window hears of it: the host's marks begin anew with the window's", async () => {
  const { fake, accountKey, shown, arrive } = await putBack();
  const window = await fake.openWindow({ writes: false });
  void window.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
  await fake.clock.advance(10);
  const { dataEpoch } = fake.server;
  for (const body of [
    { dataEpoch, since: 90 },
    { dataEpoch: null, since: 0 },
  ]) {
    void window.call("server:request", { accountKey, name: "sync:hello", body });
    await fake.clock.advance(10);
  }
  void window.call("writer:caught-up", { accountKey, watermark: 9 });
  await fake.clock.advance(10);
  await arrive();
  expect(shown).toMatchObject([{ body: "Someone: heard" }]);
});

test("S21, V27: a window that is soon ready says hello alone", async () => {
  const { fake, accountKey } = await withoutWindow();
  await fake.restart();
  const window = await fake.openWindow();
  await fake.clock.advance(10_000);
  expect(window.writerOf.has(accountKey)).toBe(true);
  expect(fake.server.requestsOf("sync:hello")).toEqual([]);
});

test("S21, V27, V52: five notifications at most tell of all that is unread, mentions and most first", () => {
  const chat = fc.record({
    at: fc.integer({ min: 1, max: 1_000 }),
    seq: fc.integer({ min: 1, max: 50 }),
    unread: fc.nat(3),
    readSeq: fc.nat(50),
  });
  fc.assert(
    fc.property(fc.array(chat, { maxLength: 30 }), (chats) => {
      const changes = chats.map(({ at, seq, unread, readSeq }) =>
        listed(fakeMessage({ at, seq }), unread, readSeq),
      );
      const { told, summed } = digestOf(newsOf(changes));
      const news = chats.filter(({ seq, unread, readSeq }) => unread > 0 && seq > readSeq);
      expect(told.length + summed.length).toBe(news.length);
      expect(told.length + Math.min(1, summed.length)).toBe(Math.min(5, news.length));
      const least = Math.min(...told.map((one) => one.unread));
      for (const one of summed) expect(one.unread).toBeLessThanOrEqual(least);
    }),
  );
});

function sinceOf(hello: unknown): unknown {
  return typeof hello === "object" && hello !== null && "since" in hello ? hello.since : undefined;
}

/** A host whose newest news were not on its disk yet when it was killed; the window's cache has them. */
async function killedTooEarly() {
  const world = await withoutWindow();
  const { fake, accountKey, answer } = world;
  const [one, two] = [fakeMessage({ seq: 3 }), fakeMessage({ seq: 4, text: "not told yet" })];
  answer([listed(one, 1)], 5);
  await fake.restart();
  await fake.clock.advance(5_000);
  answer([listed({ ...two, chatId: one.chatId }, 2)], 9);
  await fake.restart();
  const window = await fake.openWindow({ writes: false });
  void window.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
  await fake.clock.advance(10);
  const { dataEpoch } = fake.server;
  const catchUp = async (): Promise<void> => {
    const body = { dataEpoch, since: 9 };
    void window.call("server:request", { accountKey, name: "sync:hello", body });
    await fake.clock.advance(10);
    void window.call("writer:caught-up", { accountKey, watermark: 9 });
    await fake.clock.advance(1_500);
  };
  const sinces = (): unknown[] => fake.server.requestsOf("sync:hello").map(sinceOf);
  return { ...world, window, catchUp, sinces };
}

test("V27: what a host was killed before it saved, it asks for itself before a window's hello that no longer tells it", async () => {
  const { fake, accountKey, window, totals, shown, catchUp, sinces } = await killedTooEarly();
  await catchUp();
  // The writer's is the last: from there on the server heals.
  expect(sinces()).toEqual([1, 5, 9]);
  expect(shown.at(-1)?.body).toBe("Someone: not told yet");
  window.become("gone");
  await fake.clock.advance(10);
  expect(totals.get(accountKey)).toEqual({ unread: 2, mentions: 0 });
  await fake.restart();
  await fake.clock.advance(5_000);
  expect(sinces()).toEqual([1, 5, 9, 9]);
});

test("V27: where it cannot ask, the window's catch-up does not hide that something is missing", async () => {
  const { fake, catchUp, sinces } = await killedTooEarly();
  const answered = fake.server.answers["sync:hello"];
  fake.server.answers["sync:hello"] = (body, end) =>
    sinceOf(body) === 5
      ? { error: { code: "busy" } }
      : (answered?.(body, end) ?? { error: { code: "busy" } });
  await catchUp();
  expect(sinces()).toEqual([1, 5, 9]);
  await catchUp();
  expect(sinces()).toEqual([1, 5, 9, 5, 9]);
});

test("V28: the host's numbers hold until a window has caught up, and again once it is gone", async () => {
  const { fake, accountKey, totals, answer } = await withoutWindow();
  const one = fakeMessage({ seq: 3 });
  answer([listed(one, 2)], 9);
  await fake.restart();
  await fake.clock.advance(5_000);
  expect(totals.get(accountKey)).toEqual({ unread: 2, mentions: 0 });

  const window = await fake.openWindow({ writes: false });
  void window.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
  await fake.clock.advance(10);
  // What its cache holds is older than what the host has heard.
  fake.server.push("sync:changes", { changes: [eventChange(fakeMessage({ ...one, seq: 4 }))] });
  await fake.clock.advance(10);
  expect(totals.get(accountKey)).toEqual({ unread: 3, mentions: 0 });
  void window.call("writer:caught-up", { accountKey, watermark: 9 });
  await fake.clock.advance(10);
  expect(totals.get(accountKey)).toBeUndefined();

  window.become("gone");
  await fake.clock.advance(10);
  expect(totals.get(accountKey)).toEqual({ unread: 3, mentions: 0 });
});

test("V28: without a connection the numbers of a window hold, which knows what waits to be sent", async () => {
  const { fake, accountKey, totals } = await withoutWindow();
  await fake.restart();
  fake.server.setUp(false);
  await fake.clock.advance(5_000);
  expect(totals.get(accountKey)).toEqual({ unread: 0, mentions: 0 });
  const window = await fake.openWindow({ writes: false });
  void window.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
  await fake.clock.advance(10);
  expect(totals.get(accountKey)).toBeUndefined();
});
