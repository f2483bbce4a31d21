import { ERRORS, failure, type Failure } from "@parley/protocol/errors.ts";
import { backoffMs } from "./backoff.ts";

/*
 * The connection of one account, as a pure state machine. The runner (connection.ts) interprets its
 * commands and feeds it events; a late event of an earlier try never reaches it.
 *
 *   offline          waits for its timer, a hint or the user
 *      |  ^
 *      |  +------------------ no token, no socket, deadline passed, connection lost (from all below)
 *      | started, retry-due, retry-asked, woke, network-changed
 *      v
 *   connecting <------------- token expired, check-failed (from all below); retry-asked in `refused`
 *      | socket-opened
 *      v
 *   authenticating            a token that is refused here is renewed once, then tried anew
 *      | welcomed
 *      v
 *   catching-up <-------+     the writer says hello and pulls
 *      | caught-up      | catch-up-wanted (new writer, damaged frame)
 *      v                |
 *   live ---------------+
 *
 *   refused <---------------- the server will not have us (from connecting to live): waits for the user
 *
 * `stopped` leads from everywhere to an idle `offline`, which only `started` leaves.
 */

/** A step of connecting that takes longer has failed. */
const STEP_DEADLINE_MS = 15_000;
/** A connection that lived this long was a good one: after it, backoff starts anew. */
const STABLE_MS = 10_000;
/** Part of a token's life after which it is renewed. */
const RENEW_AT = 0.8;
const RENEW_RETRY_MS = 15_000;

export type Offline = {
  name: "offline";
  /** Stopped or not started yet: nothing but `started` leads out. */
  idle: boolean;
  attempt: number;
  error?: Failure;
  retryAtMs: number | null;
  /** The server asked not to be disturbed until then. */
  notBeforeMs: number;
};
export type Connecting = {
  name: "connecting";
  attempt: number;
  deadlineAtMs: number;
  /** The token of this try is fresh from the server: refused again, another one would not help. */
  refreshed: boolean;
  tokenLifeMs: number | null;
};
export type Authenticating = Omit<Connecting, "name"> & { name: "authenticating" };
export type CatchingUp = {
  name: "catching-up";
  attempt: number;
  sinceMs: number;
  renewAtMs: number;
};
export type Live = Omit<CatchingUp, "name"> & { name: "live" };
export type Refused = { name: "refused"; error: Failure };

export type ConnectionState = Offline | Connecting | Authenticating | CatchingUp | Live | Refused;
export type StateName = ConnectionState["name"];

type EventBodies = {
  started: object;
  stopped: object;
  /** The user asks to try again now. */
  "retry-asked": object;
  "retry-due": object;
  "deadline-passed": object;
  "renewal-due": object;
  woke: object;
  "network-changed": { online: boolean };
  /** A request went unanswered for too long. */
  doubted: object;
  /** The answer to `check` did not come. */
  "check-failed": object;
  /** `lifeMs` is how long the token is still good. */
  "token-ready": { lifeMs: number; fresh: boolean };
  "token-failed": { error: Failure };
  "socket-opened": object;
  welcomed: object;
  "socket-closed": { error: Failure };
  "renew-failed": { error: Failure };
  /** A new writer, or a damaged frame: what was missed has to be fetched. */
  "catch-up-wanted": object;
  "caught-up": object;
};
export type EventName = keyof EventBodies;
export type ConnectionEvent<Name extends EventName = EventName> = {
  [K in Name]: { name: K } & EventBodies[K];
}[Name];

export type Command =
  /** Get an access token, from the server if `force` or if there is none that is still good. */
  | { do: "obtain-token"; force: boolean }
  | { do: "open-socket" }
  | { do: "close-socket" }
  /** Ask the server for a sign of life; no answer within seconds becomes `check-failed`. */
  | { do: "check" }
  /** `session:renew` with the token just obtained (X2). */
  | { do: "renew" }
  /** S6: tell the writer to say hello. */
  | { do: "catch-up" }
  /** The session is over: forget its tokens. */
  | { do: "sign-out"; error: Failure };

