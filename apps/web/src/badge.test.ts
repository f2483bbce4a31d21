import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { Badge } from "./badge.ts";

test("S9: the badge is the sum of all accounts, drawn once all are known and when it changes, gone with the last unread", () => {
  const drawn: number[] = [];
  const badge = new Badge({
    set: async (count) => void drawn.push(count),
    clear: async () => void drawn.push(0),
  });
  const [one, two] = [newId(AccountId), newId(AccountId)].map((id) =>
    accountKeyOf(newId(ServerId), id),
  );
  if (!one || !two) throw new Error("two accounts");
  badge.reported(one, 3);
  badge.keep([one, two]);
  expect(drawn).toEqual([]);
  badge.reported(two, 2);
  badge.reported(two, 2);
  badge.reported(one, 4);
  badge.keep([two]);
  badge.reported(one, 9);
  badge.reported(two, 0);
  badge.reported(two, 1);
  badge.keep([]);
  expect(drawn).toEqual([5, 6, 2, 0, 1, 0]);
});
