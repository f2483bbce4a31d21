import fc from "fast-check";
import { expect, test } from "vitest";
import { AccountId, newId } from "./ids.ts";
import { mergeMarks, MESSAGE_STATES, minimumOverOthers, stateOfSent } from "./receipts.ts";

const marks = fc.record({ deliveredSeq: fc.nat(50), readSeq: fc.nat(50) });
const me = newId(AccountId);

test("S8: marks only grow, in whatever order and however often they are merged", () => {
  fc.assert(
    fc.property(fc.array(marks, { minLength: 1 }), fc.array(fc.nat()), (list, order) => {
      const start = { deliveredSeq: 0, readSeq: 0 };
      const merged = list.reduce(mergeMarks, start);
      const shuffled = order.map((n) => list[n % list.length] ?? start);
      expect([...shuffled, ...list.toReversed()].reduce(mergeMarks, start)).toEqual(merged);
      expect(merged.deliveredSeq).toBeGreaterThanOrEqual(merged.readSeq);
    }),
  );
});

test("S8: a group's tick means all current members but the sender", () => {
  fc.assert(
    fc.property(
      fc.array(marks, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 50 }),
      (all, seq) => {
        const members = all.map((mark) => ({
          accountId: newId(AccountId),
          ...mergeMarks(mark, mark),
        }));
        const own = { accountId: me, deliveredSeq: 0, readSeq: 0 };
        const state = stateOfSent(seq, minimumOverOthers([own, ...members], me));
        const everyoneRead = members.every((member) => member.readSeq >= seq);
        const everyoneHas = members.every((member) => member.deliveredSeq >= seq);
        expect(state).toBe(everyoneRead ? "read" : everyoneHas ? "delivered" : "sent");
      },
    ),
  );
});

test("S8: with nobody else in the chat a message stays sent", () => {
  expect(
    stateOfSent(1, minimumOverOthers([{ accountId: me, deliveredSeq: 9, readSeq: 9 }], me)),
  ).toBe("sent");
});

test("S11: a message's state never goes back while marks grow", () => {
  fc.assert(
    fc.property(marks, marks, fc.integer({ min: 1, max: 50 }), (before, more, seq) => {
      const was = MESSAGE_STATES.indexOf(stateOfSent(seq, mergeMarks(before, before)));
      expect(
        MESSAGE_STATES.indexOf(stateOfSent(seq, mergeMarks(before, more))),
      ).toBeGreaterThanOrEqual(was);
    }),
  );
});
