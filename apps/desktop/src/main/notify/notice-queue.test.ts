import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_WAITING, NoticeQueue } from "./notice-queue.ts";

const act = fc.record({
  kind: fc.constantFrom("show" as const, "close" as const, "take" as const),
  tag: fc.integer({ min: 0, max: 80 }).map(String),
  isShown: fc.boolean(),
});

test("one job a tag, the newest one; bounded; and nothing that waited goes without a word", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
      const queue = new NoticeQueue<{ tag: string; nth: number }>();
      const waiting = new Map<string, { tag: string; nth: number }>();
      acts.forEach(({ kind, tag, isShown }, nth) => {
        if (kind === "take") {
          const job = queue.take();
          if (job?.notice !== undefined) {
            expect(waiting.get(job.tag)).toEqual(job.notice);
            waiting.delete(job.tag);
          }
          return;
        }
        const displaced =
          kind === "show" ? queue.show(tag, { tag, nth }) : queue.close(tag, isShown);
        for (const { notice } of displaced) {
          expect(waiting.get(notice.tag)).toEqual(notice);
          waiting.delete(notice.tag);
        }
        if (kind === "show") waiting.set(tag, { tag, nth });
        expect(waiting.size).toBeLessThanOrEqual(MAX_WAITING);
      });
      const left = new Map<string, { tag: string; nth: number }>();
      for (let job = queue.take(); job; job = queue.take()) {
        if (job.notice !== undefined) left.set(job.tag, job.notice);
      }
      expect(left).toEqual(waiting);
    }),
  );
});

test("a chat with many messages keeps its turn", () => {
  const queue = new NoticeQueue<string>();
  queue.show("a", "a1");
  queue.show("b", "b1");
  expect(queue.show("a", "a2")).toEqual([{ notice: "a1", state: "merged" }]);
  expect([queue.take(), queue.take()]).toEqual([
    { tag: "a", notice: "a2" },
    { tag: "b", notice: "b1" },
  ]);
});

test("what was never shown needs no closing", () => {
  const queue = new NoticeQueue<string>();
  queue.show("a", "a1");
  expect(queue.close("a", false)).toEqual([{ notice: "a1", state: "withdrawn" }]);
  expect(queue.take()).toBeUndefined();
  queue.close("b", true);
  expect(queue.take()).toEqual({ tag: "b" });
});
