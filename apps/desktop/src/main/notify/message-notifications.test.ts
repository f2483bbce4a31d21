import { FakeClock, settled } from "@parley/client/testing/fake-clock.ts";
import { MemoryHostStore, MemoryLog } from "@parley/client/testing/memory-ports.ts";
import type { NotificationAct, NotificationOutcome } from "@parley/protocol/bridge/shell.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { readLaunch } from "./launch.ts";
import { type MessageNotice, tagOf } from "./message-notice.ts";
import { MessageNotifications } from "./message-notifications.ts";
import type {
  KeptNotice,
  NoticeOutcome,
  NotifierListener,
  SystemNotice,
} from "./system-notifier.ts";

const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
const message = (chatId: ChatId, body = "Hello"): MessageNotice => ({
  accountKey,
  chatId,
  clientId: newId(ClientId),
  title: "Grace",
  body,
});
const texts = {
  open: "Open",
  markRead: "Mark as read",
  muteHour: "Mute for 1 hour",
  reply: "Reply",
  replyPlaceholder: "Write a reply",
  testTitle: "Test",
  testBody: "It works",
};

function setUp(store = new MemoryHostStore()) {
  const clock = new FakeClock();
  const shown: SystemNotice[] = [];
  const closed: string[] = [];
  const restored: KeptNotice[] = [];
  const opened: unknown[] = [];
  const acted: NotificationAct[] = [];
  const told: NotificationOutcome[] = [];
  const again = { count: 0 };
  let system: NotifierListener | undefined;
  const notifications = new MessageNotifications({
    notifier: (listener) => {
      system = listener;
      return {
        system: { by: "dbus", state: "ready", canAct: true, canReply: true },
        show: (notice) => void shown.push(notice),
        close: (tag) => void closed.push(tag),
        restore: (kept) => void restored.push(...kept),
        stop: () => undefined,
      };
    },
    store,
    clock,
    log: new MemoryLog(),
    texts,
    open: (target) => void opened.push(target),
    acted: (_target, what) => void acted.push(what),
    told: (outcome) => void told.push(outcome),
    systemChanged: () => undefined,
    shownAgain: () => {
      again.count += 1;
    },
  });
  const say = (): NotifierListener => system!;
  /** The system speaks of the notice that it was asked for as the nth. */
  const sayOf = (nth: number, outcome: NoticeOutcome): void => {
    const notice = shown[nth];
    if (!notice) throw new Error(`there is no notice ${nth}`);
    say().outcome(notice, outcome);
  };
  const seen = { shown, closed, restored, opened, acted, told, again };
  return { notifications, ...seen, say, sayOf, clock, store };
}

test("a click opens account, chat and message of the newest, long after it left the screen", () => {
  const { notifications, say, opened } = setUp();
  const chatId = newId(ChatId);
  notifications.show(message(chatId));
  const newest = message(chatId);
  notifications.show(newest);
  say().event(tagOf(newest), { kind: "clicked" });
  expect(opened).toEqual([{ accountKey, chatId, clientId: newest.clientId }]);
  say().event("nobody/knows", { kind: "clicked" });
  expect(opened).toHaveLength(1);
});

test("V61: an edited message changes what is on the screen, silently, and brings nothing back", () => {
  const { notifications, say, sayOf, shown, told, opened } = setUp();
  const chatId = newId(ChatId);
  const one = message(chatId, "Helo");
  notifications.show(one);
  // Still on its way: this is the one that makes the sound.
  notifications.replace({ ...one, body: "Hello" });
  expect(shown.map(({ body, silent }) => [body, silent])).toEqual([
    ["Helo", false],
    ["Hello", false],
  ]);
  sayOf(0, { state: "merged" });
  sayOf(1, { state: "shown", handle: "bus#1" });
  notifications.replace({ ...one, body: "Hello!" });
  sayOf(2, { state: "shown", handle: "bus#1" });
  expect(shown.at(-1)).toMatchObject({ body: "Hello!", silent: true });
  expect(told.map(({ state }) => state)).toEqual(["merged", "shown"]);
  say().event(tagOf(one), { kind: "clicked" });
  expect(opened).toMatchObject([{ clientId: one.clientId }]);

  notifications.replace({ ...message(chatId, "Of another message") });
  say().event(tagOf(one), { kind: "gone" });
  notifications.replace({ ...one, body: "Put away" });
  expect(shown).toHaveLength(3);
});

test("V52: a program that comes after none was there is told of once, one that was only hung is not", () => {
  const { say, again } = setUp();
  const is = (state: "ready" | "hung" | "absent"): void =>
    say().system({ by: "dbus", state, canAct: true, canReply: true });
  is("ready");
  is("hung");
  is("ready");
  expect(again.count).toBe(0);
  is("absent");
  expect(again.count).toBe(0);
  is("ready");
  is("ready");
  expect(again.count).toBe(1);
});

test("buttons and replies are what the writer is to do; an empty reply is nothing", () => {
  const { notifications, say, acted, shown } = setUp();
  const one = message(newId(ChatId));
  notifications.show(one);
  expect(shown[0]).toMatchObject({ reply: { placeholder: "Write a reply" }, silent: false });
  for (const event of [
    { kind: "button", id: "mark-read" },
    { kind: "button", id: "mute-hour" },
    { kind: "button", id: "unknown" },
    { kind: "replied", text: "  " },
    { kind: "replied", text: "On my way" },
  ] as const) {
    say().event(tagOf(one), event);
  }
  expect(acted).toEqual([
    { act: "mark-read" },
    { act: "mute-hour" },
    { act: "reply", text: "On my way" },
  ]);
});

