import { failure } from "@parley/protocol/errors.ts";
import { describe, expect, test } from "vitest";
import { canTryNow, type Link, waitingText } from "./waiting.ts";

const NOW = Date.UTC(2026, 5, 1, 12);
const region = { locale: "en-GB", timeZone: "UTC" };
const live: Link = { state: "live" };
const busy = failure("busy", "").error;
const say = (reason: Parameters<typeof waitingText>[0], link: Link = live): string =>
  waitingText(reason, link, NOW, region);

describe("S11: every waiting message names what it waits for", () => {
  test("the connection comes first, with the next try if one is known", () => {
    expect(say({ kind: "next" }, null)).toBe("Waiting for the connection.");
    expect(say({ kind: "next" }, { state: "offline", retryAtMs: NOW + 4_000 })).toBe(
      "Waiting for the connection. Next try at 12:00:04.",
    );
    expect(
      say({ kind: "behind", count: 2, error: null, untilMs: null }, { state: "connecting" }),
    ).toBe("Waiting for the connection.");
    expect(say({ kind: "next" }, { state: "catching-up" })).toBe(
      "Waiting until everything missed is here.",
    );
  });

  test("a refusal says what to do", () => {
    const error = { ...failure("session_revoked", "").error, requestId: "r" };
    expect(say({ kind: "next" }, { state: "refused", error })).toBe(
      "This device was signed out. Sign in again to go on.",
    );
  });

  test("the server's answer, other messages, and a server that is busy", () => {
    expect(say({ kind: "next" })).toBe("Waiting for the server's answer.");
    expect(say({ kind: "behind", count: 1, error: null, untilMs: null })).toBe(
      "Waiting behind 1 earlier message.",
    );
    expect(say({ kind: "behind", count: 3, error: busy, untilMs: NOW + 10_000 })).toBe(
      "Waiting behind 3 earlier messages. The server is busy. It will be tried again. Next try at 12:00:10.",
    );
    expect(say({ kind: "retry", error: busy, untilMs: NOW + 10_000 })).toBe(
      "The server is busy. It will be tried again. Next try at 12:00:10.",
    );
    // A time that is over says nothing.
    expect(say({ kind: "retry", error: busy, untilMs: NOW - 1 })).toBe(
      "The server is busy. It will be tried again.",
    );
  });

  test("a try at once is offered where it would be sooner, and the server has not asked for a pause", () => {
    const waits = (untilMs: number | null, error = busy) =>
      ({ kind: "retry", error, untilMs }) as const;
    expect(canTryNow(waits(NOW + 20_000), live, NOW)).toBe(true);
    expect(canTryNow({ ...waits(NOW + 20_000), kind: "behind", count: 2 }, live, NOW)).toBe(true);
    expect(canTryNow(waits(NOW + 500), live, NOW)).toBe(false);
    expect(canTryNow(waits(null), live, NOW)).toBe(false);
    expect(canTryNow({ kind: "next" }, live, NOW)).toBe(false);
    expect(canTryNow(waits(NOW + 20_000), { state: "offline" }, NOW)).toBe(false);
    const slowly = failure("rate_limited", "", { retryAfterMs: 20_000 }).error;
    expect(canTryNow(waits(NOW + 20_000, slowly), live, NOW)).toBe(false);
  });
});
