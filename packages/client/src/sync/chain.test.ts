import type { Event } from "@parley/protocol/event.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REFETCHES } from "./chain-checks.ts";
import { DAMAGES, eventsIn } from "./testing/damage.ts";
import { ModelWorld } from "./testing/model-world.ts";
import { faultsOf } from "./testing/reckoning.ts";
import { verifiedRun } from "./verified.ts";

/** Two people, one device each; the second one reads. */
async function world(seed = 3) {
  const made = new ModelWorld(seed, 2, 1);
  await made.start();
  const chats: ChatId[] = [];
  for (const title of ["Lighthouse", "Harbour"]) {
    const chatId = newId(ChatId);
    const accountIds = made.accounts.slice(1);
    const engine = made.device(0).writer?.engine;
    await engine?.link.request("chat:create-group", { chatId, title, accountIds });
    made.chats.push(chatId);
    chats.push(chatId);
  }
  await made.turns(6);
  const reader = made.device(1);
  const cached = async (chatId: ChatId) => {
    const read = reader.writer?.cache;
    if (read === undefined) throw new Error("no writer");
    return read.read(async (reads) => ({
      row: (await reads.chats([chatId]))[0],
      ranges: await reads.ranges(chatId),
      events: await reads.eventsBetween(chatId, 1, Number.MAX_SAFE_INTEGER),
    }));
  };
  return { made, chats, reader, cached };
}

/** What of an event the chain protects; a fold is derived from other events. */
function plain(event: Event): unknown {
  const { fold: _fold, ...rest } = event;
  return rest;
}

describe("the chain, as the cache applies it", () => {
  it("S7, S2a: an event with any field changed is never applied, and comes whole when fetched again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(DAMAGES.length - 1),
        fc.integer({ min: 2, max: 9 }),
        fc.constantFrom("live", "away"),
        async (damage, at, way) => {
          const { made, chats, reader, cached } = await world(damage * 31 + at);
          const [chatId] = chats;
          if (chatId === undefined) throw new Error("a chat");
          let left = 1;
          const sound = new Map<number, unknown>();
          reader.tamper = (data) => {
            for (const event of eventsIn(data)) {
              if (event.chatId !== chatId || event.seq !== at || left === 0) continue;
              left -= 1;
              DAMAGES[damage]?.(event);
            }
          };
          if (way === "away") reader.disconnect();
          for (let i = 0; i < 9; i++) await made.write(0, chatId);
          await made.turns(8);
          if (way === "away") reader.connect();
          for (const event of made.server.chats.get(chatId)?.events ?? []) {
            sound.set(event.seq, event.hash);
          }
          for (let i = 0; i < 12; i++) {
            await made.turns(2);
            const { events } = await cached(chatId);
            for (const { seq, hash } of events) expect(hash).toBe(sound.get(seq));
          }
          await made.settle(3);
          expect(await faultsOf(made)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  }, 180_000);

  it("S7, V45: what stays damaged is shown and marked, readable, after a few fetches; other chats go on", async () => {
    const { made, chats, reader, cached } = await world();
    const [damaged, other] = chats;
    if (damaged === undefined || other === undefined) throw new Error("two chats");
    let seen = 0;
    reader.tamper = (data) => {
      for (const event of eventsIn(data)) {
        if (event.chatId !== damaged || event.seq !== 4) continue;
        seen += 1;
        event.at += 1;
      }
    };
    for (let i = 0; i < 6; i++) await made.write(0, damaged);
    await made.write(0, other);
    await made.turns(10);
    // The other chat waits for nothing.
    expect((await cached(other)).row).toMatchObject({ cursor: 2, faults: [] });
    expect((await cached(damaged)).row?.cursor).toBe(3);
    await made.settle(4);
    const { row, ranges, events } = await cached(damaged);
    expect(seen).toBeGreaterThan(REFETCHES);
    expect(seen).toBeLessThan(REFETCHES * 4);
    expect(row?.faults).toMatchObject([{ seq: 4, fault: "hash" }]);
    expect(events.map((event) => [event.seq, event.fault ?? null])).toEqual([
      [1, null],
      [2, null],
      [3, null],
      [4, "hash"],
      [5, null],
      [6, null],
      [7, null],
    ]);
    expect(events[3]?.payload).toContain("message");
    // S7: nothing at or before the fault counts as verified together with what follows.
    expect(verifiedRun(ranges, row?.faults ?? [])).toEqual({ from: 5, to: 7 });

    // The server is mended: the next catch-up asks again, and the mark goes.
    reader.tamper = () => undefined;
    reader.disconnect();
    reader.connect();
    await made.settle(2);
    expect(await faultsOf(made)).toEqual([]);
    const mended = await cached(damaged);
    expect(verifiedRun(mended.ranges, mended.row?.faults ?? [])).toEqual({ from: 1, to: 7 });
    expect(plain(mended.events[3]!)).toEqual(
      plain({
        ...made.server.chats.get(damaged)!.events[3]!,
        foldSeq: mended.events[3]!.foldSeq,
      } as never),
    );
  });

  it("V45: an event that a server leaves out for good ends as a gap and a mark, not as a standstill", async () => {
    const { made, chats, reader, cached } = await world();
    const [chatId] = chats;
    if (chatId === undefined) throw new Error("a chat");
    const isLost = (one: unknown): boolean =>
      eventsIn(one).some((event) => event.chatId === chatId && event.seq === 3);
    const drop = (data: unknown): void => {
      if (typeof data !== "object" || data === null) return;
      const isList = Array.isArray(data);
      // The smallest list that holds it loses it: the changes of a batch, the events of an answer.
      if (isList && data.length > 0 && data.every((one: object) => "seq" in one || "kind" in one)) {
        data.splice(0, data.length, ...data.filter((one) => !isLost(one)));
      }
      for (const inner of Object.values(data)) drop(inner);
    };
    reader.tamper = drop;
    for (let i = 0; i < 5; i++) await made.write(0, chatId);
    await made.settle(4);
    const { row, ranges } = await cached(chatId);
    expect(row?.cursor).toBe(6);
    expect(ranges).toEqual([
      { from: 1, to: 2, kind: "held" },
      { from: 4, to: 6, kind: "held" },
    ]);
    expect(row?.faults).toMatchObject([{ seq: 4, fault: "previous" }]);
    reader.tamper = () => undefined;
    reader.disconnect();
    reader.connect();
    await made.settle(3);
    expect((await cached(chatId)).row?.faults).toEqual([]);
  });

  it("V46, S7: verified is the newest unbroken run: gaps, withheld ranges and marks end it", () => {
    const held = (from: number, to: number) => ({ from, to, kind: "held" as const });
    const withheld = { from: 4, to: 6, kind: "withheld" as const };
    expect(verifiedRun([], [])).toBeNull();
    expect(verifiedRun([held(1, 9)], [])).toEqual({ from: 1, to: 9 });
    expect(verifiedRun([held(1, 3), withheld, held(7, 9)], [])).toEqual({ from: 7, to: 9 });
    expect(verifiedRun([held(1, 3), held(8, 9)], [])).toEqual({ from: 8, to: 9 });
    const mark = (seq: number) => ({ seq, fault: "hash" as const, sinceMs: 1 });
    expect(verifiedRun([held(1, 9)], [mark(2), mark(5)])).toEqual({ from: 6, to: 9 });
    expect(verifiedRun([held(1, 9)], [mark(9)])).toBeNull();
  });
});
