import { failure } from "@parley/protocol/errors.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { describe, expect, test } from "vitest";
import { goLive, setUp } from "../testing/connection-setup.ts";

const query = { query: "ada" };

describe("half-open connections", () => {
  test("V37: a request that stays unanswered has the connection replaced in under 10 s", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.wire.isCut = true;
    const asked = setup.connection.request("people:search", query);
    await setup.clock.advance(LIMITS.doubtAfterMs + LIMITS.checkMs - 1);
    expect(setup.connection.state.name).toBe("live");
    setup.server.wire.isCut = false;
    await setup.clock.advance(500);
    expect(await asked).toMatchObject({ ok: false, error: { code: "offline" } });
    expect(setup.connection.state.name).toBe("live");
    expect(setup.server.wire.tries).toBe(2);
  });

  test("V37: a server that is only slow keeps its connection, and the request its answer", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.wire.fate = (_direction, name) => ({
      kind: "deliver",
      delayMs: name === "ack:people:search" ? 12_000 : 1,
    });
    const asked = setup.connection.request("people:search", query);
    setup.server.answers["people:search"] = () => ({ data: { people: [] } });
    await setup.clock.advance(13_000);
    expect(await asked).toEqual({ ok: true, value: { people: [] } });
    expect(setup.server.wire.tries).toBe(1);
    expect(setup.server.requestsOf("view:open")).toHaveLength(1);
  });

  test("V37: on a slow line the times grow until answers come in time, and shrink again later", async () => {
    const setup = setUp();
    await goLive(setup);
    // Everything waits behind the bytes of what was sent first.
    setup.server.wire.fate = (direction) => ({
      kind: "deliver",
      delayMs: direction === "up" ? 20_000 : 1,
    });
    let answered = false;
    const ask = async (): Promise<void> => {
      for (;;) {
        const answer = await setup.connection.request("chat:leave", {
          chatId: setup.server.accountId,
        });
        if (answer.ok || answer.error.code === "internal") break;
        await new Promise<void>((resolve) => setup.clock.setTimer(resolve, 500));
      }
      answered = true;
    };
    void ask();
    await setup.clock.advance(180_000);
    expect(answered).toBe(true);
    const tries = setup.server.wire.tries;
    expect(tries).toBeLessThanOrEqual(4);
    setup.server.wire.fate = () => ({ kind: "deliver" });
    await setup.clock.advance(180_000);
    setup.server.wire.isCut = true;
    setup.hints.wake();
    await setup.clock.advance(LIMITS.checkMs);
    setup.server.wire.isCut = false;
    await setup.clock.advance(500);
    expect(setup.server.wire.tries).toBe(tries + 1);
    expect(setup.connection.state.name).toBe("live");
  });

  test("after sleep and on another network, live within 5 s although the old socket is half-open", async () => {
    for (const hint of ["wake", "online"] as const) {
      const setup = setUp({ random: () => 0.999 });
      await goLive(setup);
      // The old socket is dead for good; new ones get through.
      const [old] = setup.server.wire.openEnds;
      setup.server.wire.fate = () => ({ kind: old?.isOpen ? "drop" : "deliver" });
      setup.clock.sleep(3_600_000);
      if (hint === "wake") setup.hints.wake();
      else setup.hints.setOnline(true);
      await setup.clock.advance(5_000);
      expect([hint, setup.connection.state.name]).toEqual([hint, "live"]);
      expect(setup.server.wire.tries).toBe(2);
    }
  });
});

describe("networks that are none", () => {
  test("V39: where the socket does not open although the server answers, long polling comes first", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.wire.isUp = false;
    setup.server.wire.cutAll();
    await setup.clock.advance(1_500);
    setup.server.wire.isUp = true;
    await setup.clock.advance(8_000);
    expect(setup.connection.state.name).toBe("live");
    expect(setup.server.wire.openEnds[0]?.options.firstTransport).toBe("polling");
    setup.hints.setOnline(true);
    setup.server.wire.cutAll();
    await setup.clock.advance(8_000);
    expect(setup.server.wire.openEnds[0]?.options.firstTransport).toBe("websocket");
  });

  test("V39: a probe that is told to wait says nothing about the socket: it is tried as ever", async () => {
    const setup = setUp();
    await goLive(setup);
    setup.server.wire.isUp = false;
    setup.server.wire.cutAll();
    const answer = setup.server.http.answer;
    const { error } = failure("rate_limited", "wait", { retryAfterMs: 60_000 });
    setup.server.http.answer = (request) =>
      request.url.endsWith("/api/server")
        ? { ok: true, value: { status: 429, json: { error: { ...error, requestId: "r" } } } }
        : answer(request);
    await setup.clock.advance(2_000);
    setup.server.wire.isUp = true;
    await setup.clock.advance(5_000);
    expect(setup.connection.state.name).toBe("live");
  });

  test("V39: a clock that jumps a day either way neither signs out nor keeps the connection away", async () => {
    for (const jumpMs of [86_400_000, -86_400_000]) {
      const setup = setUp();
      await goLive(setup);
      setup.clock.sleep(jumpMs);
      await setup.clock.advance(10_000);
      setup.server.wire.cutAll();
      await setup.clock.advance(10_000);
      expect(setup.connection.state.name).toBe("live");
      // The server's tokens end by its own clock; the client's thinks they are good, or long over.
      setup.server.expireTokens();
      setup.server.wire.cutAll();
      await setup.clock.advance(10_000);
      expect(setup.connection.state.name).toBe("live");
      expect(setup.signOuts).toEqual([]);
    }
  });
});
