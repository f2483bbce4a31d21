import { DEFAULT_ALERTS, type QuietSpan } from "@parley/protocol/bridge/alerts.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isQuiet, localTimeOf } from "./quiet-hours.ts";

const NIGHT: QuietSpan = { fromMinute: 22 * 60, toMinute: 7 * 60 };

function onDay(weekday: number, span: QuietSpan) {
  const days = DEFAULT_ALERTS.quietHours.days.map((_, day) => (day === weekday ? span : null));
  return { enabled: true, days };
}

describe("quiet hours", () => {
  test("V51: they begin on their weekday and last over midnight", () => {
    const friday = onDay(5, NIGHT);
    const at = (weekday: number, hour: number, minute = 0): boolean =>
      isQuiet(friday, { weekday, minute: hour * 60 + minute });
    expect([at(5, 21, 59), at(5, 22), at(6, 0), at(6, 6, 59), at(6, 7)]).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect([at(5, 3), at(6, 23), at(0, 3)]).toEqual([false, false, false]);
    expect(isQuiet({ ...friday, enabled: false }, { weekday: 5, minute: 1_400 })).toBe(false);
  });

  test("V51: Saturday's go on into Sunday", () => {
    expect(isQuiet(onDay(6, NIGHT), { weekday: 0, minute: 60 })).toBe(true);
  });

  test("V51: any span is quiet for as long as it says, around the week", () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    fc.assert(
      fc.property(fc.nat(6), minute, minute, (weekday, fromMinute, toMinute) => {
        const hours = onDay(weekday, { fromMinute, toMinute });
        let quiet = 0;
        for (let at = 0; at < 7 * 1_440; at++) {
          if (isQuiet(hours, { weekday: Math.floor(at / 1_440), minute: at % 1_440 })) quiet += 1;
        }
        const lasts = toMinute - fromMinute;
        expect(quiet).toBe(lasts > 0 ? lasts : lasts + 1_440);
      }),
      { numRuns: 30 },
    );
  });

  test("V51: of all weekdays together, each minute is quiet if a span that began before covers it", () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const span = fc.option(fc.record({ fromMinute: minute, toMinute: minute }), { nil: null });
    const week = fc.array(span, { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(week, (days) => {
        const covered = new Set<number>();
        days.forEach((each, weekday) => {
          if (!each) return;
          const lasts = each.toMinute - each.fromMinute;
          const end = lasts > 0 ? lasts : lasts + 1_440;
          for (let at = 0; at < end; at++) {
            covered.add((weekday * 1_440 + each.fromMinute + at) % (7 * 1_440));
          }
        });
        const wrong = Array.from({ length: 7 * 1_440 }, (_, at) => at).filter((at) => {
          const time = { weekday: Math.floor(at / 1_440), minute: at % 1_440 };
          return isQuiet({ enabled: true, days }, time) !== covered.has(at);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test("V51: through a change of the clocks, in any zone, every instant goes by what its wall clock shows", () => {
    const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
    const changes = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25"];
    const everyNight = { enabled: true, days: [0, 1, 2, 3, 4, 5, 6].map(() => NIGHT) };
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...changes),
        fc.integer({ min: -36 * 60, max: 36 * 60 }),
        (zone, day, minutes) => {
          const atMs = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000;
          const shown = new Date(atMs).toLocaleTimeString("en-GB", { timeZone: zone });
          const hour = Number(shown.slice(0, 2));
          expect(isQuiet(everyNight, localTimeOf(atMs, zone))).toBe(hour >= 22 || hour < 7);
        },
      ),
    );
  });

  test("V51: the wall clock counts, also when it is put forward or back", () => {
    const berlin = (iso: string) => localTimeOf(Date.parse(iso), "Europe/Berlin");
    // 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
    expect(berlin("2026-03-29T00:59:00Z")).toEqual({ weekday: 0, minute: 119 });
    expect(berlin("2026-03-29T01:00:00Z")).toEqual({ weekday: 0, minute: 180 });
    expect(berlin("2026-10-25T00:30:00Z")).toEqual({ weekday: 0, minute: 150 });
    expect(berlin("2026-10-25T01:30:00Z")).toEqual({ weekday: 0, minute: 150 });
    const sunday = onDay(6, NIGHT);
    expect(isQuiet(sunday, berlin("2026-03-29T04:59:00Z"))).toBe(true);
    expect(isQuiet(sunday, berlin("2026-03-29T05:00:00Z"))).toBe(false);
    expect(localTimeOf(Date.parse("2026-01-01T00:00:00Z"), "America/New_York")).toEqual({
      weekday: 3,
      minute: 19 * 60,
    });
  });
});
