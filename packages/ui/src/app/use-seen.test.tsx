// @vitest-environment happy-dom
import { failure, type Result, success } from "@parley/protocol/errors.ts";
import { act, cleanup, renderHook } from "@testing-library/react";
import type { PropsWithChildren } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeSession } from "../../gallery/fake-session.ts";
import { lighthouse } from "../../gallery/sample.ts";
import { AccountContext, type AccountScope } from "./context.ts";
import { useSeen } from "./use-seen.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function reader(answers: Result<void>[]) {
  const marks: number[] = [];
  const session = {
    ...fakeSession({ chats: [] }),
    markRead: (_chatId: unknown, seq: number) => {
      marks.push(seq);
      return Promise.resolve(answers.shift() ?? success(undefined));
    },
  };
  const wrapper = ({ children }: PropsWithChildren) => (
    <AccountContext value={{ session } as unknown as AccountScope}>{children}</AccountContext>
  );
  const chat = { ...lighthouse.view, readSeq: 1, headSeq: 9 };
  const hook = renderHook(() => useSeen(chat, true), { wrapper });
  return { ...hook, marks };
}

test("S8: a mark that could not be kept is tried again though nothing new is read", async () => {
  const { result, marks } = reader([failure("internal", "full"), failure("internal", "full")]);
  act(() => result.current.onSeen(9));
  await act(() => vi.advanceTimersByTimeAsync(1_999));
  expect(marks).toEqual([9]);
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(marks).toEqual([9, 9]);
  for (let i = 0; i < 3; i++) await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(marks).toEqual([9, 9, 9]);
});

test("S8: an older mark that fails late does not repeat what a newer one has marked", async () => {
  const { promise, resolve } = Promise.withResolvers<Result<void>>();
  const { result, marks } = reader([promise as never]);
  act(() => result.current.onSeen(5));
  act(() => result.current.onSeen(9));
  resolve(failure("internal", "full"));
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(marks).toEqual([5, 9]);
});
