import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStateTeller } from "./state-teller.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function heard(answers: Result<unknown>[]) {
  const told: string[] = [];
  const teller = createStateTeller((state: string) => {
    told.push(state);
    return Promise.resolve(answers.shift() ?? success({}));
  });
  return { told, teller };
}

test("what was not taken is told again, with growing pauses, until it is", async () => {
  const lost = failure("bridge_failed", "lost");
  const { told, teller } = heard([lost, lost, lost]);
  teller.tell("three");
  await vi.advanceTimersByTimeAsync(1_999);
  expect(told).toEqual(["three"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(4_000 + 8_000);
  expect(told).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(told).toHaveLength(4);
});

test("a newer state takes the place of one that waits, also where the older answer comes later", async () => {
  const told: string[] = [];
  const { promise, resolve } = Promise.withResolvers<Result<unknown>>();
  const teller = createStateTeller((state: string) => {
    told.push(state);
    return state === "old" ? promise : Promise.resolve(success({}));
  });
  teller.tell("old");
  teller.tell("new");
  resolve(failure("timeout", "late"));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(told).toEqual(["old", "new"]);
});

test("nothing is told again after the end, nor for an account that is gone", async () => {
  const { told, teller } = heard([failure("offline", "x"), failure("account_not_found", "x")]);
  teller.tell("a");
  await vi.advanceTimersByTimeAsync(0);
  teller.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  teller.tell("b");
  await vi.advanceTimersByTimeAsync(600_000);
  expect(told).toEqual(["a", "b"]);
});
