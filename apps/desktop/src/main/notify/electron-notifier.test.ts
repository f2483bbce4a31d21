import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import { expect, test } from "vitest";
import {
  ANSWER_MS,
  ElectronNotifier,
  notificationContent,
  type NotificationContent,
  type NotificationEvents,
  notificationId,
} from "./electron-notifier.ts";
import type { NoticeEvent, NoticeOutcome, SystemNotice } from "./system-notifier.ts";

const notice = (tag: string, body = tag): SystemNotice => ({
  tag,
  group: "account",
  title: `Chat ${tag}`,
  body,
  openLabel: "Open",
  buttons: [
    { id: "mark-read", label: "Mark as read" },
    { id: "mute-hour", label: "Mute for 1 hour" },
  ],
  reply: { placeholder: "Reply to Grace", label: "Reply" },
  silent: false,
  urgent: false,
});

type Made = { content: NotificationContent; on: NotificationEvents; state: string };

function setUp(options: { isSupported?: boolean; throws?: boolean } = {}) {
  const made: Made[] = [];
  const removed: string[] = [];
  let attached: ((id: string) => NotificationEvents) | undefined;
  const clock = new FakeClock();
  const outcomes: [string, NoticeOutcome][] = [];
  const events: [string, NoticeEvent][] = [];
  const notifier = new ElectronNotifier(
    {
      isSupported: () => options.isSupported ?? true,
      create: (content, on) => {
        const one: Made = { content, on, state: "new" };
        made.push(one);
        return {
          show: () => {
            if (options.throws) throw new Error("gone");
            one.state = "shown";
          },
          close: () => {
            one.state = "closed";
            on.closed(true);
          },
        };
      },
      attach: (_ids, of) => {
        attached = of;
        return Promise.resolve();
      },
      remove: (id) => void removed.push(id),
    },
    clock,
    {
      outcome: ({ tag }, outcome) => void outcomes.push([tag, outcome]),
      event: (tag, event) => void events.push([tag, event]),
      system: () => undefined,
    },
  );
  return { notifier, made, removed, outcomes, events, clock, attached: () => attached };
}

test("buttons, reply, sound and picture are asked for in Electron's words", () => {
  const asked = notificationContent({
    ...notice("a"),
    sound: "Ping",
    picture: { kind: "file", path: "/a.png" },
  });
  expect(asked).toMatchObject({
    title: "Chat a",
    hasReply: true,
    replyPlaceholder: "Reply to Grace",
    sound: "Ping",
    icon: "/a.png",
    actions: [
      { type: "button", text: "Mark as read" },
      { type: "button", text: "Mute for 1 hour" },
    ],
  });
  // Windows cuts longer ones.
  expect(asked.id.length).toBeLessThanOrEqual(64);
  expect(notificationId("a")).not.toBe(notificationId("b"));
});

test("what the system says is told: shown, denied, failed, nothing at all", async () => {
  const { notifier, made, outcomes, clock } = setUp();
  notifier.show(notice("a"));
  made[0]?.on.shown();
  notifier.show(notice("b"));
  made[1]?.on.failed("Notifications are not allowed for this application");
  notifier.show(notice("c"));
  made[2]?.on.failed("0x8000");
  notifier.show(notice("d"));
  await clock.advance(ANSWER_MS + 1);
  made[3]?.on.shown();
  expect(outcomes.map(([tag, { state }]) => `${tag} ${state}`)).toEqual([
    "a shown",
    "b denied",
    "c failed",
    "d waiting",
    "d shown",
  ]);
  expect(setUp({ isSupported: false }).notifier.system.state).toBe("absent");
  const failing = setUp({ throws: true });
  failing.notifier.show(notice("a"));
  expect(failing.outcomes).toMatchObject([["a", { state: "failed" }]]);
});

test("S19: one a tag: the newer takes the place of the one before, which is no dismissal", () => {
  const { notifier, made, events } = setUp();
  notifier.show(notice("a", "one"));
  notifier.show(notice("a", "two"));
  expect(made.map(({ state }) => state)).toEqual(["closed", "shown"]);
  made[1]?.on.clicked();
  expect(events).toEqual([["a", { kind: "clicked" }]]);
});

test("click, button by its place, reply and dismissal come back; leaving the screen is none", () => {
  const { notifier, made, events } = setUp();
  notifier.show(notice("a"));
  const on = made[0]?.on;
  on?.closed(false);
  on?.clicked();
  on?.button(1);
  on?.button(7);
  on?.replied("Yes");
  on?.closed(true);
  expect(events.map(([, event]) => event)).toEqual([
    { kind: "clicked" },
    { kind: "button", id: "mute-hour" },
    { kind: "replied", text: "Yes" },
    { kind: "gone" },
  ]);
});

test("those of an earlier run are clicked, and taken away, by their ids", () => {
  const { notifier, attached, removed, events } = setUp();
  const buttons = ["mark-read", "mute-hour"];
  notifier.restore([{ tag: "a", handle: notificationId("a"), buttons }]);
  attached()?.(notificationId("a")).clicked();
  attached()?.(notificationId("a")).button(1);
  expect(events).toEqual([
    ["a", { kind: "clicked" }],
    ["a", { kind: "button", id: "mute-hour" }],
  ]);
  notifier.close("a");
  expect(removed).toEqual([notificationId("a")]);
});

test("Windows tells of a newer one of the same name twice: what the user did to it happens once", () => {
  const { notifier, attached, made, events } = setUp();
  notifier.restore([{ tag: "a", handle: notificationId("a"), buttons: ["mark-read"] }]);
  notifier.show(notice("a"));
  for (const on of [made[0]?.on, attached()?.(notificationId("a"))]) {
    on?.clicked();
    on?.button(0);
    on?.replied("Yes");
    on?.closed(true);
  }
  expect(events.map(([, { kind }]) => kind)).toEqual(["clicked", "button", "replied", "gone"]);
});
