import { describe, expect, test } from "vitest";
import { isOwnFocusMove, needsSendCheck, SEND_GUARD_MS } from "./send-guard.ts";

describe("mis-send guard", () => {
  test("asks within a second after the focus moved by itself, not later and not elsewhere", () => {
    const move = { paneId: "pane-2", atMs: 1_000, byUser: false };
    expect(needsSendCheck(move, "pane-2", 1_000 + SEND_GUARD_MS - 1)).toBe(true);
    expect(needsSendCheck(move, "pane-2", 1_000 + SEND_GUARD_MS)).toBe(false);
    expect(needsSendCheck(move, "pane-1", 1_001)).toBe(false);
  });

  test("never asks after the user's own click or key", () => {
    expect(needsSendCheck({ paneId: "pane-2", atMs: 1_000, byUser: true }, "pane-2", 1_001)).toBe(
      false,
    );
    expect(needsSendCheck(null, "pane-2", 1_001)).toBe(false);
  });

  test("a press inside the pane and the keys that move the focus are the user's own; typing is not", () => {
    const inside = (target: unknown): boolean => target === "in";
    expect(isOwnFocusMove({ kind: "pointer", target: "in", atMs: 0 }, inside, 50)).toBe(true);
    expect(isOwnFocusMove({ kind: "pointer", target: "out", atMs: 0 }, inside, 50)).toBe(false);
    expect(isOwnFocusMove({ kind: "key", key: "Tab", atMs: 0 }, inside, 50)).toBe(true);
    expect(isOwnFocusMove({ kind: "key", key: "h", atMs: 0 }, inside, 50)).toBe(false);
    expect(isOwnFocusMove({ kind: "key", key: "Tab", atMs: 0 }, inside, 5_000)).toBe(false);
    expect(isOwnFocusMove(null, inside, 0)).toBe(false);
  });
});
