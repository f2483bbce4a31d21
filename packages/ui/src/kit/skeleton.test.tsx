// @vitest-environment happy-dom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LATE_MS } from "../state/waiting.ts";
import { LateReason, SkeletonRows } from "./Skeleton.tsx";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("S11: what is loading for ten seconds says what it waits for", () => {
  render(
    <LateReason value={() => "Waiting for the connection."}>
      <SkeletonRows count={2} label="Loading" />
    </LateReason>,
  );
  act(() => void vi.advanceTimersByTime(LATE_MS - 1));
  expect(screen.getByRole("status").textContent).toBe("");
  act(() => void vi.advanceTimersByTime(1));
  expect(screen.getByRole("status").textContent).toBe("Waiting for the connection.");
});
