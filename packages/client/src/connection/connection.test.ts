import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { goLive, setUp, type Setup } from "../testing/connection-setup.ts";
import { FakeServer } from "../testing/fake-server.ts";

/** Chance as a property test gives it: the same values over and over. */
function cycle(values: readonly number[]): () => number {
  let next = 0;
  return () => values[next++ % values.length] ?? 0;
}

describe("connection", () => {
  test("goes from offline to live by the states of the diagram", async () => {
    const setup = setUp();
    await goLive(setup);
    expect(setup.states).toEqual(["connecting", "authenticating", "catching-up", "live"]);
    expect(setup.catchUps()).toBe(1);
  });

  test("E5: a lost connection comes back by itself and catches up", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.wire.cutAll();
    await setup.clock.advance(5_000);
    expect(setup.connection.state.name).toBe("live");
    expect(setup.catchUps()).toBe(2);
  });

  test("after any outage, live within 5 s of the network although nothing tells of it", async () => {
    for (const outageMs of [1_000, 30_000, 600_000]) {
      const setup = setUp({ random: () => 0.999 });
      await goLive(setup);
      setup.server.setUp(false);
      await setup.clock.advance(outageMs);
      setup.server.setUp(true);
      await setup.clock.advance(5_000);
      expect(setup.connection.state.name).toBe("live");
    }
  });

  test("a half-open connection is found on waking and replaced within seconds", async () => {
    const setup = setUp({ realWake: true });
    await goLive(setup);
    setup.server.wire.isCut = true;
    setup.clock.sleep(3_600_000);
    await setup.clock.advance(5_000);
    setup.server.wire.isCut = false;
    setup.hints.setOnline(true);
    await setup.clock.advance(4_200);
    expect(setup.connection.state.name).toBe("live");
    expect(setup.server.wire.tries).toBeGreaterThan(1);
  });

  test("a standing connection survives waking without being replaced", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.hints.wake();
    await setup.clock.advance(10_000);
    expect(setup.server.wire.tries).toBe(1);
    expect(setup.server.requestsOf("view:open")).toHaveLength(1);
  });

  test("a request without an answer ends as timeout; a connection that answers others stays", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.wire.fate = (_direction, name) =>
      name === "chat:members" ? { kind: "drop" } : { kind: "deliver" };
    const chatId = setup.server.accountId;
    const asked = setup.connection.pass("chat:members", { chatId });
    await setup.clock.advance(15_000);
    expect(await asked).toMatchObject({ ok: false, error: { code: "timeout" } });
    await setup.clock.advance(8_000);
    expect(setup.server.wire.tries).toBe(1);
  });

  test("requests fail at once as offline without a connection, and when it is lost", async () => {
    const setup = setUp();
    const early = await setup.connection.request("people:search", { query: "ada" });
    expect(early).toMatchObject({ ok: false, error: { code: "offline" } });
    await goLive(setup);
    setup.server.wire.fate = () => ({ kind: "drop" });
    const asked = setup.connection.request("people:search", { query: "ada" });
    setup.server.wire.cutAll();
    await setup.clock.advance(10);
    expect(await asked).toMatchObject({ ok: false, error: { code: "offline" } });
  });

  test("E2: a body against its schema, or too large for a frame, never leaves", async () => {
    const setup = setUp();
    await goLive(setup);
    const wrong = await setup.connection.pass("people:search", { query: 7 });
    expect(wrong).toMatchObject({ ok: false, error: { code: "invalid_request", field: "query" } });
    const { accountId } = setup.server;
    const item = {
      chatId: accountId,
      clientId: accountId,
      alg: "none",
      type: "text",
      notify: true,
    };
    const items = Array.from({ length: 8 }, () => ({ ...item, payload: "x".repeat(200_000) }));
    const large = await setup.connection.pass("chat:send", { chatId: accountId, items });
    expect(large).toMatchObject({ ok: false, error: { code: "too_large" } });
    expect(setup.server.requests).toHaveLength(0);
  });

  test("a damaged answer is an error, a damaged frame is logged and healed by one catch-up", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.answers["people:search"] = () => ({ data: { people: "nobody" } });
    const asked = setup.connection.request("people:search", { query: "ada" });
    await setup.clock.advance(100);
    expect(await asked).toMatchObject({ ok: false, error: { code: "internal" } });
    for (let i = 0; i < 5; i++) {
      setup.server.push("sync:changes", { changes: [{ kind: "person", change: "seven" }] });
    }
    setup.server.push("sync:changes", { changes: [{ kind: "of the future", change: 8 }] });
    await setup.clock.advance(100);
    expect(setup.catchUps()).toBe(2);
    expect(setup.pushes).toEqual([{ name: "sync:changes", body: { changes: [] } }]);
    expect(setup.connection.state.name).toBe("live");
    expect(setup.log.lines.length).toBeGreaterThan(4);
  });

  test("X2: the token is renewed before it ends, and the standing connection with it", async () => {
    const setup = setUp();
    await goLive(setup);
    await setup.clock.advance(3_600_000);
    expect(setup.server.wire.tries).toBe(1);
    const renewals = setup.server.requestsOf("session:renew");
    expect(renewals.length).toBeGreaterThanOrEqual(4);
    expect(new Set(renewals.map((body) => JSON.stringify(body))).size).toBe(renewals.length);
  });

  test("X2: a connection refused for its token gets a fresh one at once", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.expireTokens();
    setup.server.wire.cutAll();
    await setup.clock.advance(5_000);
    expect(setup.connection.state.name).toBe("live");
  });

  test("X2: a refused refresh signs out", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.refreshError = "session_revoked";
    setup.server.expireTokens();
    setup.server.wire.cutAll();
    await setup.clock.advance(5_000);
    expect(setup.connection.state).toMatchObject({
      name: "refused",
      error: { code: "session_revoked" },
    });
    expect(setup.signOuts).toMatchObject([{ code: "session_revoked" }]);
    await setup.clock.advance(600_000);
    expect(setup.server.wire.tries).toBeLessThan(4);
  });

  test("V10: what the server said before it closed decides what follows", async () => {
    const setup = setUp();
    await goLive(setup);
    const error = { code: "shutting_down", message: "", retryAfterMs: 3_000, requestId: "r" };
    setup.server.push("session:ended", { error });
    await setup.clock.advance(5);
    setup.server.wire.cutAll();
    await setup.clock.advance(2_900);
    expect(setup.connection.state).toMatchObject({
      name: "offline",
      error: { code: "shutting_down" },
    });
    await setup.clock.advance(2_000);
    expect(setup.connection.state.name).toBe("live");
  });

  test("V39: a captive portal shows as such, signs nobody out, and the connection returns when it is gone", async () => {
    const setup = setUp();
    setup.server.isPortal = true;
    setup.connection.start();
    await setup.clock.advance(20_000);
    expect(setup.connection.state).toMatchObject({ error: { code: "not_a_parley_server" } });
    setup.server.isPortal = false;
    await setup.clock.advance(5_000);
    expect(setup.connection.state.name).toBe("live");
  });

  test("S19: another server at the same address is refused until the user acts", async () => {
    const setup = setUp();
    await goLive(setup);
    const other = new FakeServer(setup.clock);
    setup.server.serverId = other.serverId;
    setup.server.setUp(false);
    setup.server.http.isUp = true;
    await setup.clock.advance(5_000);
    expect(setup.connection.state).toMatchObject({
      name: "refused",
      error: { code: "server_changed" },
    });
  });
});

