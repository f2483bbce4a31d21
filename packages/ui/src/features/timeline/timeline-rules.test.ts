import { AccountId, ClientId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EntryItem, EventItem, TimelineItem } from "../../cache/read-models.ts";
import { fakeEventItem } from "../../cache/testing/fake-items.ts";
import { buildRows, GROUP_MS, type TimelineRow } from "./build-rows.ts";
import { isAtEnd, listChange } from "./keep-place.ts";
import { countLines, foldedText, isEmojiOnly, textParts } from "./message-text.ts";
import {
  grownBefore,
  MOST_ROWS,
  NEWEST_WINDOW,
  pinned,
  trimmedAfter,
  windowAround,
} from "./window-rules.ts";

const region = { locale: "en-GB", timeZone: "UTC" };
const mina = newId(AccountId);
const me = newId(AccountId);
const NOON = Date.UTC(2026, 5, 1, 12);

function event(seq: number, part: Partial<EventItem> = {}): EventItem {
  const mine = part.senderId === me;
  const atMs = NOON + seq * 1_000;
  return fakeEventItem({ key: `e${seq}`, seq, atMs, senderId: mina, mine, ...part });
}

function rows(
  items: TimelineItem[],
  part: { seqsBefore?: number; unreadAfterSeq?: number | null; unreadCount?: number } = {},
): TimelineRow[] {
  return buildRows({
    timeline: { items, seqsBefore: part.seqsBefore ?? 0 },
    unreadAfterSeq: part.unreadAfterSeq ?? null,
    unreadCount: part.unreadCount ?? 0,
    region,
  });
}

const firsts = (list: TimelineRow[]): boolean[] =>
  list.flatMap((row) => (row.kind === "message" ? [row.first] : []));
const kinds = (list: TimelineRow[]): string[] => list.map((row) => row.kind);

describe("rows of a timeline", () => {
  test("bubbles of one sender within five minutes stand together", () => {
    const list = rows([
      event(1, { atMs: NOON }),
      event(2, { atMs: NOON + GROUP_MS }),
      event(3, { atMs: NOON + 2 * GROUP_MS + 1 }),
      event(4, { senderId: me, atMs: NOON + 2 * GROUP_MS + 2 }),
    ]);
    expect(firsts(list)).toEqual([true, false, true, true]);
  });

  test("a day divider stands before the first message of each day, by the reader's zone", () => {
    const late = Date.UTC(2026, 5, 1, 23, 30);
    const items = [event(1, { atMs: late }), event(2, { atMs: late + 3_600_000 })];
    expect(kinds(rows(items))).toEqual(["day", "message", "day", "message"]);
    const tokyo = buildRows({
      timeline: { items, seqsBefore: 0 },
      unreadAfterSeq: null,
      unreadCount: 0,
      region: { locale: "en", timeZone: "Asia/Tokyo" },
    });
    expect(kinds(tokyo)).toEqual(["day", "message", "message"]);
  });

  test("the divider of new messages stands before the first one of someone else, once", () => {
    const items = [event(1), event(2, { senderId: me, mine: true }), event(3), event(4)];
    const list = rows(items, { unreadAfterSeq: 1, unreadCount: 2 });
    expect(kinds(list)).toEqual(["day", "message", "message", "unread", "message", "message"]);
    expect(kinds(rows(items, { unreadAfterSeq: 4, unreadCount: 0 }))).not.toContain("unread");
  });

  test("system lines, gaps and withheld ranges break groups and are shown", () => {
    const items: TimelineItem[] = [
      event(1),
      event(2, { system: { kind: "title", title: "x" }, content: null }),
      event(3),
      { kind: "gap", key: "g", from: 4, to: 9 },
      { kind: "withheld", key: "w", from: 10, to: 12 },
      event(13),
    ];
    expect(kinds(rows(items))).toEqual([
      "day",
      "message",
      "system",
      "message",
      "gap",
      "withheld",
      "message",
    ]);
    expect(firsts(rows(items))).toEqual([true, true, true]);
  });

  test("reactions and edits are no bubbles of their own, replies are", () => {
    const rel = (kind: string): EventItem["rel"] => ({ kind, target: newId(ClientId), seq: 1 });
    const list = rows([
      event(1),
      event(2, { rel: rel("reaction") }),
      event(3, { rel: rel("edit") }),
      event(4, { rel: rel("reply") }),
    ]);
    expect(list.flatMap((row) => (row.kind === "message" ? [row.key] : []))).toEqual(["e1", "e4"]);
  });

  test("an entry keeps its key when it becomes an event", () => {
    const clientId = newId(ClientId);
    const entry: EntryItem = {
      kind: "entry",
      key: clientId,
      clientId,
      seq: null,
      atMs: NOON,
      senderId: me,
      mine: true,
      state: "sending",
      error: null,
      content: { type: "unknown" },
      waiting: null,
      rel: null,
      mentions: [],
      editedAtMs: null,
      reactions: [],
      pending: [],
    };
    expect(rows([entry]).at(-1)?.key).toBe(
      rows([event(1, { key: clientId, clientId })]).at(-1)?.key,
    );
  });

  test("loading older items never changes a row that is drawn already", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            mine: fc.boolean(),
            gapMs: fc.integer({ min: 0, max: 40 * 60_000 }),
            system: fc.boolean(),
          }),
          { minLength: 4, maxLength: 60 },
        ),
        fc.nat(),
        (steps, cutSeed) => {
          let atMs = NOON;
          const all = steps.map((step, index) => {
            atMs += step.gapMs;
            return event(index + 1, {
              atMs,
              senderId: step.mine ? me : mina,
              mine: step.mine,
              ...(step.system && { system: { kind: "title" as const, title: "t" } }),
            });
          });
          const cut = 1 + (cutSeed % (all.length - 2));
          const drawn = rows(all.slice(cut), { seqsBefore: cut });
          const later = rows(all);
          expect(later.slice(later.length - drawn.length)).toEqual(drawn);
        },
      ),
    );
  });
});

