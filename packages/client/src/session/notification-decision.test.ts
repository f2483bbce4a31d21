import { REL } from "@parley/protocol/event.ts";
import { AccountId, ClientId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fakeMessage } from "../testing/fake-events.ts";
import {
  decideNotification,
  type NotificationInput,
  type NotificationReason,
} from "./notification-decision.ts";

const me = newId(AccountId);
const GOOD: NotificationInput = {
  event: fakeMessage({ seq: 10 }),
  me,
  backlog: false,
  readSeq: 9,
  notifiedThroughSeq: 9,
  muted: false,
  blocked: false,
  chatInView: false,
  snoozed: false,
  permission: "granted",
};

const target = newId(ClientId);

const AGAINST: [NotificationReason, Partial<NotificationInput>][] = [
  [
    "system-event",
    {
      event: fakeMessage({
        seq: 10,
        type: "system",
        payload: "",
        system: { kind: "title", title: "x" },
      }),
    },
  ],
  [
    "not-a-message",
    { event: fakeMessage({ seq: 10, rel: { kind: REL.reaction, target, key: "+" } }) },
  ],
  ["not-a-message", { event: fakeMessage({ seq: 10, rel: { kind: REL.edit, target } }) }],
  ["erased", { event: fakeMessage({ seq: 10, payload: null }) }],
  ["own-message", { event: fakeMessage({ seq: 10, senderId: me }) }],
  ["blocked", { blocked: true }],
  ["muted", { muted: true }],
  ["sent-silently", { event: fakeMessage({ seq: 10, notify: false }) }],
  ["backlog", { backlog: true }],
  ["already-read", { readSeq: 10 }],
  ["already-notified", { notifiedThroughSeq: 10 }],
  ["chat-in-view", { chatInView: true }],
  ["snoozed", { snoozed: true }],
  ["permission-missing", { permission: "denied" }],
  ["permission-missing", { permission: "default" }],
];

describe("notification decision", () => {
  test("a new message of somebody else, out of view, is shown", () => {
    expect(decideNotification(GOOD)).toEqual({ show: true, reason: "new-message" });
  });

  test("a reply is a message (V3)", () => {
    const event = fakeMessage({ seq: 10, rel: { kind: REL.reply, target } });
    expect(decideNotification({ ...GOOD, event }).show).toBe(true);
  });

  test("V42: a mention in a muted chat does not alert either", () => {
    const event = fakeMessage({ seq: 10, mentions: [me] });
    expect(decideNotification({ ...GOOD, event, muted: true }).reason).toBe("muted");
  });

  test.each(AGAINST)("%s is a reason against it", (reason, change) => {
    expect(decideNotification({ ...GOOD, ...change })).toEqual({ show: false, reason });
  });

  test("it is shown exactly if nothing speaks against it", () => {
    fc.assert(
      fc.property(fc.subarray(AGAINST), (against) => {
        const input = against.reduce((before, [, change]) => ({ ...before, ...change }), GOOD);
        const { show, reason } = decideNotification(input);
        expect(show).toBe(against.length === 0);
        expect(reason === "new-message").toBe(show);
      }),
    );
  });
});
