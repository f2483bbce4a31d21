import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepAppUpToDate } from "./app-updates.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockReturnValue(undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("a service worker that could not be fetched when the window opened is asked for again until it is there", async () => {
  let failures = 2;
  let times = 0;
  const registration = {
    waiting: null,
    installing: null,
    addEventListener: () => undefined,
    update: vi.fn<() => Promise<void>>().mockResolvedValue(undefined),
  };
  const worker = {
    controller: null,
    addEventListener: () => undefined,
    register: () => {
      times += 1;
      failures -= 1;
      return failures < 0 ? Promise.resolve(registration) : Promise.reject(new Error("offline"));
    },
  };
  await keepAppUpToDate(worker as unknown as ServiceWorkerContainer);
  expect(times).toBe(1);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(times).toBe(3);
  await vi.advanceTimersByTimeAsync(31 * 60_000);
  expect(times).toBe(3);
  expect(registration.update).toHaveBeenCalledOnce();
});