describe("keeping one's place", () => {
  const keyed = (...keys: string[]): { key: string }[] => keys.map((key) => ({ key }));

  test("what changes around the row that is looked at decides how it is kept", () => {
    expect(listChange(keyed("a", "b"), keyed("a", "b", "c"), "a")).toBe("below");
    expect(listChange(keyed("b", "c"), keyed("a", "b", "c"), "b")).toBe("above");
    expect(listChange(keyed("b", "c"), keyed("a", "b", "c", "d"), "b")).toBe("around");
    expect(listChange(keyed("b", "c"), keyed("x", "y"), "b")).toBe("lost");
    expect(listChange([], keyed("x"), null)).toBe("below");
  });

  test("the end is reached within a few pixels", () => {
    expect(isAtEnd(500, 400, 900)).toBe(true);
    expect(isAtEnd(400, 400, 900)).toBe(false);
  });

  test("a window opened at the newest is pinned to its first row, so that new messages only add", () => {
    const timeline = {
      chatId: "c" as never,
      items: [event(41), event(42)],
      seqsBefore: 40,
      seqsAfter: 0,
      cachedBefore: true,
      cachedAfter: false,
      headSeq: 42,
    };
    const fixed = pinned(NEWEST_WINDOW, timeline);
    expect(fixed).toMatchObject({ anchor: { seq: 41 }, before: 0 });
    expect(pinned(fixed, timeline)).toBe(fixed);
  });

  test("what is far away is let go only once the window is large", () => {
    const window = windowAround(500);
    expect(trimmedAfter(window, 100, 100, 300)).toBe(window);
    expect(trimmedAfter(grownBefore(window), 300, MOST_ROWS, 300)).toMatchObject({
      anchor: { seq: 300 },
      before: 300,
    });
  });
});

describe("text of a message", () => {
  test("links are http and https only, with what belongs to them", () => {
    const links = (text: string): string[] =>
      textParts(text).flatMap((part) => (part.kind === "link" ? [part.text] : []));
    expect(links("see https://example.org/a_(b), or (http://x.example/y).")).toEqual([
      "https://example.org/a_(b)",
      "http://x.example/y",
    ]);
    expect(links("javascript:alert(1) data:text/html,x ftp://a/b file:///etc")).toEqual([]);
    expect(links("http:// https://")).toEqual([]);
    expect(links("HTTPS://EXAMPLE.ORG!")).toEqual(["HTTPS://EXAMPLE.ORG"]);
  });

  test("cutting a text into parts changes no character of it", () => {
    const nasty = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("https://a.b/(", "http://[::1]/x)", "\u202E", "\r\n", "\u0000", "<b>"),
    );
    fc.assert(
      fc.property(fc.array(nasty), (pieces) => {
        const text = pieces.join("");
        expect(
          textParts(text)
            .map((part) => part.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });

  test("only very long texts are folded, at a character's border, and what shows is their beginning", () => {
    expect(foldedText("x".repeat(5_000))).toBeNull();
    expect(foldedText("line\n".repeat(60))).not.toBeNull();
    const long = "\u{1F600}".repeat(4_000);
    const shown = foldedText(`a${long}`);
    expect(shown?.isWellFormed()).toBe(true);
    expect(`a${long}`.startsWith(shown ?? "-")).toBe(true);
    expect(countLines(foldedText("l\n".repeat(3_000)) ?? "")).toBeLessThan(30);
  });

  test("a few emoji alone are drawn larger", () => {
    expect(isEmojiOnly("👨‍👩‍👧‍👦 👩🏽‍🚀")).toBe(true);
    expect(isEmojiOnly("🎉".repeat(7))).toBe(false);
    expect(isEmojiOnly("ok 👍")).toBe(false);
    expect(isEmojiOnly("123")).toBe(false);
    expect(isEmojiOnly("   ")).toBe(false);
  });
});
