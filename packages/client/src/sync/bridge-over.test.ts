import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bridgeOver } from "./bridge-over.ts";

function setUp() {
  const posted: { id: number; name: string; body: unknown }[] = [];
  let toWindow: (frame: unknown) => void = () => undefined;
  const bridge = bridgeOver(
    {
      post: (frame) => posted.push(frame),
      listen: (received) => {
        toWindow = received;
      },
    },
    { warn: () => undefined },
  );
  return { bridge, posted, send: (frame: unknown) => toWindow(frame) };
}

const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));

describe("bridge over a line", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("an answer is parsed by the contract and goes to its own call", async () => {
    const { bridge, posted, send } = setUp();
    const first = bridge.call("outbox:nudge", { accountKey });
    const second = bridge.call("host:hello", { bridgeVersion: 1, build: "b", windowId: "w" });
    expect(posted.map((frame) => frame.name)).toEqual(["outbox:nudge", "host:hello"]);
    send({ kind: "answer", id: posted[1]?.id, data: { build: "b", accounts: [] } });
    send({ kind: "answer", id: posted[0]?.id, data: {} });
    expect(await second).toEqual({ ok: true, value: { build: "b", accounts: [] } });
    expect(await first).toEqual({ ok: true, value: {} });
  });

  test("an answer against the contract fails its call", async () => {
    const { bridge, posted, send } = setUp();
    const call = bridge.call("host:hello", { bridgeVersion: 1, build: "b", windowId: "w" });
    send({ kind: "answer", id: posted[0]?.id, data: { build: 7 } });
    expect(await call).toMatchObject({ ok: false, error: { code: "bridge_failed" } });
  });

  test("a call that nobody answers ends", async () => {
    const { bridge } = setUp();
    const call = bridge.call("outbox:nudge", { accountKey });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await call).toMatchObject({ ok: false, error: { code: "bridge_failed" } });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("whoever listens later is told the present state, of accounts that are still there", async () => {
    const { bridge, send } = setUp();
    send({ kind: "notice", name: "writer:assigned", body: { accountKey, assigned: true } });
    const heard: boolean[] = [];
    bridge.on("writer:assigned", (body) => heard.push(body.assigned));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual([true]);
    send({ kind: "notice", name: "accounts:changed", body: { accounts: [] } });
    bridge.on("writer:assigned", () => heard.push(false));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual([true]);
  });

  test("a listener that stopped hears nothing", () => {
    const { bridge, send } = setUp();
    const heard: unknown[] = [];
    const stop = bridge.on("outbox:nudged", (body) => heard.push(body));
    send({ kind: "notice", name: "outbox:nudged", body: { accountKey } });
    stop();
    send({ kind: "notice", name: "outbox:nudged", body: { accountKey } });
    expect(heard).toEqual([{ accountKey }]);
  });

  test("E2: whatever comes over the line, nothing is thrown", () => {
    const { bridge, send } = setUp();
    const heard: unknown[] = [];
    bridge.on("sync:changes", (body) => heard.push(body));
    const frame = fc.oneof(
      fc.jsonValue(),
      fc.record({ kind: fc.constant("notice"), name: fc.string(), body: fc.jsonValue() }),
      fc.record({
        kind: fc.constant("notice"),
        name: fc.constant("sync:changes"),
        body: fc.jsonValue(),
      }),
      fc.record({ kind: fc.constant("answer"), id: fc.nat(), data: fc.jsonValue() }),
    );
    fc.assert(fc.property(frame, (data) => send(data)));
    expect(heard).toEqual([]);
  });
});
