import { DataEpoch, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type HealedSpan, sinceAfter, spansLeft } from "./catch-up.ts";
import type { CacheMeta } from "./model.ts";

const dataEpoch = newId(DataEpoch);
const epochs = fc.constantFrom(dataEpoch, newId(DataEpoch));
const spans: fc.Arbitrary<HealedSpan> = fc
  .record({ dataEpoch: epochs, since: fc.nat(40), more: fc.nat(9) })
  .map(({ more, ...span }) => ({ ...span, watermark: span.since + more }));

test("S6: letting go of heals that `since` has passed changes nothing of where it moves, and few are kept", () => {
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 30 }), (told) => {
      const all: HealedSpan[] = [];
      let kept: HealedSpan[] = [];
      let whole: CacheMeta = { dataEpoch, since: 0 };
      let lean: CacheMeta = { dataEpoch, since: 0 };
      for (const span of told) {
        all.push(span);
        whole = { ...whole, ...sinceAfter(whole, all) };
        kept.push(span);
        lean = { ...lean, ...sinceAfter(lean, kept) };
        kept = spansLeft(lean, kept);
        expect(lean).toEqual(whole);
      }
      expect(kept.every((one) => one.dataEpoch !== dataEpoch || one.watermark > lean.since)).toBe(
        true,
      );
    }),
  );
});

test("S6: a connection that is healed for weeks keeps no heap of heals", () => {
  let now: CacheMeta = { dataEpoch, since: 0 };
  let kept: HealedSpan[] = [];
  for (let since = 0; since < 1_000; since += 1) {
    kept.push({ dataEpoch, since, watermark: since + 1 });
    now = { ...now, ...sinceAfter(now, kept) };
    kept = spansLeft(now, kept);
    expect(kept).toEqual([]);
  }
  expect(now.since).toBe(1_000);
});
