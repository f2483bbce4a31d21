import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { MemoryLog } from "../testing/memory-ports.ts";
import { type Mark, ReceiptBatcher } from "./receipt-batcher.ts";
import { patienceMs } from "./receipt-patience.ts";

const chats = Array.from({ length: 6 }, () => newId(ChatId));
const [chat, other] = chats as [ChatId, ChatId];

type Answer = (marks: Mark[]) => Promise<Result<unknown>> | Result<unknown>;

function setUp(answer: Answer = () => success({})) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const sent: { atMs: number; marks: Mark[] }[] = [];
  const batcher = new ReceiptBatcher({
    clock,
    log,
    send: async (marks) => {
      sent.push({ atMs: clock.nowMs(), marks });
      return answer(marks);
    },
  });
  batcher.setUp(true);
  return { clock, log, sent, batcher };
}

describe("receipts", () => {
  test("S8: marks of all windows go as one batch, the highest of each chat", async () => {
    const { clock, sent, batcher } = setUp();
    batcher.add([{ chatId: chat, deliveredSeq: 5 }]);
    batcher.add([
      { chatId: chat, deliveredSeq: 4, readSeq: 3 },
      { chatId: other, readSeq: 1 },
    ]);
    await clock.advance(1);
    expect(sent.map((one) => one.marks)).toEqual([
      [
        { chatId: chat, deliveredSeq: 5, readSeq: 3 },
        { chatId: other, readSeq: 1 },
      ],
    ]);
  });

  test("S8: marks whose sending failed unexpectedly are sent again, and later ones too", async () => {
    let isBroken = true;
    const { clock, sent, batcher } = setUp(() =>
      isBroken ? Promise.reject(new Error("a window is gone")) : success({}),
    );
    batcher.add([{ chatId: chat, deliveredSeq: 5 }]);
    await clock.advance(1);
    isBroken = false;
    batcher.add([{ chatId: other, readSeq: 1 }]);
    await clock.advance(3_000);
    expect(sent.at(-1)?.marks).toEqual([
      { chatId: chat, deliveredSeq: 5 },
      { chatId: other, readSeq: 1 },
    ]);
  });

  test("S6c: a mark past the head is of another epoch: it goes, the others arrive", async () => {
    const { clock, sent, batcher } = setUp((marks) =>
      marks.some((mark) => mark.chatId === chat)
        ? failure("epoch_changed", "past the head")
        : success({}),
    );
    batcher.add(chats.map((chatId) => ({ chatId, readSeq: 9 })));
    await clock.advance(10_000);
    const arrived = sent.flatMap(({ marks }) =>
      marks.some((mark) => mark.chatId === chat) ? [] : marks.map((mark) => mark.chatId),
    );
    expect(new Set(arrived)).toEqual(new Set(chats.slice(1)));
    const before = sent.length;
    await clock.advance(60_000);
    expect(sent).toHaveLength(before);
  });

  test("S8: at most four batches a second, however often marks move", async () => {
    const { clock, sent, batcher } = setUp();
    for (let seq = 1; seq <= 1_000; seq++) {
      batcher.add([{ chatId: chat, readSeq: seq }]);
      await clock.advance(10);
    }
    await clock.advance(1_000);
    const perSecond = Map.groupBy(sent, (one) => Math.floor(one.atMs / 1_000));
    for (const batches of perSecond.values()) {
      expect(batches.length).toBeLessThanOrEqual(LIMITS.receiptBatchesPerSecond);
    }
    expect(sent.at(-1)?.marks).toEqual([{ chatId: chat, readSeq: 1_000 }]);
  });

  test("S8: a mark is kept until it is acknowledged, over lost connections", async () => {
    let isUp = false;
    const { clock, sent, batcher } = setUp(() => (isUp ? success({}) : failure("timeout", "lost")));
    batcher.add([{ chatId: chat, readSeq: 7 }]);
    await clock.advance(5_000);
    batcher.setUp(false);
    await clock.advance(60_000);
    const before = sent.length;
    isUp = true;
    batcher.setUp(true);
    await clock.advance(5_000);
    expect(sent.length).toBe(before + 1);
    expect(sent.at(-1)?.marks).toEqual([{ chatId: chat, readSeq: 7 }]);
    await clock.advance(60_000);
    expect(sent.length).toBe(before + 1);
  });

  test("a mark that moves while its batch is on its way is sent again", async () => {
    const { promise, resolve } = Promise.withResolvers<Result<unknown>>();
    let first = true;
    const { clock, sent, batcher } = setUp(() => {
      if (!first) return success({});
      first = false;
      return promise;
    });
    batcher.add([{ chatId: chat, readSeq: 1 }]);
    await clock.advance(1);
    batcher.add([{ chatId: chat, readSeq: 2 }]);
    await clock.advance(1_000);
    expect(sent).toHaveLength(1);
    resolve(success({}));
    await clock.advance(1_000);
    expect(sent.at(-1)?.marks).toEqual([{ chatId: chat, readSeq: 2 }]);
  });

  test("S11: a mark that the server refuses for good does not hold up the others", async () => {
    const accepted = new Set<ChatId>();
    const { clock, sent, batcher } = setUp((marks) => {
      if (marks.some((mark) => mark.chatId === other)) return failure("chat_not_found", "none");
      for (const mark of marks) accepted.add(mark.chatId);
      return success({});
    });
    batcher.add(chats.map((chatId) => ({ chatId, readSeq: 1 })));
    await clock.advance(20_000);
    expect([...accepted].toSorted()).toEqual(chats.filter((one) => one !== other).toSorted());
    const after = sent.length;
    await clock.advance(60_000);
    expect(sent.length).toBe(after);
    expect(clock.timerCount).toBe(0);
  });

  test("S8: whatever is lost on the way, the server ends with the highest mark of each chat", async () => {
    const step = fc.oneof(
      fc.record({
        chatId: fc.constantFrom(...chats),
        deliveredSeq: fc.option(fc.nat({ max: 50 }), { nil: undefined }),
        readSeq: fc.option(fc.nat({ max: 50 }), { nil: undefined }),
      }),
      fc.constantFrom("down", "up", "lossy", "fine"),
      fc.nat({ max: 2_000 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const server = new Map<ChatId, { deliveredSeq: number; readSeq: number }>();
        let isLossy = false;
        const take = (marks: Mark[]): Result<unknown> => {
          for (const mark of marks) {
            const at = server.get(mark.chatId) ?? { deliveredSeq: 0, readSeq: 0 };
            server.set(mark.chatId, {
              deliveredSeq: Math.max(at.deliveredSeq, mark.deliveredSeq ?? 0),
              readSeq: Math.max(at.readSeq, mark.readSeq ?? 0),
            });
          }
          return success({});
        };
        const { clock, batcher } = setUp((marks) =>
          isLossy ? failure("offline", "lost") : take(marks),
        );
        const wanted = new Map<ChatId, { deliveredSeq: number; readSeq: number }>();
        for (const one of steps) {
          if (typeof one === "number") await clock.advance(one);
          else if (one === "down" || one === "up") batcher.setUp(one === "up");
          else if (typeof one === "string") isLossy = one === "lossy";
          else {
            batcher.add([one]);
            const at = wanted.get(one.chatId) ?? { deliveredSeq: 0, readSeq: 0 };
            wanted.set(one.chatId, {
              deliveredSeq: Math.max(at.deliveredSeq, one.deliveredSeq ?? 0),
              readSeq: Math.max(at.readSeq, one.readSeq ?? 0),
            });
          }
        }
        isLossy = false;
        batcher.setUp(true);
        await clock.advance(10_000);
        for (const [chatId, marks] of wanted) expect(server.get(chatId)).toEqual(marks);
        batcher.stop();
        expect(clock.timerCount).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe("patience with large groups", () => {
  const patient = (waitMs: (mark: Mark) => number) => {
    const clock = new FakeClock();
    const sent: { atMs: number; marks: Mark[] }[] = [];
    const batcher = new ReceiptBatcher({
      clock,
      log: new MemoryLog(),
      patienceMs: waitMs,
      send: async (marks) => {
        sent.push({ atMs: clock.nowMs(), marks });
        return success({});
      },
    });
    batcher.setUp(true);
    const startMs = clock.nowMs();
    return { clock, sent, batcher, startMs };
  };

  test("V43: marks that may wait are merged over their wait, and go in one batch", async () => {
    const { clock, sent, batcher, startMs } = patient(() => 8_000);
    for (let seq = 1; seq <= 4; seq++) {
      batcher.add([{ chatId: chat, deliveredSeq: seq, readSeq: seq }]);
      await clock.advance(2_000);
    }
    await clock.advance(20_000);
    expect(sent).toEqual([
      { atMs: startMs + 8_000, marks: [{ chatId: chat, deliveredSeq: 4, readSeq: 4 }] },
    ]);
  });

  test("V43: a mark that has to go takes along what could have waited", async () => {
    const { clock, sent, batcher, startMs } = patient((mark) => (mark.chatId === chat ? 8_000 : 0));
    batcher.add([{ chatId: chat, readSeq: 3 }]);
    await clock.advance(1_000);
    expect(sent).toEqual([]);
    batcher.add([{ chatId: other, readSeq: 1 }]);
    await clock.advance(20_000);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.atMs).toBe(startMs + 1_000);
    expect(sent[0]?.marks.map((mark) => mark.chatId)).toEqual([other, chat]);
  });

  test("V43: hurried, nothing waits any more", async () => {
    const { clock, sent, batcher, startMs } = patient(() => 8_000);
    batcher.add([{ chatId: chat, readSeq: 3 }]);
    await clock.advance(500);
    batcher.hurry();
    await clock.advance(20_000);
    expect(sent.map((one) => one.atMs)).toEqual([startMs + 500]);
  });

  test("V43: only large groups wait, the longer the larger; read marks less where another device shows numbers", () => {
    const wait = (memberCount: number, others: number, mark: Partial<Mark>) =>
      patienceMs({ chatId: chat, ...mark }, { memberCount, others, random: 0 });
    expect(wait(LIMITS.receiptDetailMembers, 0, { readSeq: 1 })).toBe(0);
    expect(wait(0, 3, { deliveredSeq: 1 })).toBe(0);
    expect(wait(100, 0, { readSeq: 1 })).toBe(2_000);
    expect(wait(1_000, 0, { readSeq: 1 })).toBe(LIMITS.receiptPatienceMs);
    expect(wait(1_000, 1, { readSeq: 1 })).toBe(LIMITS.readPatienceMs);
    expect(wait(1_000, 1, { deliveredSeq: 1 })).toBe(LIMITS.receiptPatienceMs);
    fc.assert(
      fc.property(
        fc.nat(2_000),
        fc.nat(3),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (members, n, random) => {
          const most = wait(members, n, { readSeq: 1 });
          const waited = patienceMs(
            { chatId: chat, readSeq: 1 },
            { memberCount: members, others: n, random },
          );
          expect(waited).toBeLessThanOrEqual(most);
          expect(waited).toBeGreaterThanOrEqual(most * 0.8);
        },
      ),
    );
  });
});
