import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Reports } from "./reports.ts";

const ADA = accountKeyOf(newId(ServerId), newId(AccountId));
const BEN = accountKeyOf(newId(ServerId), newId(AccountId));

function watched(): { reports: Reports; told: number[] } {
  const told: number[] = [];
  return { reports: new Reports(({ unread }) => told.push(unread)), told };
}

test("V28: what a window says holds, also where it says it only after the host has stepped back", () => {
  const { reports, told } = watched();
  reports.count(ADA, { unread: 3, mentions: 1 });
  reports.count(ADA, undefined);
  expect(reports.total).toMatchObject({ unread: 3, mentions: 1 });
  reports.set(ADA, { unread: 6, mentions: 0, waiting: 2 });
  expect(reports.total).toEqual({ unread: 6, mentions: 0, waiting: 2 });
  expect(told.at(-1)).toBe(6);
});

test("V28: the host's numbers hold again once no window counts, and what waits stays as it was told", () => {
  const { reports } = watched();
  reports.set(ADA, { unread: 6, mentions: 0, waiting: 2 });
  reports.count(ADA, { unread: 7, mentions: 1 });
  expect(reports.total).toEqual({ unread: 7, mentions: 1, waiting: 2 });
  reports.count(ADA, undefined);
  expect(reports.total).toEqual({ unread: 6, mentions: 0, waiting: 2 });
});

test("S9: accounts are added up; one that is gone counts no more", () => {
  const { reports, told } = watched();
  reports.set(ADA, { unread: 6, mentions: 2, waiting: 0 });
  reports.count(BEN, { unread: 3, mentions: 1 });
  expect(reports.total).toEqual({ unread: 9, mentions: 3, waiting: 0 });
  reports.set(ADA, undefined);
  reports.set(ADA, undefined);
  expect(reports.total).toEqual({ unread: 3, mentions: 1, waiting: 0 });
  expect(told).toEqual([6, 9, 3]);
});

test("V28: whatever comes first, the side that holds is shown if it has said anything, else the other", () => {
  const unread = fc.nat(99);
  const step = fc.oneof(
    fc.record({ by: fc.constant("window" as const), unread }),
    fc.record({ by: fc.constant("host" as const), unread }),
    fc.constant({ by: "host steps back" as const, unread: 0 }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { reports, told } = watched();
      for (const { by, unread: counted } of steps) {
        if (by === "window") reports.set(ADA, { unread: counted, mentions: 0, waiting: 0 });
        else reports.count(ADA, by === "host" ? { unread: counted, mentions: 0 } : undefined);
      }
      const ofWindow = steps.findLast(({ by }) => by === "window")?.unread;
      const ofHost = steps.findLast(({ by }) => by === "host")?.unread;
      const hasHostTheWord = steps.findLast(({ by }) => by !== "window")?.by === "host";
      const wanted = hasHostTheWord ? ofHost : (ofWindow ?? ofHost);
      expect(reports.total.unread).toBe(wanted ?? 0);
      // Whoever shows the numbers hears of each that differs from the one before.
      expect(told.at(-1) ?? 0).toBe(wanted ?? 0);
    }),
  );
});
