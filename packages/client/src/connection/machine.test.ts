import { ERRORS, type ErrorCode, failure } from "@parley/protocol/errors.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Command,
  type ConnectionEvent,
  type ConnectionState,
  type Env,
  type EventName,
  INITIAL,
  type StateName,
  step,
  timerOf,
} from "./machine.ts";

const ENV: Env = { nowMs: 100_000, random: 0.5, attentive: true };
const lost = failure("server_unreachable", "lost").error;

const STATES: { [Name in StateName]: Extract<ConnectionState, { name: Name }> } = {
  offline: { name: "offline", idle: false, attempt: 3, retryAtMs: 101_000, notBeforeMs: 0 },
  connecting: {
    name: "connecting",
    attempt: 1,
    deadlineAtMs: 115_000,
    refreshed: false,
    tokenLifeMs: 900_000,
  },
  authenticating: {
    name: "authenticating",
    attempt: 1,
    deadlineAtMs: 115_000,
    refreshed: false,
    tokenLifeMs: 900_000,
  },
  "catching-up": { name: "catching-up", attempt: 1, sinceMs: 90_000, renewAtMs: 700_000 },
  live: { name: "live", attempt: 1, sinceMs: 80_000, renewAtMs: 700_000 },
  refused: { name: "refused", error: failure("upgrade_required", "too old").error },
};

const EVENTS: { [Name in EventName]: ConnectionEvent<Name> } = {
  started: { name: "started" },
  stopped: { name: "stopped" },
  "retry-asked": { name: "retry-asked" },
  "retry-due": { name: "retry-due" },
  "deadline-passed": { name: "deadline-passed" },
  "renewal-due": { name: "renewal-due" },
  woke: { name: "woke" },
  "network-changed": { name: "network-changed", online: true },
  doubted: { name: "doubted" },
  "check-failed": { name: "check-failed" },
  "token-ready": { name: "token-ready", lifeMs: 900_000, fresh: false },
  "token-failed": { name: "token-failed", error: lost },
  "socket-opened": { name: "socket-opened" },
  welcomed: { name: "welcomed" },
  "socket-closed": { name: "socket-closed", error: lost },
  "renew-failed": { name: "renew-failed", error: lost },
  "catch-up-wanted": { name: "catch-up-wanted" },
  "caught-up": { name: "caught-up" },
};

type Cell = readonly [next: StateName, ...commands: Command["do"][]];

/** Whatever is not named here changes nothing. */
const EXPECTED: { [State in StateName]: { [Name in EventName]?: Cell } } = {
  offline: {
    started: ["connecting", "obtain-token"],
    stopped: ["offline", "close-socket"],
    "retry-asked": ["connecting", "obtain-token"],
    "retry-due": ["connecting", "obtain-token"],
    woke: ["connecting", "obtain-token"],
    "network-changed": ["connecting", "obtain-token"],
  },
  connecting: {
    stopped: ["offline", "close-socket"],
    "deadline-passed": ["offline", "close-socket"],
    woke: ["connecting", "close-socket", "obtain-token"],
    "network-changed": ["connecting", "close-socket", "obtain-token"],
    "token-ready": ["connecting", "open-socket"],
    "token-failed": ["offline", "close-socket"],
    "socket-opened": ["authenticating"],
    welcomed: ["catching-up", "catch-up"],
    "socket-closed": ["offline", "close-socket"],
  },
  authenticating: {
    stopped: ["offline", "close-socket"],
    "deadline-passed": ["offline", "close-socket"],
    woke: ["connecting", "close-socket", "obtain-token"],
    "network-changed": ["connecting", "close-socket", "obtain-token"],
    welcomed: ["catching-up", "catch-up"],
    "socket-closed": ["offline", "close-socket"],
  },
  "catching-up": {
    stopped: ["offline", "close-socket"],
    "retry-asked": ["catching-up", "check"],
    "renewal-due": ["catching-up", "obtain-token"],
    woke: ["catching-up", "check"],
    "network-changed": ["catching-up", "check"],
    doubted: ["catching-up", "check"],
    "check-failed": ["connecting", "close-socket", "obtain-token"],
    "token-ready": ["catching-up", "renew"],
    "socket-closed": ["offline", "close-socket"],
    "catch-up-wanted": ["catching-up", "catch-up"],
    "caught-up": ["live"],
  },
  live: {
    stopped: ["offline", "close-socket"],
    "retry-asked": ["live", "check"],
    "renewal-due": ["live", "obtain-token"],
    woke: ["live", "check"],
    "network-changed": ["live", "check"],
    doubted: ["live", "check"],
    "check-failed": ["connecting", "close-socket", "obtain-token"],
    "token-ready": ["live", "renew"],
    "socket-closed": ["offline", "close-socket"],
    "catch-up-wanted": ["catching-up", "catch-up"],
  },
  refused: {
    started: ["connecting", "obtain-token"],
    stopped: ["offline", "close-socket"],
    "retry-asked": ["connecting", "obtain-token"],
  },
};

const PAIRS = Object.values(STATES).flatMap((state) =>
  Object.values(EVENTS).map((event) => ({ state, event })),
);