/** What a decision may look at besides state and event. `random` is in [0, 1). */
export type Env = { nowMs: number; random: number; attentive: boolean };
export type Step = { state: ConnectionState; commands: readonly Command[] };

/** One row of the table: what a state does on every event. The compiler asks for each. */
type Row<State> = {
  [Name in EventName]: (state: State, event: ConnectionEvent<Name>, env: Env) => Step;
};

export const INITIAL: Offline = {
  name: "offline",
  idle: true,
  attempt: 0,
  retryAtMs: null,
  notBeforeMs: 0,
};

function stay(state: ConnectionState, ...commands: Command[]): Step {
  return { state, commands };
}

/** Nothing to do: an event of an earlier try, or one that says nothing here. */
function ignore(state: ConnectionState): Step {
  return stay(state);
}

function connect(env: Env, attempt: number, how: { force: boolean; close: boolean }): Step {
  const state: Connecting = {
    name: "connecting",
    attempt,
    deadlineAtMs: env.nowMs + STEP_DEADLINE_MS,
    refreshed: false,
    tokenLifeMs: null,
  };
  const obtain: Command = { do: "obtain-token", force: how.force };
  return { state, commands: how.close ? [{ do: "close-socket" }, obtain] : [obtain] };
}

function stop(): Step {
  return { state: INITIAL, commands: [{ do: "close-socket" }] };
}

function fallOffline(env: Env, attempt: number, error: Failure): Step {
  const { retryAfterMs } = error;
  const waitMs = backoffMs({ attempt, retryAfterMs, attentive: env.attentive, random: env.random });
  const state: Offline = {
    name: "offline",
    idle: false,
    attempt: attempt + 1,
    error,
    retryAtMs: env.nowMs + waitMs,
    notBeforeMs: env.nowMs + (retryAfterMs ?? 0),
  };
  return { state, commands: [{ do: "close-socket" }] };
}

function refuse(error: Failure): Step {
  const over = error.code === "session_revoked";
  return {
    state: { name: "refused", error },
    commands: [{ do: "close-socket" }, ...(over ? [{ do: "sign-out", error } as const] : [])],
  };
}

/** What follows from a connection lost or not granted, by the error's class. */
function fall(env: Env, attempt: number, error: Failure, mayRefresh: boolean): Step {
  const { retry } = ERRORS[error.code];
  if (retry === "refused") return refuse(error);
  if (retry === "refresh" && mayRefresh) return connect(env, attempt, { force: true, close: true });
  return fallOffline(env, attempt, error);
}

/** X2: a refresh token that the server does not take ends the session. */
function tokenFailed(env: Env, attempt: number, error: Failure): Step {
  if (ERRORS[error.code].retry === "refresh") {
    return refuse({ code: "session_revoked", message: error.message });
  }
  return fall(env, attempt, error, false);
}

function attemptAfter(state: CatchingUp | Live, env: Env): number {
  return env.nowMs - state.sinceMs >= STABLE_MS ? 0 : state.attempt;
}

/** Hints end the wait, but not before the time the server named. */
function hinted(state: Offline, env: Env): Step {
  if (state.idle) return stay(state);
  if (env.nowMs < state.notBeforeMs) return stay(state);
  return connect(env, 0, { force: false, close: false });
}

function tooLate(env: Env, attempt: number): Step {
  return fallOffline(env, attempt, failure("timeout", "The server took too long.").error);
}

function renewAt(env: Env, lifeMs: number): number {
  return env.nowMs + Math.max(RENEW_RETRY_MS, Math.floor(lifeMs * RENEW_AT));
}

