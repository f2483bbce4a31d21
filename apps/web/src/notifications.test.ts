import fc from "fast-check";
import { expect, test } from "vitest";
import { actionsOf } from "./notifications.ts";

const named = (can: Parameters<typeof actionsOf>[0]): string[] =>
  actionsOf(can).map(({ action }) => action);

test("V54: a notification has the buttons that the browser shows, and a reply where it takes one", () => {
  expect(named({ reply: false, count: 0 })).toEqual([]);
  expect(named({ reply: true, count: 0 })).toEqual([]);
  expect(named({ reply: false, count: 2 })).toEqual(["mark-read", "mute-hour"]);
  expect(named({ reply: true, count: 2 })).toEqual(["mark-read", "reply"]);
  expect(named({ reply: true, count: 3 })).toEqual(["mark-read", "mute-hour", "reply"]);
  fc.assert(
    fc.property(fc.boolean(), fc.nat(6), (reply, count) => {
      const actions = named({ reply, count });
      expect(actions).toHaveLength(Math.min(count, reply ? 3 : 2));
      // What stands after a reply would be taken for another button.
      if (actions.includes("reply")) expect(actions.at(-1)).toBe("reply");
    }),
  );
});
