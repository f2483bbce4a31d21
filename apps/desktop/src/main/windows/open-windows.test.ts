import { MemoryHostStore } from "@parley/client/testing/memory-ports.ts";
import { AccountId, accountKeyOf, ChatId, newId, ServerId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decideOpen, keepWindows, keptWindows, type OpenWindow } from "./open-windows.ts";
import { WindowPlaces } from "./window-places.ts";
import { USUAL_ZOOM, ZOOM_RANGE, zoomStep, zoomWithin } from "./zoom.ts";

const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
const chats = Array.from({ length: 4 }, () => ({ accountKey, chatId: newId(ChatId) }));

test("windows get the first free name, a chat one window, and there is an end", () => {
  const act = fc.oneof(
    fc.record({
      kind: fc.constant("open" as const),
      chat: fc.option(fc.constantFrom(...chats), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant("close" as const), nth: fc.nat(12) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      let open: OpenWindow[] = [];
      for (const one of acts) {
        if (one.kind === "close") {
          open = open.filter((_window, nth) => nth !== one.nth);
          continue;
        }
        const decision = decideOpen(open, one.chat);
        if (decision.act === "open") open = [...open, decision.window];
        if (decision.act === "show") expect(open.map(({ slot }) => slot)).toContain(decision.slot);
        if (decision.act === "refuse") expect(open.length).toBe(12);
      }
      expect(new Set(open.map(({ slot }) => slot)).size).toBe(open.length);
      const popped = open.flatMap(({ chat }) => (chat ? [chat.chatId] : []));
      expect(new Set(popped).size).toBe(popped.length);
    }),
  );
});

test("open windows are kept; what is damaged opens none", async () => {
  const store = new MemoryHostStore();
  const open: OpenWindow[] = [
    { slot: "extra-1", kind: "extra" },
    { slot: "chat-1", kind: "chat", chat: chats[0] },
  ];
  await keepWindows(store, open);
  expect(await keptWindows(store)).toEqual(open);
  store.entries.set("windows:open", [{ slot: "../main", kind: "extra" }]);
  expect(await keptWindows(store)).toEqual([]);
});

test("each window has a look of its own", async () => {
  const store = new MemoryHostStore();
  await new WindowPlaces(store).keepLook({ zoomPercent: 150, alwaysOnTop: true });
  expect(await new WindowPlaces(store).look()).toEqual({ zoomPercent: 150, alwaysOnTop: true });
  expect(await new WindowPlaces(store, "extra-1").look()).toEqual({
    zoomPercent: USUAL_ZOOM,
    alwaysOnTop: false,
  });
});

test("zoom goes by steps, comes back, and stays readable", () => {
  expect([zoomStep(100, "in"), zoomStep(100, "out"), zoomStep(133, "in")]).toEqual([110, 90, 150]);
  expect(zoomStep(300, "in")).toBe(300);
  expect(zoomStep(175, "reset")).toBe(USUAL_ZOOM);
  fc.assert(
    fc.property(fc.double(), (percent) => {
      const within = zoomWithin(percent);
      expect(within).toBeGreaterThanOrEqual(ZOOM_RANGE.min);
      expect(within).toBeLessThanOrEqual(ZOOM_RANGE.max);
    }),
  );
});