const OFFLINE: Row<Offline> = {
  started: (_state, _event, env) => connect(env, 0, { force: false, close: false }),
  stopped: stop,
  "retry-asked": (state, _event, env) =>
    state.idle ? stay(state) : connect(env, 0, { force: false, close: false }),
  "retry-due": (state, _event, env) =>
    state.idle ? stay(state) : connect(env, state.attempt, { force: false, close: false }),
  woke: (state, _event, env) => hinted(state, env),
  "network-changed": (state, event, env) => (event.online ? hinted(state, env) : stay(state)),
  // Of an earlier try:
  "deadline-passed": ignore,
  "renewal-due": ignore,
  doubted: ignore,
  "check-failed": ignore,
  "token-ready": ignore,
  "token-failed": ignore,
  "socket-opened": ignore,
  welcomed: ignore,
  "socket-closed": ignore,
  "renew-failed": ignore,
  "catch-up-wanted": ignore,
  "caught-up": ignore,
};

/** After sleep, or on another network, a try that is under way would end in its deadline. */
function tryAnew(state: Connecting | Authenticating, _event: object, env: Env): Step {
  return connect(env, state.attempt, { force: false, close: true });
}

function welcome(state: Connecting | Authenticating, env: Env): Step {
  return {
    state: {
      name: "catching-up",
      attempt: state.attempt,
      sinceMs: env.nowMs,
      renewAtMs: renewAt(env, state.tokenLifeMs ?? 0),
    },
    commands: [{ do: "catch-up" }],
  };
}

const CONNECTING: Row<Connecting> = {
  started: ignore,
  stopped: stop,
  "retry-asked": ignore,
  "retry-due": ignore,
  woke: tryAnew,
  "network-changed": (state, event, env) =>
    event.online ? tryAnew(state, event, env) : stay(state),
  "deadline-passed": (state, _event, env) => tooLate(env, state.attempt),
  "token-ready": (state, event) =>
    stay({ ...state, tokenLifeMs: event.lifeMs, refreshed: event.fresh }, { do: "open-socket" }),
  "token-failed": (state, event, env) => tokenFailed(env, state.attempt, event.error),
  "socket-opened": (state, _event, env) => ({
    state: { ...state, name: "authenticating", deadlineAtMs: env.nowMs + STEP_DEADLINE_MS },
    commands: [],
  }),
  // A server fast enough that its welcome overtakes the word that the transport stands.
  welcomed: (state, _event, env) => welcome(state, env),
  "socket-closed": (state, event, env) => fall(env, state.attempt, event.error, !state.refreshed),
  "renewal-due": ignore,
  doubted: ignore,
  "check-failed": ignore,
  "renew-failed": ignore,
  "catch-up-wanted": ignore,
  "caught-up": ignore,
};

const AUTHENTICATING: Row<Authenticating> = {
  started: ignore,
  stopped: stop,
  "retry-asked": ignore,
  "retry-due": ignore,
  woke: tryAnew,
  "network-changed": (state, event, env) =>
    event.online ? tryAnew(state, event, env) : stay(state),
  "deadline-passed": (state, _event, env) => tooLate(env, state.attempt),
  welcomed: (state, _event, env) => welcome(state, env),
  "socket-closed": (state, event, env) => fall(env, state.attempt, event.error, !state.refreshed),
  "token-ready": ignore,
  "token-failed": ignore,
  "socket-opened": ignore,
  "renewal-due": ignore,
  doubted: ignore,
  "check-failed": ignore,
  "renew-failed": ignore,
  // The catch-up starts with the welcome anyway.
  "catch-up-wanted": ignore,
  "caught-up": ignore,
};

type Up = CatchingUp | Live;

function check(state: Up): Step {
  return stay(state, { do: "check" });
}

function reconnect(state: Up, env: Env, force: boolean): Step {
  return connect(env, attemptAfter(state, env), { force, close: true });
}

