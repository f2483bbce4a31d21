import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Endpoint, readLineFrame, windowLockName } from "./line.ts";
import { WindowLine } from "./window-line.ts";

/** A window whose messages arrive at once. */
function setUp() {
  const clock = new FakeClock();
  const toWindow: unknown[] = [];
  const heard: unknown[] = [];
  const endpoint: Endpoint = { postMessage: (data) => toWindow.push(data), onmessage: null };
  const windowId = crypto.randomUUID();
  const line = new WindowLine(endpoint, clock, navigator.locks);
  line.listen({
    frame: (data) => heard.push(data),
    liveness: (state) => heard.push(state),
  });
  const send = (data: unknown) => endpoint.onmessage?.(new MessageEvent("message", { data }));
  return { clock, toWindow, heard, windowId, send };
}

let release: () => void = () => undefined;

async function hold(windowId: string): Promise<void> {
  await new Promise<void>((held) => {
    void navigator.locks.request(windowLockName(windowId), () => {
      held();
      return new Promise<void>((end) => {
        release = end;
      });
    });
  });
}

beforeEach(() => {
  release = () => undefined;
});
afterEach(() => release());

test("S20: a window that answers pings stays responsive", async () => {
  const { clock, toWindow, heard, windowId, send } = setUp();
  await hold(windowId);
  send({ line: "attach", windowId });
  for (let i = 0; i < 20; i++) {
    await clock.advance(4_000);
    send({ line: "pong" });
  }
  expect(toWindow.filter((data) => readLineFrame(data)?.line === "ping")).toHaveLength(20);
  expect(heard).toEqual([]);
});

test("S20: one that lets pings pass is silent, and responsive again with its next word", async () => {
  const { clock, heard, windowId, send } = setUp();
  await hold(windowId);
  send({ line: "attach", windowId });
  await clock.advance(20_000);
  expect(heard).toEqual(["silent"]);
  send({ kind: "call" });
  expect(heard).toEqual(["silent", "responsive", { kind: "call" }]);
});

test("S20: one whose lock is free is gone, and nothing waits for it", async () => {
  const { clock, heard, windowId, send } = setUp();
  await hold(windowId);
  send({ line: "attach", windowId });
  release();
  await vi.waitUntil(() => heard.length > 0, { timeout: 30_000 });
  expect(heard).toEqual(["gone"]);
  send({ kind: "call" });
  expect(heard).toEqual(["gone"]);
  expect(clock.timerCount).toBe(0);
});
