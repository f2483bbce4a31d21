import type { ChatState } from "@parley/protocol/chat.ts";
import { type Event, REL } from "@parley/protocol/event.ts";
import { AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import { applyLive, applyPart, type ChatImage, imageOf } from "./chat-image.ts";
import { pullAfter, pullOrder } from "./puller.ts";
import { applyChatState, applyCounts, applyReceipts, imageOfNew } from "./statements.ts";
import { sampleChat, sampleEvent } from "./testing/sample.ts";

const chatId = newId(ChatId);
const [me, other] = [newId(AccountId), newId(AccountId)];

function event(seq: number, more: Partial<Event> = {}): Event {
  const { foldSeq: _foldSeq, ...made } = sampleEvent(chatId, seq, { senderId: other });
  return { ...made, ...more };
}

function related(seq: number, kind: string, target: Event, more: Partial<Event> = {}): Event {
  return event(seq, { rel: { kind, target: target.clientId }, targetSeq: target.seq, ...more });
}

function part(image: ChatImage, events: readonly Event[], headSeq: number): void {
  applyPart(image, { headSeq, events, withheld: [] });
}

function empty(headSeq = 0): ChatImage {
  return imageOf(me, sampleChat(chatId, { headSeq }));
}

const spans = (image: ChatImage) => image.ranges.map(({ from, to, kind }) => [from, to, kind]);

function state(more: Partial<ChatState> = {}): ChatState {
  const { row } = empty();
  return {
    chatId,
    kind: "group",
    title: "Lighthouse",
    createdAt: 1,
    headSeq: 10,
    rev: 3,
    membershipVersion: 1,
    memberCount: 2,
    members: [me, other].map((accountId) => ({
      accountId,
      role: "member",
      joinedSeq: 1,
      deliveredSeq: 4,
      readSeq: 3,
    })),
    othersMin: null,
    my: { ...row.my, countedThroughSeq: 10, unread: 2 },
    last: event(10),
    ...more,
  };
}

describe("one chat", () => {
  it("S6a: the next seq is applied, a later one only raises the head, a repeat changes nothing", () => {
    const image = empty();
    const [first, second, third] = [event(1), event(2), event(3)];
    expect(applyLive(image, [first])).toEqual([]);
    expect(applyLive(image, [third]).map(({ seq }) => seq)).toEqual([3]);
    expect(image.row).toMatchObject({ cursor: 1, headSeq: 3 });
    applyLive(image, [first, third, second]);
    expect(image.row).toMatchObject({ cursor: 3, headSeq: 3 });
    expect(image.row.my).toMatchObject({ unread: 3, countedThroughSeq: 3 });
    const { row } = image;
    applyLive(image, [first, second, third]);
    expect(image.row).toEqual(row);
  });

  it("S7: a withheld range closes the way to the cursor like a cached one", () => {
    const image = empty();
    applyPart(image, { headSeq: 5, events: [event(4), event(5)], withheld: [{ from: 1, to: 3 }] });
    expect(spans(image)).toEqual([
      [1, 3, "withheld"],
      [4, 5, "held"],
    ]);
    expect(image.row.cursor).toBe(5);
  });

  it("S12, S13: an edit replaces the payload, an erasure leaves none, the preview follows", () => {
    const image = empty();
    const message = event(1);
    applyLive(image, [message]);
    const edited = event(9).payload;
    applyLive(image, [related(2, REL.edit, message, { payload: edited })]);
    expect(image.events.get(1)).toMatchObject({
      payload: null,
      foldSeq: 2,
      fold: { edit: { payload: edited } },
    });
    expect(image.events.get(2)?.payload).toBeNull();
    expect(image.row.last?.content).toEqual({ kind: "text", text: "message 9" });
    applyLive(image, [related(3, REL.redact, message)]);
    expect(image.events.get(1)?.fold).toMatchObject({ erased: { seq: 3 } });
    expect(image.events.get(1)?.fold?.edit).toBeUndefined();
    expect(image.row.last?.content).toEqual({ kind: "erased" });
  });

  it("S6b: a rel event at or below the foldSeq of its target changes nothing", () => {
    const image = empty();
    const message = event(1);
    part(image, [message], 8);
    applyLive(image, [
      related(2, REL.reaction, message, {
        rel: { kind: REL.reaction, target: message.clientId, key: "👍" },
      }),
    ]);
    expect(image.events.get(1)?.fold).toBeUndefined();
    expect(image.events.get(1)?.foldSeq).toBe(8);
  });

  it("V23: a part above a gap, an edit without payload, a rel event beyond a gap make gaps, nothing stale", () => {
    const image = empty();
    const old = event(1);
    applyLive(image, [old, event(2)]);
    part(image, [event(9), event(10)], 10);
    expect(spans(image)).toEqual([[9, 10, "held"]]);
    expect(image.events.has(1)).toBe(false);
    // A page of before the gap, exact through 10; then a rel event that follows a further gap.
    part(image, [old], 10);
    image.ranges = image.ranges.filter((range) => range.to < 9);
    image.ranges.push({ from: 20, to: 20, kind: "held" });
    applyLive(image, [related(21, REL.edit, old)]);
    expect(spans(image)).toEqual([[20, 21, "held"]]);
    const blank = empty();
    const target = event(1);
    applyLive(blank, [target]);
    part(blank, [related(2, REL.edit, target, { payload: null })], 2);
    expect(spans(blank)).toEqual([[2, 2, "held"]]);
  });

  it("V23: a chat that is new here starts with its newest 100 events, open ones go first", () => {
    const row = sampleChat(chatId, { headSeq: 250 });
    expect(pullAfter(row)).toBe(150);
    expect(pullAfter({ ...row, headSeq: 40 })).toBe(0);
    expect(pullAfter({ ...row, cursor: 200 })).toBe(200);
    const [a, b] = [newId(ChatId), newId(ChatId)];
    const rows = [sampleChat(a, { activityAt: 5 }), sampleChat(b, { activityAt: 1 })];
    expect(pullOrder(rows, new Set([b])).map((one) => one.chatId)).toEqual([b, a]);
  });

  it("S6: an older statement that comes late changes no member, number or title", () => {
    const image = imageOfNew(state(), me);
    applyChatState(image, state(), 9);
    const { row, members } = image;
    applyChatState(
      image,
      state({ title: "Old", headSeq: 4, members: [], my: { ...row.my, unread: 9 } }),
      5,
    );
    expect(image.row).toEqual(row);
    expect(image.members).toEqual(members);
  });

  it("S9: a restated number counts on with what this device has seen since", () => {
    const image = imageOfNew(state({ headSeq: 0, last: null }), me);
    applyLive(image, [event(1), event(2), event(3, { senderId: me }), event(4)]);
    expect(image.row.my.unread).toBe(2);
    applyCounts(image, {
      change: 7,
      chatId,
      deliveredSeq: 2,
      readSeq: 2,
      unread: 0,
      mentions: 0,
      countedThroughSeq: 2,
    });
    expect(image.row.my).toMatchObject({ unread: 1, readSeq: 2, countedThroughSeq: 4 });
    applyCounts(image, { ...image.row.my, change: 6, chatId, unread: 40 });
    expect(image.row.my.unread).toBe(1);
  });

  it("S8: marks of others only grow, and ticks follow the lowest of them", () => {
    const image = imageOfNew(state(), me);
    applyChatState(image, state(), 9);
    expect(image.row.othersMin).toEqual({ deliveredSeq: 4, readSeq: 3 });
    const receipts = { change: 10, chatId, rev: 10, othersMin: null };
    applyReceipts(image, {
      ...receipts,
      marks: [{ accountId: other, deliveredSeq: 9, readSeq: 5 }],
    });
    applyReceipts(image, {
      ...receipts,
      marks: [{ accountId: other, deliveredSeq: 7, readSeq: 2 }],
    });
    expect(image.row.othersMin).toEqual({ deliveredSeq: 9, readSeq: 5 });
  });

  it("S17: a system event at or below a statement's head is not applied a second time", () => {
    const image = imageOfNew(state({ membershipVersion: 10, title: "New" }), me);
    applyChatState(image, state({ membershipVersion: 10, title: "New" }), 9);
    part(image, [event(9, { system: { kind: "title", title: "Older" } }), event(10)], 10);
    expect(image.row.title).toBe("New");
    const third = newId(AccountId);
    applyLive(image, [event(11, { system: { kind: "added", accountIds: [third] } })]);
    expect(image.members.map((member) => member.accountId)).toEqual([me, other, third]);
    expect(image.row.memberCount).toBe(3);
    applyLive(image, [event(12, { system: { kind: "removed", accountId: me } })]);
    expect(image.row.my.leftSeq).toBe(12);
  });
});
