// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeSession } from "../../gallery/fake-session.ts";
import { account } from "../../gallery/sample.ts";
import { fakeBridge } from "./testing/fake-bridge.ts";
import { useSessions } from "./use-sessions.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** The databases cannot be opened for the first `failures` times. */
function opens(failures: number) {
  const session = fakeSession({ chats: [] });
  let times = 0;
  const open = (): Promise<typeof session> => {
    times += 1;
    return times <= failures ? Promise.reject(new Error("blocked")) : Promise.resolve(session);
  };
  const { bridge } = fakeBridge({});
  const hook = renderHook(({ accounts }) => useSessions(bridge, accounts, open), {
    initialProps: { accounts: [account] },
  });
  return { ...hook, session, times: () => times };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

test("V58: an account whose databases cannot be opened says so, and is tried again until they can", async () => {
  const { result, session, times } = opens(2);
  await pass(0);
  expect(result.current.get(account.accountKey)).toMatchObject({ ok: false });
  await pass(1_999);
  expect(times()).toBe(1);
  await pass(2_001);
  expect(result.current.get(account.accountKey)).toEqual({ ok: true, value: session });
  await pass(60_000);
  expect(times()).toBe(3);
});

test("V58: an account that left meanwhile is not tried again, nor anything after the end", async () => {
  const left = opens(9);
  await pass(0);
  left.rerender({ accounts: [] });
  await pass(60_000);
  expect(left.times()).toBe(1);
  const ended = opens(9);
  await pass(0);
  ended.unmount();
  await pass(60_000);
  expect(ended.times()).toBe(1);
});
