import {
  failure,
  type Failure,
  failureOfIssues,
  type Result,
  success,
  WireError,
} from "@parley/protocol/errors.ts";
import type { ServerId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { type PushBody, type PushName, PUSHES, Welcome } from "@parley/protocol/socket/pushes.ts";
import {
  type RequestData,
  type RequestInput,
  type RequestName,
  REQUESTS,
} from "@parley/protocol/socket/requests.ts";
import { utf8Bytes } from "@parley/protocol/text.ts";
import { PROTOCOL_VERSIONS } from "@parley/protocol/versions.ts";
import type { AccountApi } from "./account-api.ts";
import {
  type Command,
  type ConnectionEvent,
  type ConnectionState,
  INITIAL,
  step,
  timerOf,
} from "./machine.ts";
import { failureOf, type Parser, parseWith } from "./parse.ts";
import type {
  Cancel,
  Clock,
  Log,
  NetworkEvents,
  PowerEvents,
  Socket,
  SocketClosure,
  SocketOptions,
  SocketPort,
} from "./ports.ts";
import { type RequestTimes, RequestsUnderWay } from "./requests-under-way.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** A request without an answer after this long has failed. */
const REQUEST_TIMEOUT_MS = 15_000;
/** A frame that cannot be read is healed by a catch-up, this often at most. */
const HEAL_PAUSE_MS = 10_000;

export type Push = { [Name in PushName]: { name: Name; body: PushBody<Name> } }[PushName];

export type ConnectionPorts = {
  socket: SocketPort;
  clock: Clock;
  power: PowerEvents;
  network: NetworkEvents;
  log: Log;
};

export type ConnectionOptions = ConnectionPorts & {
  serverUrl: string;
  serverId: ServerId;
  api: AccountApi;
  tokens: TokenKeeper;
  /** Whether a window is visible: it is then worth trying more often. */
  attentive: () => boolean;
  changed: (state: ConnectionState) => void;
  pushed: (push: Push) => void;
  /** Body of the request by which a standing connection is checked: the chats that are open. */
  checkBody: () => RequestInput<"view:open">;
  /** The server accepted the connection. */
  welcomed: (welcome: Welcome) => void;
  /** S6: the writer shall say hello now. */
  catchUp: () => void;
  /** The session is over; its tokens are already forgotten. */
  signedOut: (error: Failure) => void;
};

const ANSWERS: { [Name in RequestName]: { data: Parser<RequestData<Name>> } } = REQUESTS;

function unreadable(name: RequestName): Result<never> {
  return failure("internal", `The server's answer to ${name} could not be read.`);
}

/**
 * Runs the connection machine of one account against its ports. Requests end as a Result, at the
 * latest after REQUEST_TIMEOUT_MS; with no connection they fail at once as `offline`.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = INITIAL;
  #timer: { atMs: number; event: string; cancel: Cancel } | undefined;
  #socket: Socket | undefined;
  #accessToken: string | undefined;
  #ended: Failure | undefined;
  /** Rises with every try; answers for an earlier one are dropped. */
  #turn = 0;
  #checking = false;
  /** V39: which transport the next try starts with. */
  #firstTransport: SocketOptions["firstTransport"] = "websocket";
  #healedAtMs = Number.NEGATIVE_INFINITY;
  readonly #underWay: RequestsUnderWay;
  #hints: Cancel[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#underWay = new RequestsUnderWay(options.clock, (socket) => {
      if (socket === this.#socket) this.#raise({ name: "doubted" });
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether the server has accepted the connection: requests may be sent. */
  get isUp(): boolean {
    return this.#state.name === "catching-up" || this.#state.name === "live";
  }

  start(): void {
    if (this.#hints.length === 0) {
      this.#hints = [
        this.#options.power.onWake(() => this.#raise({ name: "woke" })),
        this.#options.network.onChange((online) => {
          // Another network may let WebSockets through.
          this.#firstTransport = "websocket";
          this.#raise({ name: "network-changed", online });
        }),
      ];
    }
    this.#raise({ name: "started" });
  }

  /** Ends everything; nothing is left running. It can be started again. */
  stop(): void {
    for (const cancel of this.#hints.splice(0)) cancel();
    this.#raise({ name: "stopped" });
  }

  retry(): void {
    this.#raise({ name: "retry-asked" });
  }

  /** A window came into view: a good moment to end a wait, as after sleep. */
  look(): void {
    if (this.#state.name === "offline") this.#raise({ name: "woke" });
  }

  wantCatchUp(): void {
    this.#raise({ name: "catch-up-wanted" });
  }

  caughtUp(): void {
    this.#raise({ name: "caught-up" });
  }

  /** Sends a request and parses its answer. The body is checked before it leaves. */
  async request<Name extends RequestName>(
    name: Name,
    input: RequestInput<Name>,
  ): Promise<Result<RequestData<Name>>> {
    const answer = await this.pass(name, input);
    return answer.ok ? this.read(name, answer.value) : answer;
  }

  /** Passes on a request of unknown origin. Its body is checked; its answer is left to whoever asked. */
  async pass(name: RequestName, input: unknown): Promise<Result<unknown>> {
    const body = REQUESTS[name].body.safeParse(input);
    if (!body.success) return failureOfIssues(body.error);
    // E2: a larger frame would close the connection, and again after every resume.
    if (utf8Bytes(JSON.stringify(body.data)) > LIMITS.frameBytes - 1024) {
      return failure("too_large", "The request does not fit a frame.");
    }
    if (!this.isUp) return failure("offline", "There is no connection to the server.");
    const reply = await this.#emit(name, body.data, {
      timeoutMs: REQUEST_TIMEOUT_MS,
      doubtAfterMs: LIMITS.doubtAfterMs,
    });
    if (!reply.ok) return reply;
    const { value } = reply;
    if (typeof value === "object" && value !== null) {
      if ("error" in value) return this.#readError(value.error);
      if ("data" in value) return success(value.data);
    }
    return unreadable(name);
  }

  /** Parses the answer to a request that was passed on. */
  read<Name extends RequestName>(name: Name, data: unknown): Result<RequestData<Name>> {
    const parsed = parseWith(ANSWERS[name].data, data);
    if (parsed.ok) return success(parsed.value);
    this.#options.log.warn("An answer could not be read.", { name, problem: parsed.problem });
    return unreadable(name);
  }

  #readError(said: unknown): Result<never> {
    const error = readFailure(said);
    if (error) return { ok: false, error };
    return failure("internal", "The server's error could not be read.");
  }

  #emit(name: RequestName, body: unknown, times: RequestTimes): Promise<Result<unknown>> {
    const socket = this.#socket;
    return socket
      ? this.#underWay.emit(socket, name, body, times)
      : Promise.resolve(failure("offline", "There is no connection to the server."));
  }

  #raise(event: ConnectionEvent): void {
    const { clock, attentive, changed } = this.#options;
    const before = this.#state;
    const env = { nowMs: clock.nowMs(), random: clock.random(), attentive: attentive() };
    const { state, commands } = step(before, event, env);
    this.#state = state;
    this.#setTimer();
    if (state.name !== before.name || (state.name === "offline" && state !== before))
      changed(state);
    for (const command of commands) this.#run(command);
  }

  #setTimer(): void {
    const wanted = timerOf(this.#state);
    const running = this.#timer;
    if (wanted && running && wanted.atMs === running.atMs && wanted.event === running.event) return;
    running?.cancel();
    this.#timer = undefined;
    if (!wanted) return;
    const { clock } = this.#options;
    const cancel = clock.setTimer(
      () => {
        this.#timer = undefined;
        this.#raise({ name: wanted.event });
      },
      Math.max(0, wanted.atMs - clock.nowMs()),
    );
    this.#timer = { ...wanted, cancel };
  }

  #run(command: Command): void {
    switch (command.do) {
      case "obtain-token":
        void this.#obtainToken(command.force);
        return;
      case "open-socket":
        this.#openSocket();
        return;
      case "close-socket":
        this.#closeSocket();
        return;
      case "check":
        void this.#check();
        return;
      case "renew":
        void this.#renew();
        return;
      case "catch-up":
        this.#options.catchUp();
        return;
      case "sign-out":
        void this.#signOut(command.error);
    }
  }

  async #obtainToken(force: boolean): Promise<void> {
    const turn = this.#turn;
    const token = await this.#options.tokens.obtain(force);
    if (turn !== this.#turn) return;
    if (!token.ok) {
      this.#raise({ name: "token-failed", error: token.error });
      return;
    }
    this.#accessToken = token.value.accessToken;
    this.#raise({ name: "token-ready", lifeMs: token.value.lifeMs, fresh: token.value.fresh });
  }

  #openSocket(): void {
    this.#closeSocket();
    const turn = this.#turn;
    const mine = (run: () => void) => () => {
      if (turn === this.#turn) run();
    };
    let welcomed = false;
    let opened = false;
    this.#ended = undefined;
    this.#socket = this.#options.socket.open(
      {
        serverUrl: this.#options.serverUrl,
        accessToken: this.#accessToken ?? "",
        protocols: PROTOCOL_VERSIONS,
        firstTransport: this.#firstTransport,
      },
      {
        opened: mine(() => {
          opened = true;
          this.#raise({ name: "socket-opened" });
        }),
        frame: (name, body) =>
          mine(() => {
            if (name === "session:welcome") welcomed = this.#welcomed(body) || welcomed;
            else this.#frame(name, body);
          })(),
        closed: (closure) => mine(() => void this.#closed(closure, { opened, welcomed }))(),
      },
    );
  }

  #closeSocket(): void {
    this.#turn += 1;
    this.#checking = false;
    this.#socket?.close();
    this.#socket = undefined;
    this.#failPending();
  }

  #failPending(): void {
    const { error } = failure("offline", "The connection was lost before the answer came.");
    this.#underWay.failAll(error);
  }

  #welcomed(body: unknown): boolean {
    const welcome = parseWith(Welcome, body);
    if (!welcome.ok) {
      this.#options.log.warn("The welcome could not be read.", { problem: welcome.problem });
      const { error } = failure("not_a_parley_server", "The welcome could not be read.");
      this.#raise({ name: "socket-closed", error });
      return false;
    }
    this.#options.welcomed(welcome.value);
    this.#raise({ name: "welcomed" });
    return true;
  }

  #frame(name: string, body: unknown): void {
    const { pushed } = this.#options;
    switch (name) {
      case "sync:changes":
        return this.#read(name, PUSHES[name], body, (value) => pushed({ name, body: value }));
      case "sync:heal":
        return this.#read(name, PUSHES[name], body, (value) => pushed({ name, body: value }));
      case "typing:changed":
        return this.#read(name, PUSHES[name], body, (value) => pushed({ name, body: value }));
      case "presence:changed":
        return this.#read(name, PUSHES[name], body, (value) => pushed({ name, body: value }));
      case "attention:changed":
        return this.#read(name, PUSHES[name], body, (value) => pushed({ name, body: value }));
      case "session:others":
        return this.#read(name, PUSHES[name], body, (value) => pushed({ name, body: value }));
      case "devices:changed":
        return this.#read(name, PUSHES[name], body, (value) => pushed({ name, body: value }));
      case "session:ended":
        return this.#read(name, PUSHES[name], body, ({ error }) => {
          this.#ended = failureOf(error);
        });
      default:
        // S15: a newer server may say more than this build understands.
        this.#options.log.warn("A frame of an unknown kind was passed over.", { name });
    }
  }

  /** Parses a frame once. One that cannot be read is logged, and healed by a catch-up. */
  #read<T>(name: string, schema: Parser<T>, body: unknown, take: (value: T) => void): void {
    const parsed = parseWith(schema, body);
    if (parsed.ok) return take(parsed.value);
    this.#options.log.warn("A frame could not be read.", { name, problem: parsed.problem });
    const nowMs = this.#options.clock.nowMs();
    if (Math.abs(nowMs - this.#healedAtMs) < HEAL_PAUSE_MS) return;
    this.#healedAtMs = nowMs;
    this.#raise({ name: "catch-up-wanted" });
  }

  async #closed(
    closure: SocketClosure,
    was: { opened: boolean; welcomed: boolean },
  ): Promise<void> {
    const turn = this.#turn;
    this.#failPending();
    const said = this.#ended ?? readFailure(closure.said);
    const error = said ?? (was.welcomed ? lost(closure) : await this.#whyNot(closure, was.opened));
    if (turn === this.#turn) this.#raise({ name: "socket-closed", error });
  }

  /** V39: no socket could be had: nobody there, a captive portal, another server (S19), no WebSockets. */
  async #whyNot(closure: SocketClosure, opened: boolean): Promise<Failure> {
    const info = await this.#options.api.probe();
    if (!info.ok) {
      // Only a Parley server says so, and it says nothing about the socket.
      return info.error.code === "rate_limited" ? lost(closure) : info.error;
    }
    if (info.value.serverId !== this.#options.serverId) {
      return failure("server_changed", "Another server answers at this address.").error;
    }
    // The server is there, but the socket did not open: something in between may not let it.
    if (!opened)
      this.#firstTransport = this.#firstTransport === "websocket" ? "polling" : "websocket";
    return lost(closure);
  }

  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    const turn = this.#turn;
    const body = this.#options.checkBody();
    const reply = await this.#emit("view:open", body, { timeoutMs: LIMITS.checkMs });
    if (turn !== this.#turn) return;
    this.#checking = false;
    if (reply.ok) return;
    this.#underWay.checkFailed();
    this.#raise({ name: "check-failed" });
  }

  async #renew(): Promise<void> {
    const turn = this.#turn;
    const renewed = await this.request("session:renew", { accessToken: this.#accessToken ?? "" });
    if (turn === this.#turn && !renewed.ok)
      this.#raise({ name: "renew-failed", error: renewed.error });
  }

  async #signOut(error: Failure): Promise<void> {
    try {
      await this.#options.tokens.forget();
    } catch (cause) {
      this.#options.log.warn("A token could not be forgotten.", { cause: String(cause) });
    }
    this.#options.signedOut(error);
  }
}

function lost(closure: SocketClosure): Failure {
  return failure("server_unreachable", `The connection ended: ${closure.reason}.`).error;
}

function readFailure(said: unknown): Failure | undefined {
  const parsed = parseWith(WireError, said);
  return parsed.ok ? failureOf(parsed.value) : undefined;
}
