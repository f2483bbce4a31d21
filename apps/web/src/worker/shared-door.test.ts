import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import { expect, test } from "vitest";
import { type Connection, openDoor } from "./shared-door.ts";

function street() {
  const clock = new FakeClock();
  const made: (Connection & { isClosed: boolean })[] = [];
  const found: number[] = [];
  const freed = new Map<string, () => void>();
  const end = openDoor(
    {
      connect: () => {
        const connection = {
          isClosed: false,
          postMessage: () => undefined,
          onmessage: null,
          close: () => (connection.isClosed = true),
        };
        made.push(connection);
        return connection;
      },
      freed: (lock) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        freed.set(lock, resolve);
        return promise;
      },
      setTimer: (run, afterMs) => clock.setTimer(run, afterMs),
    },
    (connection) => found.push(made.findIndex((one) => one === connection)),
  );
  return {
    clock,
    made,
    found,
    end,
    says: (nth: number, data: unknown) =>
      made[nth]?.onmessage?.(new MessageEvent("message", { data })),
    dies: async (lock: string) => {
      freed.get(lock)?.();
      await Promise.resolve();
    },
  };
}

const here = (lock: string) => ({ line: "here", lock });

test("V49: a worker that ends is followed by the next one, which is asked for at once", async () => {
  const { found, made, says, dies } = street();
  says(0, here("one"));
  expect(found).toEqual([0]);
  await dies("one");
  expect(made).toHaveLength(2);
  says(1, here("two"));
  expect(found).toEqual([0, 1]);
});

test("V49: one that died before its first word is asked for again within seconds, then less often", async () => {
  const { clock, found, made, says } = street();
  await clock.advance(4_999);
  expect(made).toHaveLength(1);
  await clock.advance(1);
  expect(made).toHaveLength(2);
  await clock.advance(9_999);
  expect(made).toHaveLength(2);
  await clock.advance(1);
  expect(made).toHaveLength(3);
  says(2, here("late"));
  await clock.advance(600_000);
  expect(made).toHaveLength(3);
  expect(found).toEqual([2]);
});

test("V49: a slow worker is not taken for dead: the first connection on which it speaks is used, others are closed", async () => {
  const { clock, found, made, says } = street();
  await clock.advance(5_000);
  says(0, { line: "ping" });
  expect(found).toEqual([]);
  says(0, here("slow"));
  says(1, here("slow"));
  expect(found).toEqual([0]);
  expect(made.map(({ isClosed }) => isClosed)).toEqual([false, true]);
});

test("S20: after the end no further worker is asked for", async () => {
  const { clock, made, says, dies, end } = street();
  says(0, here("one"));
  end();
  await dies("one");
  await clock.advance(600_000);
  expect(made).toHaveLength(1);
});
