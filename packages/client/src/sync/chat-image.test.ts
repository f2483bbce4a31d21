import type { ChatState } from "@parley/protocol/chat.ts";
import { type Event, REL } from "@parley/protocol/event.ts";
import { AccountId, ChatId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import { applyLive, type ChatImage, imageOf } from "./chat-image.ts";
import { applyHistory, applyPull, type Asked, type Part } from "./parts.ts";
import { heldBelow, pullAfter, pullOrder } from "./puller.ts";
import { applyChatState, applyCounts, applyReceipts, imageOfNew } from "./statements.ts";
import { sampleChat, sampleEvent, trusting } from "./testing/sample.ts";

const chatId = newId(ChatId);
const [me, other] = [newId(AccountId), newId(AccountId)];

function event(seq: number, more: Partial<Event> = {}): Event {
  const { foldSeq: _foldSeq, ...made } = sampleEvent(chatId, seq, { senderId: other });
  return { ...made, ...more };
}

function related(seq: number, kind: string, target: Event, more: Partial<Event> = {}): Event {
  return event(seq, { rel: { kind, target: target.clientId }, targetSeq: target.seq, ...more });
}

const NOTHING = { withheld: [], snapshot: false, moved: [], movedCut: false };

/** The answer to a pull from the image's cursor, which named all that is held. */
function pulled(
  image: ChatImage,
  events: Event[],
  headSeq: number,
  more: Partial<Part> = {},
  asked?: Asked,
): void {
  const after = image.row.cursor;
  const named = asked ?? { after, held: heldBelow(image.ranges, after) };
  applyPull(image, { ...NOTHING, headSeq, events, ...more }, named);
}

function page(image: ChatImage, events: Event[], headSeq: number): void {
  applyHistory(image, { ...NOTHING, headSeq, events });
}

function empty(headSeq = 0): ChatImage {
  return imageOf(me, sampleChat(chatId, { headSeq }), trusting);
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
    pulled(image, [event(4), event(5)], 5, { withheld: [{ from: 1, to: 3 }] });
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
    pulled(image, [message], 8);
    applyLive(image, [
      related(2, REL.reaction, message, {
        rel: { kind: REL.reaction, target: message.clientId, key: "👍" },
      }),
    ]);
    expect(image.events.get(1)?.fold).toBeUndefined();
    expect(image.events.get(1)?.foldSeq).toBe(8);
  });

  it("V23, V31: above a gap rows stay that the answer spoke of, the others become gaps", () => {
    const image = empty();
    applyLive(image, [event(1), event(2), event(3), event(4)]);
    const fold = { foldSeq: 8, reactions: [{ key: "+", count: 1 }], recent: [] };
    const asked = { after: 3, held: [{ from: 2, to: 3 }] };
    pulled(image, [event(9), event(10)], 10, { snapshot: true, moved: [{ seq: 2, fold }] }, asked);
    // 1 was not named, 4 came after the request: nobody said what happened to them since.
    expect(spans(image)).toEqual([
      [2, 3, "held"],
      [9, 10, "held"],
    ]);
    expect(image.events.get(2)?.fold).toEqual(fold);
    expect(image.events.get(3)?.fold).toBeUndefined();
    expect(image.dropSpans).toEqual([
      { from: 1, to: 1 },
      { from: 4, to: 4 },
    ]);
  });

  it("V31: where more moved than the answer says, only what it named stays", () => {
    const image = empty();
    applyLive(image, [event(1), event(2), event(3)]);
    const fold = { foldSeq: 8, reactions: [], recent: [] };
    const moved = [{ seq: 2, fold }];
    pulled(image, [event(9)], 9, { snapshot: true, moved, movedCut: true });
    expect(spans(image)).toEqual([
      [2, 2, "held"],
      [9, 9, "held"],
    ]);
  });

  it("V23: without a gap nothing is dropped: folds come by the answer or by the events themselves", () => {
    const image = empty();
    const [first, second, third] = [event(1), event(2), event(3)];
    applyLive(image, [first, second, third]);
    const key = "+";
    const reaction = related(4, REL.reaction, second, {
      rel: { kind: REL.reaction, target: second.clientId, key },
      payload: null,
    });
    const edit = related(5, REL.edit, third, { payload: null });
    const fold = {
      foldSeq: 5,
      edit: { seq: 5, at: 5, alg: "none", payload: event(7).payload ?? "" },
      reactions: [],
      recent: [],
    };
    const asked = { after: 3, held: [{ from: 3, to: 3 }] };
    pulled(image, [reaction, edit], 5, { moved: [{ seq: 3, fold }] }, asked);
    expect(spans(image)).toEqual([[1, 5, "held"]]);
    expect(image.events.get(2)?.fold?.reactions).toEqual([{ key, count: 1 }]);
    expect(image.events.get(3)).toMatchObject({ fold, payload: null });
    // An edit without its payload, of a row that the pull had not named: a gap instead of a stale text.
    pulled(image, [related(6, REL.edit, first, { payload: null })], 6, {}, { after: 5, held: [] });
    expect(spans(image)).toEqual([[2, 6, "held"]]);
  });

  it("V23: a page of an older head is brought up to the cursor by what is held in between", () => {
    const image = empty(20);
    const old = event(8);
    pulled(image, [event(9), event(10)], 10, { snapshot: true });
    applyLive(image, [related(11, REL.redact, old), related(12, REL.edit, event(7))]);
    page(image, [event(7), old], 10);
    // 8 is erased as the held event says; what 7 was edited to is not known here.
    expect(spans(image)).toEqual([[8, 12, "held"]]);
    expect(image.events.get(8)).toMatchObject({ payload: null, fold: { erased: { seq: 11 } } });
    // A page of before a gap says nothing of what happened in it.
    pulled(image, [event(19), event(20)], 20, { snapshot: true });
    page(image, [event(5)], 12);
    expect(image.events.has(5)).toBe(false);
    page(image, [event(5)], 20);
    expect(image.events.has(5)).toBe(true);
  });

  it("V31: a page of history moves no cursor, and nothing above it is taken from one", () => {
    const image = empty();
    applyLive(image, [event(1), event(2)]);
    page(image, [event(2), event(3), event(4)], 4);
    expect(image.row).toMatchObject({ cursor: 2, headSeq: 4 });
    expect(spans(image)).toEqual([[1, 2, "held"]]);
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
    const image = imageOfNew(state(), me, trusting);
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
    const image = imageOfNew(state({ headSeq: 0, last: null }), me, trusting);
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
    const image = imageOfNew(state(), me, trusting);
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
    const image = imageOfNew(state({ membershipVersion: 10, title: "New" }), me, trusting);
    applyChatState(image, state({ membershipVersion: 10, title: "New" }), 9);
    pulled(image, [event(9, { system: { kind: "title", title: "Older" } }), event(10)], 10);
    expect(image.row.title).toBe("New");
    const third = newId(AccountId);
    applyLive(image, [event(11, { system: { kind: "added", accountIds: [third] } })]);
    expect(image.members.map((member) => member.accountId)).toEqual([me, other, third]);
    expect(image.row.memberCount).toBe(3);
    applyLive(image, [event(12, { system: { kind: "removed", accountId: me } })]);
    expect(image.row.my.leftSeq).toBe(12);
  });
});