describe("connection, any weather", () => {
  type Weather =
    | { kind: "up"; isUp: boolean }
    | { kind: "cut"; isCut: boolean }
    | { kind: "break" | "wake" | "expire" | "retry" | "garbage" | "online" | "offline" }
    | { kind: "sleep"; ms: number }
    | { kind: "shutdown"; retryAfterMs: number }
    | { kind: "wait"; ms: number };

  const weather: fc.Arbitrary<Weather> = fc.oneof(
    fc.boolean().map((isUp) => ({ kind: "up" as const, isUp })),
    fc.boolean().map((isCut) => ({ kind: "cut" as const, isCut })),
    fc
      .constantFrom("break", "wake", "expire", "retry", "garbage", "online", "offline")
      .map((kind) => ({ kind })),
    fc.nat({ max: 7_200_000 }).map((ms) => ({ kind: "sleep" as const, ms })),
    fc.nat({ max: 10_000 }).map((retryAfterMs) => ({ kind: "shutdown" as const, retryAfterMs })),
    fc.nat({ max: 20_000 }).map((ms) => ({ kind: "wait" as const, ms })),
  );

  async function weatherStrikes(setup: Setup, event: Weather): Promise<void> {
    const { server, hints, clock, connection } = setup;
    switch (event.kind) {
      case "up":
        return server.setUp(event.isUp);
      case "cut":
        server.wire.isCut = event.isCut;
        return;
      case "break":
        return server.wire.cutAll();
      case "wake":
        return hints.wake();
      case "online":
      case "offline":
        return hints.setOnline(event.kind === "online");
      case "expire":
        return server.expireTokens();
      case "retry":
        return connection.retry();
      case "garbage":
        return server.push("sync:changes", { changes: 7 });
      case "sleep":
        return clock.sleep(event.ms);
      case "shutdown": {
        const { retryAfterMs } = event;
        const error = { code: "shutting_down", message: "", retryAfterMs, requestId: "r" };
        server.push("session:ended", { error });
        await clock.advance(2);
        return server.wire.cutAll();
      }
      case "wait":
        return clock.advance(event.ms);
    }
  }

  test("whatever happened, it is live soon after the network stays; nothing is left after stop", async () => {
    const jitter = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(weather, { maxLength: 30 }), jitter, async (events, random) => {
        const setup = setUp({ random: cycle(random) });
        setup.connection.start();
        for (const event of events) await weatherStrikes(setup, event);
        setup.server.wire.isCut = false;
        setup.server.setUp(true);
        // A half-open connection has to be noticed by somebody: here by the user's word.
        setup.connection.retry();
        await setup.clock.advance(40_000);
        expect(setup.connection.state.name).toBe("live");
        expect(setup.server.wire.openEnds).toHaveLength(1);
        setup.connection.stop();
        await setup.clock.advance(60_000);
        expect(setup.server.wire.openEnds).toHaveLength(0);
        expect(setup.clock.timerCount).toBe(0);
        expect(setup.hints.listenerCount).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("frames dropped, doubled and delayed at random never break the machine", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 200 }),
        async (dice) => {
          const setup = setUp();
          const rollDice = cycle(dice);
          setup.server.wire.fate = () => {
            const roll = rollDice();
            if (roll === 0) return { kind: "drop" };
            if (roll === 1) return { kind: "duplicate", delayMs: roll * 7 };
            return { kind: "deliver", delayMs: roll };
          };
          setup.connection.start();
          await setup.clock.advance(120_000);
          setup.server.wire.fate = () => ({ kind: "deliver" });
          await setup.clock.advance(40_000);
          expect(setup.connection.state.name).toBe("live");
          setup.connection.stop();
          await setup.clock.advance(60_000);
          expect(setup.clock.timerCount).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });
});