test("a chat that was read takes its notification with it; one that was never shown asks nobody", () => {
  const { notifications, closed } = setUp();
  const one = message(newId(ChatId));
  notifications.show(one);
  notifications.clear(accountKey, newId(ChatId));
  expect(closed).toEqual([]);
  notifications.clear(accountKey, one.chatId);
  expect(closed).toEqual([tagOf(one)]);
});

test("V52: what the system said of each message's notice is told, also of one that never came up", () => {
  const { notifications, sayOf, told } = setUp();
  const [one, other] = [message(newId(ChatId)), message(newId(ChatId))];
  notifications.show(one);
  notifications.show(other);
  sayOf(0, { state: "waiting" });
  sayOf(1, { state: "denied", detail: "not allowed" });
  const [second, third] = [message(one.chatId), message(one.chatId)];
  notifications.show(second);
  notifications.show(third);
  sayOf(2, { state: "merged" });
  // The first one comes late, the newest one is read before it can be shown.
  sayOf(0, { state: "shown", handle: ":1#1" });
  notifications.clear(accountKey, one.chatId);
  sayOf(3, { state: "withdrawn" });
  expect(told.map(({ state, detail, of }) => [of?.clientId, state, detail])).toEqual([
    [one.clientId, "waiting", undefined],
    [other.clientId, "denied", "not allowed"],
    [second.clientId, "merged", undefined],
    [one.clientId, "shown", undefined],
    [third.clientId, "withdrawn", undefined],
  ]);
});

test("after a restart a click still opens its message; what was read meanwhile does not", async () => {
  const first = setUp();
  const kept = message(newId(ChatId));
  const read = message(newId(ChatId));
  [kept, read].forEach((one, nth) => {
    first.notifications.show(one);
    first.sayOf(nth, { state: "shown", handle: `:1#${one.chatId}` });
  });
  first.notifications.clear(accountKey, read.chatId);
  await settled();
  const next = setUp(first.store);
  await next.notifications.restore();
  const buttons = ["mark-read", "mute-hour"];
  expect(next.restored).toEqual([{ tag: tagOf(kept), handle: `:1#${kept.chatId}`, buttons }]);
  next.say().event(tagOf(kept), { kind: "clicked" });
  expect(next.opened).toEqual([{ accountKey, chatId: kept.chatId, clientId: kept.clientId }]);
  next.notifications.launchedBy({ handle: `:1#${kept.chatId}`, reply: "" });
  expect(next.opened).toHaveLength(2);
  next.notifications.launchedBy({ handle: `:1#${kept.chatId}`, reply: "On my way" });
  expect(next.acted).toEqual([{ act: "reply", text: "On my way" }]);
  next.notifications.launchedBy({ handle: "of somebody else", reply: "" });
  expect(next.opened).toHaveLength(2);
  const damaged = setUp();
  damaged.store.entries.set("notify:shown", [{ accountKey: "x" }]);
  await damaged.notifications.restore();
  expect(damaged.restored).toEqual([]);
});

test("that an older notice is gone takes nothing from a newer one on its way", () => {
  const { notifications, say, sayOf, opened, closed } = setUp();
  const one = message(newId(ChatId));
  notifications.show(one);
  sayOf(0, { state: "shown", handle: ":1#1" });
  const newest = message(one.chatId);
  notifications.show(newest);
  // Its server ended, or the user put it away; the newer one is asked for already.
  say().event(tagOf(one), { kind: "gone" });
  sayOf(1, { state: "shown", handle: ":2#1" });
  say().event(tagOf(newest), { kind: "clicked" });
  expect(opened).toEqual([{ accountKey, chatId: one.chatId, clientId: newest.clientId }]);
  notifications.clear(accountKey, one.chatId);
  expect(closed).toEqual([tagOf(one)]);
});

test("of more notices than are kept the oldest leaves the screen: a click on it would open nothing", () => {
  const { notifications, closed, sayOf } = setUp();
  const messages = Array.from({ length: 202 }, () => message(newId(ChatId)));
  messages.forEach((one, nth) => {
    notifications.show(one);
    sayOf(nth, { state: "shown", handle: `:1#${nth + 1}` });
  });
  expect(closed).toEqual(messages.slice(0, 2).map((one) => tagOf(one)));
});

test("the test notification is answered by what the system did, or that it said nothing", async () => {
  const { notifications, sayOf, shown, clock } = setUp();
  const both = Promise.all([notifications.test(), notifications.test()]);
  expect(shown).toMatchObject([{ title: "Test" }, { title: "Test" }]);
  sayOf(0, { state: "denied", detail: "no" });
  expect(await both).toMatchObject([{ state: "denied" }, { state: "denied" }]);
  const silent = notifications.test();
  await clock.advance(60_000);
  expect(await silent).toMatchObject({ state: "waiting" });
});

test("macOS: a start by a notification is told from any other", () => {
  expect(readLaunch({ identifier: "a1", actionIdentifier: "default", userText: "Yes" })).toEqual({
    handle: "a1",
    reply: "Yes",
  });
  expect(readLaunch({ identifier: "a1" })).toEqual({ handle: "a1", reply: "" });
  for (const other of [undefined, {}, { aps: {} }, { identifier: 7 }]) {
    expect(readLaunch(other)).toBeUndefined();
  }
});
