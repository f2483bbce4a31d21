import { describe, expect, test, vi } from "vitest";
import { nextTurn } from "../testing/power-loss.ts";
import type { FoldThread } from "./checkpoint-thread.ts";
import { Checkpointer } from "./checkpointer.ts";

const LIMITS = { passPages: 10, quietPages: 2, quietMs: 60_000, heldPages: 40, roomBytes: 0 };

/** A log under commits that never pause: one more page comes during each pass, unless they are held. */
function steadyLog(makeThread: (fold: () => Promise<void>) => Partial<FoldThread>) {
  const log = { pages: 0, foldedPages: 0, isHeld: false, longest: 0 };
  const passes: string[] = [];
  const reports: string[] = [];
  const foldNow = (how: string): void => {
    passes.push(log.isHeld ? `${how}, held` : how);
    log.foldedPages = log.pages;
    if (!log.isHeld) log.pages += 1;
  };
  const checkpointer = new Checkpointer(
    {
      logState: () => ({ pages: log.pages, foldedPages: log.foldedPages }),
      startThread: () => ({
        async fold() {},
        cut: () => Promise.resolve(true),
        async extend() {},
        async close() {},
        ...makeThread(async () => {
          await nextTurn();
          foldNow("thread");
        }),
      }),
      foldHere: () => foldNow("here"),
      cutHere: () => true,
      async between(task) {
        log.isHeld = true;
        await task();
        log.isHeld = false;
      },
      onDiskFault: () => reports.push("disk fault"),
      report: ({ what }) => reports.push(what),
    },
    LIMITS,
  );
  const commit = async (): Promise<void> => {
    while (log.isHeld) await nextTurn();
    // As SQLite does it: a log that is folded whole begins anew with the next commit.
    if (log.foldedPages === log.pages) log.pages = log.foldedPages = 0;
    log.pages += 1;
    log.longest = Math.max(log.longest, log.pages);
    checkpointer.committed();
    await nextTurn();
  };
  return { log, passes, reports, checkpointer, commit };
}

describe("folding the log", () => {
  test("commits that never pause are held for the rest of a long log, and only then", async () => {
    const { log, passes, commit, checkpointer } = steadyLog((fold) => ({ fold }));
    for (let n = 0; n < 400; n++) await commit();
    await checkpointer.close();
    expect(log.longest).toBeLessThan(LIMITS.heldPages + 5);
    const held = passes.filter((pass) => pass === "thread, held").length;
    expect(held).toBeGreaterThan(5);
    expect(passes.length).toBeGreaterThan(3 * held);
  });

  test("a thread that dies is reported, and the log is folded here from then on", async () => {
    let folds = 0;
    const { log, passes, reports, commit, checkpointer } = steadyLog((fold) => ({
      fold: () => (++folds > 2 ? Promise.reject(new Error("gone")) : fold()),
    }));
    for (let n = 0; n < 400; n++) await commit();
    await checkpointer.close();
    expect(reports).toEqual(["the log was not folded"]);
    expect(new Set(passes)).toEqual(new Set(["thread", "here, held"]));
    expect(log.longest).toBeLessThan(LIMITS.heldPages + 5);
  });
});

test("what was committed during a pass is folded in the quiet after it, with no further commit", async () => {
  vi.useFakeTimers();
  const folds: (() => void)[] = [];
  const thread = {
    fold: () => new Promise<void>((resolve) => void folds.push(resolve)),
    cut: async () => true,
    extend: async () => {},
    close: async () => {},
  };
  const checkpointer = new Checkpointer(
    {
      logState: () => ({ pages: 20, foldedPages: 10 }),
      startThread: () => thread,
      foldHere: () => {},
      cutHere: () => true,
      between: async (task) => task(),
      onDiskFault: () => {},
      report: () => {},
    },
    { passPages: 10, quietPages: 1, quietMs: 5, heldPages: 1_000, roomBytes: 0 },
  );
  checkpointer.committed();
  expect(folds).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(100);
  folds[0]?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(folds).toHaveLength(2);
  folds[1]?.();
  await checkpointer.close();
  vi.useRealTimers();
});
