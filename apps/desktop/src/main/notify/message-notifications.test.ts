import { FakeClock, settled } from "@parley/client/testing/fake-clock.ts";
import { MemoryHostStore, MemoryLog } from "@parley/client/testing/memory-ports.ts";
import type { NotificationAct } from "@parley/protocol/bridge/shell.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { type MessageNotice, tagOf } from "./message-notice.ts";
import { MessageNotifications } from "./message-notifications.ts";
import type { KeptNotice, NotifierListener, SystemNotice } from "./system-notifier.ts";

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
  replyTo: (name: string) => `Reply to ${name}`,
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
    systemChanged: () => undefined,
  });
  const say = (): NotifierListener => system!;
  return { notifications, shown, closed, restored, opened, acted, say, clock, store };
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

test("buttons and replies are what the writer is to do; an empty reply is nothing", () => {
  const { notifications, say, acted, shown } = setUp();
  const one = message(newId(ChatId));
  notifications.show(one);
  expect(shown[0]).toMatchObject({ reply: { placeholder: "Reply to Grace" }, silent: false });
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

test("what the system said of a chat's notifications can be asked for", () => {
  const { notifications, say } = setUp();
  const one = message(newId(ChatId));
  const other = message(newId(ChatId));
  notifications.show(one);
  notifications.show(other);
  say().outcome(tagOf(one), { state: "waiting" });
  say().outcome(tagOf(other), { state: "denied", detail: "not allowed" });
  say().outcome(tagOf(one), { state: "shown", handle: ":1#1" });
  const states = notifications.outcomes(accountKey, one.chatId).map(({ state }) => state);
  expect(states).toEqual(["waiting", "shown"]);
  expect(notifications.outcomes(accountKey, other.chatId)).toMatchObject([
    { state: "denied", detail: "not allowed", of: { clientId: other.clientId } },
  ]);
});

test("after a restart a click still opens its message; what was read meanwhile does not", async () => {
  const first = setUp();
  const kept = message(newId(ChatId));
  const read = message(newId(ChatId));
  for (const one of [kept, read]) {
    first.notifications.show(one);
    first.say().outcome(tagOf(one), { state: "shown", handle: `:1#${one.chatId}` });
  }
  first.notifications.clear(accountKey, read.chatId);
  await settled();
  const next = setUp(first.store);
  await next.notifications.restore();
  const buttons = ["mark-read", "mute-hour"];
  expect(next.restored).toEqual([{ tag: tagOf(kept), handle: `:1#${kept.chatId}`, buttons }]);
  next.say().event(tagOf(kept), { kind: "clicked" });
  expect(next.opened).toEqual([{ accountKey, chatId: kept.chatId, clientId: kept.clientId }]);
  const damaged = setUp();
  damaged.store.entries.set("notify:shown", [{ accountKey: "x" }]);
  await damaged.notifications.restore();
  expect(damaged.restored).toEqual([]);
});

test("the test notification is answered by what the system did, or that it said nothing", async () => {
  const { notifications, say, shown, clock } = setUp();
  const both = Promise.all([notifications.test(), notifications.test()]);
  expect(shown).toMatchObject([{ title: "Test" }, { title: "Test" }]);
  say().outcome("test", { state: "denied", detail: "no" });
  expect(await both).toMatchObject([{ state: "denied" }, { state: "denied" }]);
  const silent = notifications.test();
  await clock.advance(60_000);
  expect(await silent).toMatchObject({ state: "waiting" });
});