describe("connection machine, every state and event", () => {
  test.each(PAIRS)("E5: $state.name on $event.name", ({ state, event }) => {
    const { state: next, commands } = step(state, event, ENV);
    const [name, ...kinds] = EXPECTED[state.name][event.name] ?? [state.name];
    expect(next.name).toBe(name);
    expect(commands.map((command) => command.do)).toEqual(kinds);
  });
});

function closedWith(
  state: ConnectionState,
  code: ErrorCode,
  retryAfterMs?: number,
): ConnectionState {
  const { error } = failure(
    code,
    "said by the server",
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
  return step(state, { name: "socket-closed", error }, ENV).state;
}

describe("connection machine, by error", () => {
  const codes = Object.keys(ERRORS) as ErrorCode[];

  test.each(codes)("E1: a connection closed with %s goes where the code's class says", (code) => {
    const expected = {
      retry: "offline",
      final: "offline",
      refresh: "connecting",
      refused: "refused",
    }[ERRORS[code].retry];
    for (const state of [STATES.connecting, STATES.authenticating, STATES.live]) {
      expect(closedWith(state, code).name).toBe(expected);
    }
  });

  test("X2: an expired token is renewed once; refused again it is left to backoff", () => {
    const { state, commands } = step(
      STATES.authenticating,
      { name: "socket-closed", error: failure("token_expired", "old").error },
      ENV,
    );
    expect(commands).toContainEqual({ do: "obtain-token", force: true });
    const ready = step(state, { name: "token-ready", lifeMs: 900_000, fresh: true }, ENV).state;
    expect(closedWith(ready, "token_expired").name).toBe("offline");
  });

  test.each(["unauthenticated", "token_expired", "session_revoked"] as const)(
    "X2: a refresh refused with %s ends the session",
    (code) => {
      const { error } = failure(code, "no");
      for (const state of [STATES.connecting, STATES["catching-up"], STATES.live]) {
        const { state: next, commands } = step(state, { name: "token-failed", error }, ENV);
        expect(next).toMatchObject({ name: "refused", error: { code: "session_revoked" } });
        expect(commands.map((command) => command.do)).toEqual(["close-socket", "sign-out"]);
      }
    },
  );

  test("X2: a refresh that only failed leaves the standing connection alone", () => {
    expect(step(STATES.live, { name: "token-failed", error: lost }, ENV).state).toBe(STATES.live);
  });

  test("E1: retryAfterMs is waited in full, whatever hints come, but the user may ask", () => {
    const waiting = closedWith(STATES.live, "busy", 20_000);
    expect(timerOf(waiting)?.atMs).toBeGreaterThan(ENV.nowMs + 20_000);
    expect(step(waiting, { name: "woke" }, ENV).state).toBe(waiting);
    expect(step(waiting, { name: "network-changed", online: true }, ENV).state).toBe(waiting);
    expect(step(waiting, { name: "retry-asked" }, ENV).state.name).toBe("connecting");
  });

  test("a good connection forgets earlier failures, a short one does not", () => {
    const short = { ...STATES.live, attempt: 5, sinceMs: ENV.nowMs - 500 };
    expect(closedWith(short, "server_unreachable")).toMatchObject({ attempt: 6 });
    const long = { ...STATES.live, attempt: 5, sinceMs: ENV.nowMs - 60_000 };
    expect(closedWith(long, "server_unreachable")).toMatchObject({ attempt: 1 });
  });

  test("stopped is idle: only started leads out", () => {
    for (const event of Object.values(EVENTS)) {
      const next = step(INITIAL, event, ENV).state;
      expect(next.name).toBe(event.name === "started" ? "connecting" : "offline");
      if (event.name !== "started") expect(timerOf(next)).toBeUndefined();
    }
  });
});

describe("connection machine, any sequence", () => {
  const anyEvent = fc.oneof(
    fc.constantFrom<ConnectionEvent>(...Object.values(EVENTS)),
    fc
      .constantFrom(...(Object.keys(ERRORS) as ErrorCode[]))
      .chain((code) =>
        fc
          .constantFrom<ConnectionEvent["name"]>("socket-closed", "token-failed", "renew-failed")
          .map((name) => ({ name, error: failure(code, "any").error }) as ConnectionEvent),
      ),
  );

  test("after any events the machine waits for something: a timer, an answer or the user", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let state = step(INITIAL, { name: "started" }, ENV).state;
        for (const event of events) state = step(state, event, ENV).state;
        const isIdle = state.name === "offline" && state.idle;
        const waitsForUser = state.name === "refused" || isIdle;
        expect(timerOf(state) !== undefined).toBe(!waitsForUser);
      }),
    );
  });

  test("whoever leaves connecting, authenticating or a standing connection closes its socket", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let open = false;
        let state = step(INITIAL, { name: "started" }, ENV).state;
        for (const event of events) {
          const next = step(state, event, ENV);
          for (const command of next.commands) {
            if (command.do === "open-socket") open = true;
            if (command.do === "close-socket") open = false;
          }
          state = next.state;
          const mayBeOpen = state.name !== "offline" && state.name !== "refused";
          expect(open && !mayBeOpen).toBe(false);
        }
      }),
    );
  });
});
