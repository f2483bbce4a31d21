import { AccountId, ChatId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { type ErrorCode, failure, success } from "@parley/protocol/errors.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { Attention } from "./attention.ts";
import type { View } from "./interest.ts";

const TELL_MS = 50;

function setUp() {
  const clock = new FakeClock();
  const said: string[][] = [];
  const state = { isLive: true };
  const attention = new Attention({
    clock,
    isLive: () => state.isLive,
    presencesChanged: () => undefined,
    request: (async (name: string, body: { chatIds: string[] }) => {
      if (name === "attention:set") said.push(body.chatIds);
      return success({ presences: [] });
    }) as never,
  });
  return { clock, said, state, attention };
}

const [one, two] = [newId(ChatId), newId(ChatId)];
const view = (change: Partial<View>): View => {
  const usual = { focused: true, visible: true, openChatIds: [one], watchAccountIds: [] };
  return { ...usual, ...change };
};

describe("S18: what this device says of itself", () => {
  test("S18: only what a window with the focus shows, of all windows together", async () => {
    const { clock, said, attention } = setUp();
    attention.setOthers(1);
    attention.set("a", view({ focused: false }));
    attention.set("b", view({ openChatIds: [two] }));
    await clock.advance(TELL_MS);
    expect(said).toEqual([[two]]);
    attention.set("b", view({ focused: false, openChatIds: [two] }));
    await clock.advance(TELL_MS);
    expect(said.slice(1)).toEqual([[]]);
    attention.set("a", view({ visible: false }));
    await clock.advance(LIMITS.attentionMs * 3);
    expect(said.slice(2)).toEqual([]);
  });

  test("S18: it ends with the window, closed or crashed", async () => {
    const { clock, said, attention } = setUp();
    attention.setOthers(1);
    attention.set("a", view({}));
    await clock.advance(TELL_MS);
    attention.forget("a");
    expect(said).toEqual([[one], []]);
    await clock.advance(LIMITS.attentionMs * 3);
    expect(said).toHaveLength(2);
  });

  test("S18: nothing is said, and no timer left, while nobody else is there or the line is down", async () => {
    const { clock, said, state, attention } = setUp();
    attention.set("a", view({}));
    await clock.advance(LIMITS.attentionMs * 3);
    expect([said, clock.timerCount]).toEqual([[], 0]);
    attention.setOthers(1);
    attention.setOthers(0);
    expect(said).toEqual([[one], []]);
    expect(clock.timerCount).toBe(0);
    attention.setOthers(1);
    state.isLive = false;
    attention.disconnected();
    await clock.advance(LIMITS.attentionMs * 3);
    expect([said.length, clock.timerCount]).toEqual([3, 0]);
    state.isLive = true;
    attention.setOthers(1);
    expect(said.at(-1)).toEqual([one]);
  });

  test("S18: as long as the focus lasts, never more than 20 s pass without a word", async () => {
    const views = fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.nat(60_000)), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(views, async (steps) => {
        const { clock, said, attention } = setUp();
        attention.setOthers(1);
        let held = "[]";
        for (const [focused, isOther, forMs] of steps) {
          attention.set("a", view({ focused, openChatIds: [isOther ? two : one] }));
          await clock.advance(TELL_MS);
          const now = focused ? [isOther ? two : one] : [];
          // What it said last is what is so.
          expect(said.at(-1) ?? []).toEqual(now);
          held = JSON.stringify(now);
          const before = said.length;
          await clock.advance(forMs);
          const due = focused ? Math.floor(forMs / LIMITS.attentionRenewMs) : 0;
          expect(said.length - before).toBeGreaterThanOrEqual(due);
          expect(said.slice(before).every((each) => JSON.stringify(each) === held)).toBe(true);
        }
        attention.stop();
        expect(clock.timerCount).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe("S18: what others say of themselves", () => {
  const deviceId = newId(DeviceId);
  const said = (chatIds: ChatId[], forMs: number = LIMITS.attentionMs) => ({
    deviceId,
    chatIds,
    forMs,
  });

  test("S18: it holds for its time and no longer, is replaced, and ends when they say so", async () => {
    const { clock, attention } = setUp();
    const inView = () => [one, two].map((chatId) => attention.isInViewElsewhere(chatId));
    attention.learnElsewhere(said([one]));
    await clock.advance(LIMITS.attentionMs - 1);
    expect(inView()).toEqual([true, false]);
    attention.learnElsewhere(said([two]));
    await clock.advance(2);
    expect(inView()).toEqual([false, true]);
    await clock.advance(LIMITS.attentionMs);
    expect(inView()).toEqual([false, false]);
    attention.learnElsewhere(said([one, two]));
    attention.learnElsewhere(said([], 0));
    expect(inView()).toEqual([false, false]);
    expect(clock.timerCount).toBe(0);
  });

  test("S18: a clock that is put back, or a sleep, makes it last no longer", async () => {
    const { clock, attention } = setUp();
    attention.learnElsewhere(said([one]));
    const nowMs = clock.nowMs.bind(clock);
    clock.nowMs = () => nowMs() - 3_600_000;
    expect(attention.isInViewElsewhere(one)).toBe(true);
    await clock.advance(LIMITS.attentionMs);
    expect(attention.isInViewElsewhere(one)).toBe(false);
    clock.nowMs = nowMs;
    attention.learnElsewhere(said([one]));
    clock.sleep(LIMITS.attentionMs);
    expect(attention.isInViewElsewhere(one)).toBe(false);
  });

  test("S18: it is forgotten with the line on which it was heard", () => {
    const { clock, attention } = setUp();
    attention.learnElsewhere(said([one]));
    attention.disconnected();
    expect(attention.isInViewElsewhere(one)).toBe(false);
    expect(clock.timerCount).toBe(0);
  });
});

describe("S10: what the server is told of windows", () => {
  const somebody = newId(AccountId);

  /** A server that answers some of the first requests with an error. */
  function refusing(errors: readonly (ErrorCode | undefined)[]) {
    const clock = new FakeClock();
    const left = [...errors];
    const taken = new Map<string, unknown>();
    const asked: string[] = [];
    const attention = new Attention({
      clock,
      isLive: () => true,
      presencesChanged: () => undefined,
      request: (async (name: string, body: unknown) => {
        asked.push(name);
        const code = left.shift();
        if (code !== undefined) return failure(code, "refused", { retryAfterMs: 700 });
        taken.set(name, body);
        return success({ presences: [] });
      }) as never,
    });
    return { clock, taken, asked, attention };
  }

  test("S10: a word that the server did not take is said again, until it is told", async () => {
    const errors = [undefined, undefined, "rate_limited", "busy", "timeout"] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...errors), { maxLength: 12 }), async (codes) => {
        const { clock, taken, asked, attention } = refusing(codes);
        attention.set("a", view({ watchAccountIds: [somebody] }));
        await clock.advance(TELL_MS);
        attention.set("a", view({ openChatIds: [two], watchAccountIds: [somebody] }));
        await clock.advance(20_000);
        expect(taken.get("view:open")).toEqual({ chatIds: [two] });
        expect(taken.get("presence:set")).toEqual({ active: true });
        expect(taken.get("presence:watch")).toEqual({ accountIds: [somebody] });
        const before = asked.length;
        await clock.advance(60_000);
        expect([asked.length, clock.timerCount]).toEqual([before, 0]);
      }),
      { numRuns: 50 },
    );
  });

  test("S10: what the server refuses for good is not said again, and nothing on a line that is gone", async () => {
    const { clock, asked, attention } = refusing(["not_allowed", "busy"]);
    attention.set("a", view({ watchAccountIds: [somebody] }));
    await clock.advance(TELL_MS);
    expect(asked).toHaveLength(3);
    attention.disconnected();
    await clock.advance(60_000);
    expect([asked.length, clock.timerCount]).toEqual([3, 0]);
  });
});
