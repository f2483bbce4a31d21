import type { AlertReason } from "@parley/protocol/bridge/alerts.ts";
import { REL } from "@parley/protocol/event.ts";
import { AccountId, ClientId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fakeMessage } from "../testing/fake-events.ts";
import { decideNotification, type NotificationInput } from "./notification-decision.ts";

const me = newId(AccountId);
const GOOD: NotificationInput = {
  event: fakeMessage({ seq: 10 }),
  me,
  backlog: false,
  waited: false,
  readSeq: 9,
  notifiedThroughSeq: 9,
  shownSeq: 0,
  muted: false,
  blocked: false,
  chatInView: false,
  inViewElsewhere: false,
  off: undefined,
  permission: "granted",
};

const target = newId(ClientId);

const AGAINST: [AlertReason, Partial<NotificationInput>][] = [
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
  ["already-read", { readSeq: 10 }],
  ["already-notified", { notifiedThroughSeq: 10 }],
  ["chat-in-view", { chatInView: true }],
  ["do-not-disturb", { off: "do-not-disturb" }],
  ["snoozed", { off: "snoozed" }],
  ["quiet-hours", { off: "quiet-hours" }],
  ["permission-missing", { permission: "denied" }],
  ["permission-missing", { permission: "default" }],
];

describe("notification decision", () => {
  test("V51: a new message of somebody else, out of view, is shown", () => {
    expect(decideNotification(GOOD)).toEqual({ act: "show", reason: "new-message" });
    const backlog = decideNotification({ ...GOOD, backlog: true });
    expect(backlog).toEqual({ act: "show", reason: "backlog" });
  });

  test("a reply is a message (V3)", () => {
    const event = fakeMessage({ seq: 10, rel: { kind: REL.reply, target } });
    expect(decideNotification({ ...GOOD, event }).act).toBe("show");
  });

  test("V42: a mention in a muted chat does not alert either", () => {
    const event = fakeMessage({ seq: 10, mentions: [me] });
    expect(decideNotification({ ...GOOD, event, muted: true }).reason).toBe("muted");
  });

  test("S18: it waits once while another device has the chat in view, and is decided again", () => {
    const input = { ...GOOD, inViewElsewhere: true };
    expect(decideNotification(input)).toEqual({ act: "wait", reason: "in-view-elsewhere" });
    expect(decideNotification({ ...input, waited: true, notifiedThroughSeq: 11 }).act).toBe("show");
    const behind = decideNotification({ ...input, waited: true, shownSeq: 11 });
    expect(behind).toMatchObject({ act: "none", reason: "already-notified" });
    const read = decideNotification({ ...input, waited: true, readSeq: 10 });
    expect(read).toMatchObject({ act: "none", reason: "read-elsewhere" });
  });

  test.each(AGAINST)("V51: %s is a reason against it", (reason, change) => {
    const isHeld = ["do-not-disturb", "snoozed", "quiet-hours"].includes(reason);
    expect(decideNotification({ ...GOOD, ...change })).toEqual({ act: "none", reason, isHeld });
  });

  test("V51: it is shown exactly if nothing speaks against it, and waits for nothing then", () => {
    fc.assert(
      fc.property(fc.subarray(AGAINST), fc.boolean(), (against, inViewElsewhere) => {
        const start = { ...GOOD, inViewElsewhere };
        const input = against.reduce((before, [, change]) => ({ ...before, ...change }), start);
        const { act, reason } = decideNotification(input);
        const good = inViewElsewhere ? "wait" : "show";
        expect(act).toBe(against.length === 0 ? good : "none");
        if (act === "none") expect(against.map(([one]) => one)).toContain(reason);
      }),
    );
  });
});
