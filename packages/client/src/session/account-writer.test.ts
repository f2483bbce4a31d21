import { ChatId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventChange, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost, liveHost } from "../testing/fake-host.ts";
import type { FakeWindow } from "../testing/fake-window.ts";

describe("the role", () => {
  test("S20: the first window writes; a later one does not take the role", async () => {
    const { fake, window, accountKey } = await liveHost();
    const second = await fake.openWindow();
    expect(window.bodiesOf("writer:assigned")).toEqual([{ accountKey, assigned: true }]);
    expect(second.bodiesOf("writer:assigned")).toEqual([]);
  });

  test("S20: when the writer is gone the next one is assigned and catches up, mid-live", async () => {
    const { fake, window, accountKey } = await liveHost();
    const second = await fake.openWindow();
    window.become("gone");
    await fake.clock.advance(10);
    expect(second.bodiesOf("writer:assigned")).toEqual([{ accountKey, assigned: true }]);
    expect(second.bodiesOf("sync:catch-up")).toEqual([{ accountKey }]);
    expect(fake.host.session(accountKey)?.state.name).toBe("live");
  });

  test("S20: a silent writer loses the role, hears of it, and its calls are refused", async () => {
    const { fake, window, accountKey } = await liveHost();
    const second = await fake.openWindow();
    window.become("silent");
    await fake.clock.advance(10);
    expect(second.writerOf).toContain(accountKey);
    window.become("responsive");
    await fake.clock.advance(10);
    expect(window.writerOf).not.toContain(accountKey);
    const late = window.call("writer:caught-up", { accountKey, watermark: 1 });
    await fake.clock.advance(1);
    expect(await late).toMatchObject({ ok: false, error: { code: "not_allowed" } });
  });

  test("S6: without a ready writer nothing is live and changes wait for the catch-up", async () => {
    const fake = new FakeHost();
    const window = await fake.openWindow({ writes: false });
    const accountKey = await fake.signIn(window);
    expect(fake.host.session(accountKey)?.state.name).toBe("catching-up");
    fake.server.push("sync:changes", { changes: [eventChange(fakeMessage())] });
    await fake.clock.advance(100);
    expect(window.bodiesOf("sync:changes")).toEqual([]);
    void window.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
    await fake.clock.advance(10);
    expect(window.bodiesOf("sync:catch-up")).toHaveLength(1);
    void window.call("writer:caught-up", { accountKey, watermark: 1 });
    await fake.clock.advance(10);
    expect(fake.host.session(accountKey)?.state.name).toBe("live");
  });

  test("S6: a writer that stalls in its catch-up is told again", async () => {
    const fake = new FakeHost();
    const window = await fake.openWindow({ writes: false });
    const accountKey = await fake.signIn(window);
    void window.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
    await fake.clock.advance(45_000);
    expect(window.bodiesOf("sync:catch-up")).toHaveLength(3);
  });

  test("S20: among live windows exactly one believes that it writes, whatever comes and goes", async () => {
    const move = fc.oneof(
      fc.constant({ kind: "open" as const, index: 0 }),
      fc.record({
        kind: fc.constantFrom("gone" as const, "silent" as const, "responsive" as const),
        index: fc.nat({ max: 5 }),
      }),
      fc.record({ kind: fc.constant("view" as const), index: fc.nat({ max: 5 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 25 }), async (moves) => {
        const { fake, window, accountKey } = await liveHost();
        const windows = new Map<FakeWindow, "responsive" | "silent">([[window, "responsive"]]);
        for (const { kind, index } of moves) {
          const chosen = [...windows.keys()][index % Math.max(1, windows.size)];
          if (kind === "open") windows.set(await fake.openWindow(), "responsive");
          else if (chosen && kind === "view") {
            const view = { focused: true, visible: true, openChatIds: [], watchAccountIds: [] };
            void chosen.call("view:set", { accountKey, ...view });
          } else if (chosen && kind === "gone") {
            windows.delete(chosen);
            chosen.become("gone");
          } else if (chosen && (kind === "silent" || kind === "responsive")) {
            windows.set(chosen, kind);
            chosen.become(kind);
          }
          await fake.clock.advance(5);
          const answering = [...windows].filter(([, state]) => state === "responsive");
          const writers = [...windows.keys()].filter((one) => one.writerOf.has(accountKey));
          expect(writers).toHaveLength(Math.min(1, windows.size));
          if (answering.length > 0) expect(windows.get(writers[0]!)).toBe("responsive");
        }
        await fake.host.stop();
        // What was on the wire arrives nowhere.
        await fake.clock.advance(10);
        expect(fake.clock.timerCount).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("changes", () => {
  test("habit: arrivals of a few milliseconds reach the writer as one batch, in order, once", async () => {
    const { fake, window, accountKey } = await liveHost();
    const other = await fake.openWindow();
    const chatId = newId(ChatId);
    for (let seq = 1; seq <= 50; seq++) {
      fake.server.push("sync:changes", { changes: [eventChange(fakeMessage({ chatId, seq }))] });
    }
    await fake.clock.advance(20);
    const batches = window.bodiesOf("sync:changes");
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ accountKey });
    expect(batches[0]?.changes.map((change) => change.change)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    expect(other.bodiesOf("sync:changes")).toEqual([]);
  });

  test("S6: a heal follows what came before it and carries its marks", async () => {
    const { fake, window } = await liveHost();
    fake.server.push("sync:changes", { changes: [eventChange(fakeMessage({ seq: 1 }))] });
    const heal = { dataEpoch: fake.server.dataEpoch, since: 1, watermark: 9 };
    fake.server.push("sync:heal", { ...heal, changes: [] });
    await fake.clock.advance(20);
    expect(window.bodiesOf("sync:changes").map((body) => body.heal)).toEqual([undefined, heal]);
  });
});
