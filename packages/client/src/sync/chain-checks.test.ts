import { ChatId, newId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { Suspects } from "./chain-checks.ts";

const DAY_MS = 86_400_000;

test("V58, S7: where the clock is put back a place waits for its next try as long as it was to, not longer", () => {
  const chatId = newId(ChatId);
  const suspects = new Suspects();
  const put = DAY_MS * 2;
  suspects.note(chatId, 4, put);
  suspects.note(chatId, 4, put);
  const waitMs = suspects.dueMs(chatId, 4) - put;
  expect(waitMs).toBeGreaterThan(0);
  suspects.clampWaits(put + 1);
  expect(suspects.dueMs(chatId, 4)).toBe(put + waitMs);

  const back = put - DAY_MS;
  suspects.clampWaits(back);
  expect(suspects.dueMs(chatId, 4)).toBe(back + waitMs);
  // A later look puts it off no further.
  suspects.clampWaits(back + 1);
  expect(suspects.waiting()).toEqual([{ chatId, seq: 4, dueMs: back + waitMs }]);
});
