import { ChatId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  focusedPane,
  MAX_PANES,
  MIN_PANE_PX,
  NO_PANES,
  openChatIds,
  type PaneAction,
  type PaneLayout,
  panesReducer,
  visiblePanes,
} from "./panes.ts";

const chats = Array.from({ length: 8 }, () => newId(ChatId));
const [a, b, c] = [chats[0]!, chats[1]!, chats[2]!];

function run(...actions: PaneAction[]): PaneLayout {
  return actions.reduce(panesReducer, NO_PANES);
}

describe("panes", () => {
  test("a chat opens in the focused pane, and beside on demand", () => {
    const layout = run(
      { kind: "open", chatId: a },
      { kind: "open", chatId: b },
      { kind: "open-beside", chatId: c },
    );
    expect(openChatIds(layout)).toEqual([b, c]);
    expect(focusedPane(layout)?.chatId).toBe(c);
  });

  test("a chat that is open already gets the focus instead of a second pane", () => {
    const layout = run(
      { kind: "open", chatId: a },
      { kind: "open-beside", chatId: b },
      { kind: "open", chatId: a },
    );
    expect(openChatIds(layout)).toEqual([a, b]);
    expect(focusedPane(layout)?.chatId).toBe(a);
  });

  test("an empty pane made by a split is filled by the next chat", () => {
    const layout = run(
      { kind: "open", chatId: a },
      { kind: "split" },
      { kind: "open-beside", chatId: b },
    );
    expect(openChatIds(layout)).toEqual([a, b]);
  });

  test("a fifth chat beside replaces a neighbour, never the one in focus", () => {
    const layout = run(
      ...chats.slice(0, 4).map((chatId): PaneAction => ({ kind: "open-beside", chatId })),
      { kind: "open-beside", chatId: chats[4]! },
    );
    expect(layout.panes).toHaveLength(MAX_PANES);
    expect(openChatIds(layout)).toContain(chats[3]);
    expect(openChatIds(layout)).toContain(chats[4]);
  });

  test("closing the focused pane focuses its neighbour", () => {
    const layout = run({ kind: "open", chatId: a }, { kind: "open-beside", chatId: b });
    const closed = panesReducer(layout, { kind: "close", paneId: focusedPane(layout)!.paneId });
    expect(focusedPane(closed)?.chatId).toBe(a);
  });

  test("on a narrow window the focused pane stays in view", () => {
    const layout = run(
      ...chats.slice(0, 4).map((chatId): PaneAction => ({ kind: "open-beside", chatId })),
    );
    for (let focused = 0; focused < 4; focused++) {
      const shown = visiblePanes({ ...layout, focused }, MIN_PANE_PX * 2);
      expect(shown).toHaveLength(2);
      expect(shown).toContain(layout.panes[focused]);
    }
    expect(visiblePanes(layout, 10)).toHaveLength(1);
  });

  const action: fc.Arbitrary<PaneAction> = fc.oneof(
    fc.record({ kind: fc.constantFrom("open", "open-beside"), chatId: fc.constantFrom(...chats) }),
    fc.constant<PaneAction>({ kind: "split" }),
    fc.record({
      kind: fc.constantFrom("close", "focus", "even"),
      paneId: fc.constantFrom("pane-1", "pane-2", "pane-3", "pane-4", "gone"),
    }),
    fc.record({
      kind: fc.constant("focus-next" as const),
      step: fc.constantFrom(1 as const, -1 as const),
    }),
    fc.record({
      kind: fc.constant("resize" as const),
      paneId: fc.constantFrom("pane-1", "pane-2", "pane-3"),
      byShare: fc.double({ min: -2, max: 2, noNaN: true }),
    }),
  );

  test("any program keeps the layout whole: at most four panes, each chat once, the focus inside, widths positive", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (program) => {
        const layout = program.reduce(panesReducer, NO_PANES);
        const open = openChatIds(layout);
        expect(layout.panes.length).toBeLessThanOrEqual(MAX_PANES);
        expect(new Set(open).size).toBe(open.length);
        expect(new Set(layout.panes.map((pane) => pane.paneId)).size).toBe(layout.panes.length);
        expect(layout.focused).toBeLessThan(Math.max(1, layout.panes.length));
        expect(layout.focused).toBeGreaterThanOrEqual(0);
        for (const pane of layout.panes) expect(pane.weight).toBeGreaterThan(0);
      }),
    );
  });

  test("resizing moves one border only: the two panes keep their common width", () => {
    const layout = run(
      ...chats.slice(0, 3).map((chatId): PaneAction => ({ kind: "open-beside", chatId })),
    );
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (byShare) => {
        const after = panesReducer(layout, {
          kind: "resize",
          paneId: layout.panes[0]!.paneId,
          byShare,
        });
        const sum = (panes: PaneLayout["panes"]): number => panes[0]!.weight + panes[1]!.weight;
        expect(sum(after.panes)).toBeCloseTo(sum(layout.panes), 9);
        expect(after.panes[2]).toEqual(layout.panes[2]);
      }),
    );
  });
});
