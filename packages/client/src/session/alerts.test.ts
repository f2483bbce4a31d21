import { DEFAULT_ALERTS } from "@parley/protocol/bridge/alerts.ts";
import type { Change } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import { AccountId, ChatId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { valueKey, writeValue } from "@parley/protocol/values.ts";
import { describe, expect, test } from "vitest";
import { chatChange, eventChange, fakeGroup, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost, liveHost } from "../testing/fake-host.ts";
import type { FakeWindow } from "../testing/fake-window.ts";

async function arrive(fake: FakeHost, ...events: Event[]): Promise<void> {
  fake.server.push("sync:changes", { changes: events.map((event) => eventChange(event)) });
  await fake.clock.advance(1_050);
}

async function reasonOf(fake: FakeHost, window: FakeWindow, event: Event) {
  const { chatId } = event;
  const asked = window.call("alerts:decisions", { accountKey: fake.accountKey, chatId });
  await fake.clock.advance(5);
  const answer = await asked;
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.decisions.find((one) => one.clientId === event.clientId);
}

function listed(last: Event, unread: number, mentions = 0): Change {
  return chatChange(fakeGroup(last, { unread, mentions }));
}

describe("settings", () => {
  test("V51: do not disturb holds at once, is told to all windows, and outlives the host", async () => {
    const { fake, window } = await liveHost();
    const set = window.call("alerts:configure", { doNotDisturb: true });
    await fake.clock.advance(5);
    expect(await set).toMatchObject({ ok: true, value: { doNotDisturb: true, preview: "all" } });
    expect(window.bodiesOf("alerts:changed").at(-1)?.settings.doNotDisturb).toBe(true);
    const event = fakeMessage();
    await arrive(fake, event);
    expect(window.bodiesOf("notification:show")).toEqual([]);
    expect(await reasonOf(fake, window, event)).toMatchObject({
      act: "none",
      reason: "do-not-disturb",
    });
    await fake.restart();
    const later = await fake.openWindow();
    const state = later.call("alerts:state", {});
    await fake.clock.advance(5);
    expect(await state).toMatchObject({ ok: true, value: { doNotDisturb: true } });
  });

  test("V51: what was kept back is told by one notification when a snooze ends, over a restart too", async () => {
    const { fake, window } = await liveHost();
    const snoozedUntilMs = fake.clock.nowMs() + 120_000;
    void window.call("alerts:configure", { snoozedUntilMs });
    await fake.clock.advance(5);
    const [one, two] = [fakeMessage(), fakeMessage()];
    await arrive(fake, one, two);
    await fake.restart();
    const later = await fake.openWindow();
    await fake.clock.advance(100_000);
    expect(later.bodiesOf("notification:show")).toEqual([]);
    await fake.clock.advance(60_000);
    expect(later.bodiesOf("notification:show")).toMatchObject([{ body: "2 unread in 2" }]);
    await fake.clock.advance(120_000);
    expect(later.bodiesOf("notification:show")).toHaveLength(1);
  });

  test("V51: one pause for tray and windows: whoever begins or ends it, all hear, over a restart too", async () => {
    const told: (number | null)[] = [];
    const unasked = () => Promise.reject(new Error("not asked"));
    const fake = new FakeHost({
      shell: {
        state: unasked,
        configure: unasked,
        trust: unasked,
        reported: () => undefined,
        alertsChanged: ({ snoozedUntilMs }) => void told.push(snoozedUntilMs),
      },
    });
    const window = await fake.openWindow();
    await fake.signIn(window);
    const snoozedUntilMs = fake.clock.nowMs() + 3_600_000;
    await fake.host.configureAlerts({ snoozedUntilMs });
    expect(window.bodiesOf("alerts:changed").at(-1)?.settings).toMatchObject({ snoozedUntilMs });
    await fake.restart();
    const later = await fake.openWindow();
    void later.call("alerts:configure", { snoozedUntilMs: null });
    await fake.clock.advance(5);
    expect(told).toEqual([null, snoozedUntilMs, snoozedUntilMs, null]);
  });

  test("V51: a pause in the store that ends at no date is none: nothing could be said of its end", async () => {
    const { fake } = await liveHost();
    const lasting = Number.MAX_SAFE_INTEGER;
    fake.store.entries.set("alerts:settings", { ...DEFAULT_ALERTS, snoozedUntilMs: lasting });
    await fake.restart();
    const window = await fake.openWindow();
    const state = window.call("alerts:state", {});
    await fake.clock.advance(5);
    expect(await state).toMatchObject({ ok: true, value: { snoozedUntilMs: null } });
  });

  test("V51: what was read while alerts were off is not told", async () => {
    const { fake, window, accountKey } = await liveHost();
    void window.call("alerts:configure", { doNotDisturb: true });
    await fake.clock.advance(5);
    const event = fakeMessage({ seq: 4 });
    await arrive(fake, event);
    const marks = [{ chatId: event.chatId, readSeq: 4 }];
    void window.call("receipt:mark", { accountKey, marks });
    void window.call("alerts:configure", { doNotDisturb: false });
    await fake.clock.advance(60_000);
    expect(window.bodiesOf("notification:show")).toEqual([]);
  });

  test.each([
    ["all", "Someone", "Lunch?"],
    ["name", "Someone", "New message"],
    ["none", "Someone", "New message"],
  ] as const)(
    "V51: the preview level %s says no more than it may",
    async (preview, title, body) => {
      const { fake, window } = await liveHost();
      void window.call("alerts:configure", { preview });
      await fake.clock.advance(5);
      await arrive(fake, fakeMessage({ text: "Lunch?" }));
      expect(window.bodiesOf("notification:show")).toMatchObject([{ title, body }]);
    },
  );

  test("V51: a chat has its own sound and preview", async () => {
    const { fake, window } = await liveHost();
    const { chatId } = fakeMessage();
    const value = writeValue("alert", { sound: "bell", preview: "name" });
    const change = { kind: "value", change: 1, key: valueKey("alert", chatId), value };
    fake.server.push("sync:changes", { changes: [change] });
    await arrive(fake, fakeMessage({ chatId, text: "secret" }), fakeMessage({ text: "open" }));
    expect(window.bodiesOf("notification:show")).toMatchObject([
      { chatId, sound: "bell", body: "New message" },
      { body: "open" },
    ]);
  });
});

describe("attention", () => {
  const deviceId = newId(DeviceId);

  async function elsewhere(fake: FakeHost, chatIds: ChatId[]): Promise<void> {
    const forMs = chatIds.length > 0 ? LIMITS.attentionMs : 0;
    fake.server.push("attention:changed", { deviceId, chatIds, forMs });
    await fake.clock.advance(5);
  }

  test("S18: an alert waits 5 s for the device that has the chat in view, then comes", async () => {
    const { fake, window } = await liveHost();
    const event = fakeMessage();
    await elsewhere(fake, [event.chatId]);
    await arrive(fake, event, event);
    expect((await reasonOf(fake, window, event))?.act).toBe("wait");
    await fake.clock.advance(LIMITS.attentionWaitMs - 1_100);
    expect(window.bodiesOf("notification:show")).toEqual([]);
    await fake.clock.advance(150);
    expect(window.bodiesOf("notification:show")).toHaveLength(1);
  });

  test("S18: read there meanwhile, nothing is shown here", async () => {
    const { fake, window } = await liveHost();
    const event = fakeMessage({ seq: 5 });
    const { chatId } = event;
    await elsewhere(fake, [chatId]);
    await arrive(fake, event);
    const numbers = { deliveredSeq: 5, readSeq: 5, unread: 0, mentions: 0, countedThroughSeq: 5 };
    fake.server.push("sync:changes", {
      changes: [{ kind: "counts", change: 6, chatId, ...numbers }],
    });
    await fake.clock.advance(LIMITS.attentionWaitMs + 100);
    expect(window.bodiesOf("notification:show")).toEqual([]);
    expect((await reasonOf(fake, window, event))?.reason).toBe("read-elsewhere");
  });

  test("S18: what is not in view there, or no longer, alerts at once", async () => {
    const { fake, window } = await liveHost();
    const { chatId } = fakeMessage();
    await elsewhere(fake, [chatId]);
    await arrive(fake, fakeMessage());
    await fake.clock.advance(LIMITS.attentionMs + 10);
    await arrive(fake, fakeMessage({ chatId, seq: 1 }));
    await elsewhere(fake, [chatId]);
    await elsewhere(fake, []);
    await arrive(fake, fakeMessage({ chatId, seq: 2 }));
    expect(window.bodiesOf("notification:show")).toHaveLength(3);
  });

  test("S18: focus is told while there are others, again every 20 s, and to whoever comes", async () => {
    const { fake, window, accountKey } = await liveHost();
    const chatIds = [newId(ChatId)];
    const view = { accountKey, visible: true, openChatIds: chatIds, watchAccountIds: [] };
    void window.call("view:set", { ...view, focused: true });
    await fake.clock.advance(50);
    expect(fake.server.requestsOf("attention:set")).toEqual([]);
    fake.server.push("session:others", { others: 1 });
    await fake.clock.advance(LIMITS.attentionRenewMs + 50);
    expect(fake.server.requestsOf("attention:set")).toEqual([{ chatIds }, { chatIds }]);
    fake.server.push("session:others", { others: 2 });
    await fake.clock.advance(50);
    expect(fake.server.requestsOf("attention:set")).toHaveLength(3);
    void window.call("view:set", { ...view, focused: false });
    await fake.clock.advance(LIMITS.attentionRenewMs * 2);
    expect(fake.server.requestsOf("attention:set").slice(3)).toEqual([{ chatIds: [] }]);
  });
});

describe("a time away", () => {
  test("V52: 300 messages in 20 chats are told by five notifications, none of muted chats, and once", async () => {
    const { fake, window, accountKey } = await liveHost();
    const last = Array.from({ length: 20 }, (_, i) => fakeMessage({ seq: 15, text: `${i}` }));
    const muted = last[19]!;
    const changes: Change[] = last.map((event, i) => listed(event, i === 19 ? 40 : i + 1));
    changes[0] = listed(last[0]!, 1, 1);
    changes.push({
      kind: "value",
      change: 16,
      key: valueKey("mute", muted.chatId),
      value: writeValue("mute", { untilMs: null }),
    });
    const { dataEpoch } = fake.server;
    fake.server.answers["sync:hello"] = () => ({
      data: { dataEpoch, watermark: 20, changes, next: null },
    });
    const catchUp = async (): Promise<void> => {
      const body = { dataEpoch, since: 1 };
      const asked = window.call("server:request", { accountKey, name: "sync:hello", body });
      await fake.clock.advance(50);
      await asked;
      void window.call("writer:caught-up", { accountKey, watermark: 20 });
      await fake.clock.advance(50);
    };
    await catchUp();
    const shown = window.bodiesOf("notification:show");
    expect(shown.map((one) => one.chatId).slice(0, 4)).toEqual(
      [0, 18, 17, 16].map((i) => last[i]!.chatId),
    );
    expect(shown).toHaveLength(5);
    expect(shown[4]).toMatchObject({ body: "135 unread in 15", canReply: false });
    expect(shown.map((one) => one.chatId)).not.toContain(muted.chatId);
    expect((await reasonOf(fake, window, muted))?.reason).toBe("muted");
    expect((await reasonOf(fake, window, last[2]!))?.reason).toBe("in-summary");

    await catchUp();
    fake.server.push("sync:heal", { dataEpoch, since: 1, watermark: 20, changes });
    await arrive(fake, ...last);
    await fake.clock.advance(10_000);
    expect(window.bodiesOf("notification:show")).toHaveLength(5);
    await fake.restart();
    window.become("gone");
    const later = await fake.openWindow();
    fake.server.push("sync:heal", { dataEpoch, since: 1, watermark: 20, changes });
    await fake.clock.advance(10_000);
    expect(later.bodiesOf("notification:show")).toEqual([]);
  });
});

describe("withdrawal", () => {
  test("V51: a notification goes when its message is deleted for everyone", async () => {
    const { fake, window, accountKey } = await liveHost();
    const event = fakeMessage({ seq: 3, senderId: newId(AccountId) });
    const { chatId, clientId, senderId } = event;
    await arrive(fake, event);
    const rel = { kind: "redact", target: clientId };
    await arrive(fake, fakeMessage({ chatId, senderId, seq: 4, rel }));
    expect(window.bodiesOf("notification:clear")).toEqual([{ accountKey, chatId }]);
  });

  test("V52: what the system did stands with the decision", async () => {
    const { fake, window, accountKey } = await liveHost();
    const event = fakeMessage();
    const { chatId, clientId } = event;
    await arrive(fake, event);
    const of = { accountKey, chatId, clientId };
    void window.call("notification:told", { state: "shown", atMs: 5, of });
    await fake.clock.advance(5);
    expect(await reasonOf(fake, window, event)).toMatchObject({
      act: "show",
      reason: "new-message",
      outcome: { state: "shown" },
    });
  });
});
