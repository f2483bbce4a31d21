import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addressOf,
  type Click,
  isNotifiedAddress,
  readAct,
  readAddress,
  readWord,
  type WindowAnswer,
  windowToOpen,
} from "./notified.ts";

const acts = fc.option(
  fc.oneof(
    fc.constantFrom({ act: "mark-read" } as const, { act: "mute-hour" } as const),
    fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((text) => text.trim() === text)
      .map((text) => ({ act: "reply", text: text.toWellFormed() }) as const),
  ),
  { nil: undefined },
);
const clicks: fc.Arbitrary<Click> = fc
  .tuple(fc.string(), fc.string(), fc.string(), acts)
  .map(([accountKey, chatId, clientId, what]) => ({
    accountKey,
    chatId,
    clientId,
    ...(what && { what }),
  }));

describe("a clicked notification", () => {
  test("V54: arrives as it was, by word and by address", () => {
    fc.assert(
      fc.property(clicks, (click) => {
        expect(readWord({ kind: "clicked", click })).toEqual({ kind: "clicked", click });
        const { hash, search, pathname } = new URL(addressOf(click), "https://chat.example");
        expect(readAddress(hash)).toEqual(click);
        // Nothing of it reaches the server.
        expect([pathname, search]).toEqual(["/", ""]);
      }),
    );
  });

  test("E2: what else stands there is nobody's click, and nothing throws", () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (text, value) => {
        const address = `#/notified/${text}`;
        expect(isNotifiedAddress(address)).toBe(true);
        expect(readAddress(address)).toBeUndefined();
        expect(readWord(value)).toBeUndefined();
        expect(readWord({ kind: "clicked", click: value })).toBeUndefined();
      }),
    );
    expect(readAddress("#/open/chat/1")).toBeUndefined();
    expect(addressOf(undefined)).toBe("/");
  });

  test("V54: a reply without a text, or another button, is a mere click", () => {
    expect(readAct("reply", " ")).toBeUndefined();
    expect(readAct("reply", null)).toBeUndefined();
    expect(readAct("", null)).toBeUndefined();
    expect(readAct("delete-all", undefined)).toBeUndefined();
    expect(readAct("reply", " yes ")).toEqual({ act: "reply", text: "yes" });
    expect(readAct("mark-read", null)).toEqual({ act: "mark-read" });
  });
});

describe("the window for a chat", () => {
  const some = (one: Partial<WindowAnswer>): WindowAnswer => {
    return { shows: false, solo: false, focused: false, ...one };
  };

  test("one that shows it comes first, then the one with the focus, then the last used", () => {
    const [plain, focused] = [some({}), some({ focused: true })];
    const [shows, soloShows] = [some({ shows: true }), some({ shows: true, solo: true })];
    expect(windowToOpen([plain, focused, shows])).toBe(shows);
    expect(windowToOpen([plain, focused])).toBe(focused);
    expect(windowToOpen([focused, soloShows])).toBe(soloShows);
    expect(windowToOpen([plain, some({})])).toBe(plain);
  });

  test("never one for another chat alone", () => {
    const windows = fc.array(
      fc.record({ shows: fc.boolean(), solo: fc.boolean(), focused: fc.boolean() }),
    );
    fc.assert(
      fc.property(windows, (all) => {
        const chosen = windowToOpen(all);
        const fits = all.some((one) => one.shows || !one.solo);
        expect(chosen !== undefined).toBe(fits);
        if (chosen) expect(chosen.shows || !chosen.solo).toBe(true);
      }),
    );
  });
});
