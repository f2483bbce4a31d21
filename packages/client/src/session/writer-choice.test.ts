import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseWriter } from "./writer-choice.ts";

const windows = fc.uniqueArray(
  fc.record({
    windowId: fc.uuid(),
    responsive: fc.boolean(),
    visible: fc.boolean(),
    order: fc.nat(),
  }),
  { selector: (one) => one.windowId, maxLength: 8 },
);

test("S20: there is a writer exactly if there is a window, and one that answers if any does", () => {
  fc.assert(
    fc.property(windows, fc.option(fc.uuid(), { nil: undefined }), (candidates, current) => {
      const chosen = candidates.find((one) => one.windowId === chooseWriter(candidates, current));
      expect(chosen !== undefined).toBe(candidates.length > 0);
      expect(chosen?.responsive ?? false).toBe(candidates.some((one) => one.responsive));
    }),
  );
});

test("S20: a writer that answers keeps the role, whoever else comes", () => {
  fc.assert(
    fc.property(windows, fc.nat(), (candidates, index) => {
      const current = candidates[index % Math.max(1, candidates.length)];
      const chosen = chooseWriter(candidates, current?.windowId);
      expect(chosen === current?.windowId || !current?.responsive).toBe(true);
    }),
  );
});

test("S20: a visible window is taken before an older hidden one", () => {
  const hidden = { windowId: "hidden", responsive: true, visible: false, order: 1 };
  const visible = { windowId: "visible", responsive: true, visible: true, order: 2 };
  expect(chooseWriter([hidden, visible], undefined)).toBe("visible");
  expect(chooseWriter([hidden, { ...visible, responsive: false }], "visible")).toBe("hidden");
});
