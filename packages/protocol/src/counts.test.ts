import fc from "fast-check";
import { expect, test } from "vitest";
import { addToCounts, countsAsUnread } from "./counts.ts";
import { REL } from "./event.ts";
import { AccountId, ClientId, newId } from "./ids.ts";

const me = newId(AccountId);
const other = newId(AccountId);
const target = newId(ClientId);
const none = { unread: 0, mentions: 0, countedThroughSeq: 0 };

test("S9: messages and replies of others count; own, system and rel events do not", () => {
  const events = [
    { seq: 1, senderId: other },
    { seq: 2, senderId: me },
    { seq: 3, senderId: other, system: { kind: "title", title: "x" } as const },
    { seq: 4, senderId: other, rel: { kind: REL.reply, target }, mentions: [me] },
    { seq: 5, senderId: other, rel: { kind: REL.edit, target } },
    { seq: 6, senderId: other, rel: { kind: REL.reaction, target, key: "👍" } },
  ];
  expect(addToCounts(none, events, me)).toEqual({ unread: 2, mentions: 1, countedThroughSeq: 6 });
});

test("S9: an erased message does not count", () => {
  const erased = { seq: 3, at: 1, by: other };
  const event = {
    seq: 1,
    senderId: other,
    fold: { foldSeq: 3, erased, reactions: [], recent: [] },
  };
  expect(countsAsUnread(event, me)).toBe(false);
});

test("S9: however a stream is cut, overlapped or shuffled within a step, the numbers are the same", () => {
  const stream = fc.array(fc.record({ mine: fc.boolean(), mentioned: fc.boolean() }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(stream, fc.array(fc.nat(40), { maxLength: 5 }), (kinds, cuts) => {
      const events = kinds.map((kind, index) => ({
        seq: index + 1,
        senderId: kind.mine ? me : other,
        ...(kind.mentioned && { mentions: [me] }),
      }));
      const whole = addToCounts(none, events, me);
      let stepped = none;
      for (const cut of [...cuts].sort((a, b) => a - b)) {
        stepped = addToCounts(stepped, events.slice(0, cut).reverse(), me);
      }
      expect(addToCounts(stepped, [...events, ...events], me)).toEqual(whole);
    }),
  );
});
