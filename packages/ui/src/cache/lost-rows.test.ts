import { AccountId, newId } from "@parley/protocol/ids.ts";
import { describe, expect, it } from "vitest";
import { buildRows, seqOfRow } from "../features/timeline/build-rows.ts";
import type { EventItem, LostItem, TimelineItem } from "./read-models.ts";
import { fakeEventItem } from "./testing/fake-items.ts";
import { lostAmong, withHoles } from "./timeline-items.ts";

const NOON = Date.UTC(2026, 5, 1, 12);
const mina = newId(AccountId);

function event(seq: number, atS: number): EventItem {
  return fakeEventItem({ key: `e${seq}`, seq, atMs: NOON + atS * 1_000, senderId: mina });
}
const lost = (seq: number, atS: number): LostItem => ({
  ...event(seq, atS),
  kind: "lost",
  key: `lost${seq}`,
});

/** Seqs 1 to 3 are common; 4 and 5 were lost; the restored server gave 4 to 6 away anew. */
const EVENTS = [event(1, 1), event(2, 2), event(3, 3), event(4, 60), event(5, 61), event(6, 62)];
const LOST = [lost(5, 5), lost(4, 4)];
const CLOSED = { older: false, newer: false };
const keys = (items: readonly { key: string }[]): string[] => items.map((item) => item.key);

function timeline(): TimelineItem[] {
  const held = [{ from: 1, to: 6, kind: "held" as const }];
  return withHoles(EVENTS, lostAmong(LOST, EVENTS, CLOSED), held, { from: 1, to: 6 });
}

describe("messages that a restored server lost", () => {
  it("S6c: stand where they were written, though their seqs were given away again", () => {
    expect(keys(timeline())).toEqual(["e1", "e2", "e3", "lost4", "lost5", "e4", "e5", "e6"]);
  });

  it("S6c: the newest ones stand at the end, before a gap as after it", () => {
    const some = EVENTS.slice(0, 2);
    const held = [{ from: 1, to: 2, kind: "held" as const }];
    const items = withHoles(some, lostAmong(LOST, some, CLOSED), held, { from: 1, to: 4 });
    expect(keys(items)).toEqual(["e1", "e2", "gap:3", "lost4", "lost5"]);
  });

  it("S6c: a window shows those that belong between its rows, and none twice", () => {
    const window = EVENTS.slice(1, 4);
    const both = { older: true, newer: true };
    expect(keys(lostAmong(LOST, window, both))).toEqual(["lost4", "lost5"]);
    expect(lostAmong(LOST, EVENTS.slice(0, 3), { older: false, newer: true })).toEqual([]);
    expect(lostAmong(LOST, EVENTS.slice(3), { older: true, newer: false })).toEqual([]);
    expect(lostAmong(LOST, [], both)).toEqual([]);
  });

  it("S6c: a line before them says so; they are never read marks, and nothing new", () => {
    const rows = buildRows({
      timeline: { items: timeline(), seqsBefore: 0 },
      unreadAfterSeq: 3,
      unreadCount: 3,
      region: { locale: "en-GB", timeZone: "UTC" },
    });
    const kinds = rows.map((row) => (row.kind === "message" ? row.item.key : row.kind));
    const line = ["e3", "restored", "lost4", "lost5", "unread", "e4"];
    expect(kinds.slice(3, 9)).toEqual(line);
    expect(rows.find((row) => row.kind === "restored")).toMatchObject({ count: 2 });
    expect(rows.slice(4, 7).map(seqOfRow)).toEqual([null, null, null]);
  });
});
