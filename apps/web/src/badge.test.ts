import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { Badge } from "./badge.ts";

test("S9: the badge is the sum of all accounts, drawn when it changes, gone with the last unread", () => {
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
  badge.reported(two, 2);
  badge.reported(two, 2);
  badge.keep([two]);
  badge.reported(two, 0);
  expect(drawn).toEqual([3, 5, 2, 0]);
});