/** What both states of a standing connection do alike. */
const UP: Omit<Row<Up>, "catch-up-wanted" | "caught-up"> = {
  started: ignore,
  stopped: stop,
  "retry-asked": check,
  "retry-due": ignore,
  "deadline-passed": ignore,
  // A half-open socket shows no other sign: ask at once, in a changed network as after sleep. After a
  // sleep past the token's renewal the server has given the connection up long ago (V37).
  woke: (state, _event, env) =>
    env.nowMs >= state.renewAtMs ? reconnect(state, env, false) : check(state),
  "network-changed": check,
  doubted: check,
  "check-failed": (state, _event, env) => reconnect(state, env, false),
  "renewal-due": (state, _event, env) =>
    stay({ ...state, renewAtMs: env.nowMs + RENEW_RETRY_MS }, { do: "obtain-token", force: true }),
  "token-ready": (state, event, env) =>
    stay({ ...state, renewAtMs: renewAt(env, event.lifeMs) }, { do: "renew" }),
  "token-failed": (state, event) => {
    const { retry } = ERRORS[event.error.code];
    if (retry === "refused") return refuse(event.error);
    if (retry === "refresh") {
      return refuse({ code: "session_revoked", message: event.error.message });
    }
    // The connection still stands; `renewal-due` comes again.
    return stay(state);
  },
  "renew-failed": (state, event, env) => {
    const { retry } = ERRORS[event.error.code];
    if (retry === "refused") return refuse(event.error);
    if (retry === "refresh") return reconnect(state, env, true);
    return stay({ ...state, renewAtMs: env.nowMs + RENEW_RETRY_MS });
  },
  "socket-opened": ignore,
  welcomed: ignore,
  "socket-closed": (state, event, env) => fall(env, attemptAfter(state, env), event.error, true),
};

const CATCHING_UP: Row<CatchingUp> = {
  ...UP,
  "catch-up-wanted": (state) => stay(state, { do: "catch-up" }),
  "caught-up": (state) => stay({ ...state, name: "live" }),
};

const LIVE: Row<Live> = {
  ...UP,
  "catch-up-wanted": (state) => stay({ ...state, name: "catching-up" }, { do: "catch-up" }),
  "caught-up": ignore,
};

const REFUSED: Row<Refused> = {
  started: (_state, _event, env) => connect(env, 0, { force: false, close: false }),
  stopped: stop,
  "retry-asked": (_state, _event, env) => connect(env, 0, { force: false, close: false }),
  "retry-due": ignore,
  "deadline-passed": ignore,
  "renewal-due": ignore,
  woke: ignore,
  "network-changed": ignore,
  doubted: ignore,
  "check-failed": ignore,
  "token-ready": ignore,
  "token-failed": ignore,
  "socket-opened": ignore,
  welcomed: ignore,
  "socket-closed": ignore,
  "renew-failed": ignore,
  "catch-up-wanted": ignore,
  "caught-up": ignore,
};

function apply<State, Name extends EventName>(
  row: Row<State>,
  state: State,
  event: ConnectionEvent<Name>,
  env: Env,
): Step {
  return row[event.name](state, event, env);
}

/** One step of the machine. Pure and total: every state knows every event. */
export function step(state: ConnectionState, event: ConnectionEvent, env: Env): Step {
  switch (state.name) {
    case "offline":
      return apply(OFFLINE, state, event, env);
    case "connecting":
      return apply(CONNECTING, state, event, env);
    case "authenticating":
      return apply(AUTHENTICATING, state, event, env);
    case "catching-up":
      return apply(CATCHING_UP, state, event, env);
    case "live":
      return apply(LIVE, state, event, env);
    case "refused":
      return apply(REFUSED, state, event, env);
  }
}

/** The timer that a state needs: the event to raise, and when. Timers follow from states, so none can leak. */
export function timerOf(
  state: ConnectionState,
): { event: "retry-due" | "deadline-passed" | "renewal-due"; atMs: number } | undefined {
  switch (state.name) {
    case "offline":
      return state.retryAtMs === null ? undefined : { event: "retry-due", atMs: state.retryAtMs };
    case "connecting":
    case "authenticating":
      return { event: "deadline-passed", atMs: state.deadlineAtMs };
    case "catching-up":
    case "live":
      return { event: "renewal-due", atMs: state.renewAtMs };
    case "refused":
      return undefined;
  }
}
