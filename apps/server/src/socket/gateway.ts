import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { type Failure, failure, type Result, success } from "@parley/protocol/errors.ts";
import { type AccountId, uuidv7 } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { SOCKET_PATH, SocketAuth, type Welcome } from "@parley/protocol/socket/pushes.ts";
import { negotiateVersion, PROTOCOL_VERSIONS } from "@parley/protocol/versions.ts";
import type { SocketLog } from "./socket-log.ts";
import { Server, type Socket } from "socket.io";
import { type Fanout, Push } from "../fanout/port.ts";
import type { Storage } from "../storage/port.ts";
import { Arrivals, type Place } from "./arrivals.ts";
import { ClientConnection } from "./client-connection.ts";
import { Dispatcher } from "./dispatcher.ts";
import { isSameOrigin } from "./origin.ts";
import { RawSockets } from "./raw-sockets.ts";
import type { Handlers } from "./request-handler.ts";
import type { VerifiedSession, VerifyAccess } from "./session-port.ts";
import type { SocketLimits } from "./socket-limits.ts";
import { type RawConnection, Strangers } from "./strangers.ts";

export type GatewayDeps = {
  storage: Storage;
  fanout: Fanout;
  handlers: Handlers;
  verifyAccess: VerifyAccess;
  limits: SocketLimits;
  log: SocketLog;
  nowMs: () => number;
  /** Where a request comes from, as its limits count it. */
  addressOf: (request: IncomingMessage) => string;
  /** Called for every connection that is gone. */
  onGone(connection: ClientConnection): void;
  /** Called once, when it takes nothing any more. */
  onDrained(): void;
  /** Called about once a second. */
  onTick(): Promise<void>;
};

/** How often expiry and what is due is looked at. */
const TICK_MS = 1_000;
/** How long a drain waits for answers before it closes connections all the same. */
const DRAIN_MS = 5_000;

/** How long connections may take to read why they end. */
const GOODBYE_MS = 1_000;
/** V38: whom a planned end sends away comes back at the earliest after this ... */
const RESTART_MS = 1_000;
/** ... and at this pace. */
const RETURNS_PER_SECOND = 500;

/** Waits for a promise, but not longer than this. */
async function atMost(limitMs: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

type Accepted = { protocol: number; session: VerifiedSession; place: Place };

function tooManyConnections() {
  return failure("too_many_connections", "This account has too many connections.");
}

/** A refused handshake: Socket.IO hands `data` to the client (V10). */
class Refused extends Error {
  readonly data: { error: Failure & { requestId: string } };
  constructor(error: Failure) {
    super(error.message);
    this.data = { error: { ...error, requestId: uuidv7() } };
  }
}

/**
 * The socket endpoint: handshake, life and end of connections. E5: Socket.IO carries frames and acks
 * only.
 *
 *   upgrade -> origin -> auth (S15, token) -> its turn (V38) -> welcome -> requests ... -> ended | dropped
 */
export class SocketGateway {
  readonly #deps: GatewayDeps;
  readonly #io: Server;
  readonly #dispatcher: Dispatcher;
  readonly #connections = new Map<string, ClientConnection>();
  readonly #accepted = new WeakMap<Socket, Accepted>();
  readonly #strangers: Strangers;
  readonly #arrivals: Arrivals;
  readonly #places = new WeakMap<ClientConnection, Place>();
  readonly #rawSockets = new RawSockets();
  readonly #stopListening: () => void;
  #ticking: NodeJS.Timeout | undefined;
  #isDraining = false;
  #onEmpty: (() => void) | undefined;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
    this.#arrivals = new Arrivals(deps.limits, deps.nowMs);
    this.#dispatcher = new Dispatcher({
      ...deps,
      onAnswered: (connection, name) => {
        if (name === "sync:hello") this.#places.get(connection)?.leave();
      },
    });
    this.#strangers = new Strangers(deps.limits.strangersPerAddress, deps.addressOf);
    this.#stopListening = deps.storage.onCommitted((committed) => deps.fanout.publish(committed));
    this.#io = new Server({
      path: SOCKET_PATH,
      transports: ["websocket", "polling"],
      serveClient: false,
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: LIMITS.frameBytes,
      connectTimeout: LIMITS.authenticateMs,
      // V37
      pingInterval: LIMITS.pingIntervalMs,
      pingTimeout: LIMITS.pingTimeoutMs,
      allowRequest: (request, allow) => this.#allow(request, allow),
    });
    this.#io.use((socket, next) => void this.#admit(socket, next));
    this.#io.on("connection", (socket) => this.#open(socket));
  }

  /** How many connections are open. */
  get size(): number {
    return this.#connections.size;
  }

  /** Serves sockets on a server that is listening or will be. */
  attach(server: HttpServer | HttpsServer): void {
    this.#rawSockets.watch(server);
    this.#io.attach(server);
    // The engine is made by attaching.
    this.#io.engine.on("connection", (raw: RawConnection) => this.#strangers.add(raw));
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  /**
   * Takes no new connection and no new request, answers what was taken, tells every connection why it
   * ends, and closes it. The HTTP server stays with whoever made it.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    clearInterval(this.#ticking);
    await atMost(DRAIN_MS, this.#dispatcher.drain());
    const gone = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    let number = 0;
    for (const connection of this.#connections.values()) {
      // V38: nobody comes back at the same moment.
      const retryAfterMs = RESTART_MS + Math.floor((number++ / RETURNS_PER_SECOND) * 1000);
      connection.end("shutting_down", "The server is shutting down.", { retryAfterMs });
    }
    // Only a moment: whoever does not read its last frame by then will not.
    if (this.#connections.size > 0) await atMost(GOODBYE_MS, gone);
    this.#io.engine.close();
    // V37: whoever does not answer the goodbye of its WebSocket holds nothing up.
    this.#rawSockets.destroyAll();
    this.#stopListening();
    this.#deps.onDrained();
  }

  #allow(
    request: IncomingMessage,
    allow: (error: string | null | undefined, success: boolean) => void,
  ): void {
    if (this.#isDraining) return allow("shutting down", false);
    if (!this.#strangers.hasRoom(request)) return allow("too many connections", false);
    return isSameOrigin(request.headers) ? allow(null, true) : allow("wrong origin", false);
  }

  async #admit(socket: Socket, next: (refused?: Error) => void): Promise<void> {
    let refusal: Failure | undefined;
    try {
      const result = await this.#authenticate(socket);
      if (!result.ok) refusal = result.error;
    } catch (error) {
      this.#deps.log.error({ err: error }, "handshake failed");
      refusal = failure("internal", "The server could not do this.").error;
    }
    next(refusal && new Refused(refusal));
  }

  async #authenticate(socket: Socket): Promise<Result<null>> {
    const auth = SocketAuth.safeParse(socket.handshake.auth);
    if (!auth.success) return failure("unauthenticated", "The handshake names no token.");
    const protocol = negotiateVersion(auth.data.protocols);
    if (protocol === undefined) {
      const spoken = PROTOCOL_VERSIONS.join(", ");
      return failure("upgrade_required", `This server speaks the protocol versions ${spoken}.`);
    }
    const verified = await this.#deps.verifyAccess(auth.data.accessToken);
    if (!verified.ok) return verified;
    const session = verified.value;
    if (this.#isFull(session.accountId)) return tooManyConnections();
    const place = await this.#arrivals.enter((gone) => socket.conn.once("close", gone));
    if (!place.ok) return place;
    socket.conn.once("close", () => place.value.leave());
    this.#accepted.set(socket, { protocol, session, place: place.value });
    return success(null);
  }

  #isFull(accountId: AccountId): boolean {
    const { fanout, limits } = this.#deps;
    return fanout.connectionsOf(accountId).length >= limits.connectionsPerAccount;
  }

  #open(socket: Socket): void {
    const { fanout, storage, limits, log } = this.#deps;
    const accepted = this.#accepted.get(socket);
    if (!accepted) return;
    const nowMs = this.#deps.nowMs();
    const { protocol, session, place } = accepted;
    const { accountId, deviceId } = session;
    const connection = new ClientConnection(socket, session, limits, nowMs);
    // Several may have been admitted at the same moment, before any of them counted.
    if (this.#isFull(accountId)) {
      const { error } = tooManyConnections();
      connection.end(error.code, error.message);
      return;
    }
    this.#strangers.known(socket.conn);
    this.#places.set(connection, place);
    this.#connections.set(connection.id, connection);
    fanout.attach(connection);
    socket.onAny((name: string, ...args: unknown[]) =>
      this.#dispatcher.dispatch(connection, name, args),
    );
    // Without a listener Socket.IO writes to the console; the close that follows is logged.
    socket.on("error", () => {});
    socket.on("disconnect", (reason) => this.#close(connection, reason));
    const { dataEpoch } = storage.identity;
    const welcome: Welcome = { protocol, accountId, deviceId, dataEpoch, nowMs };
    socket.emit("session:welcome", welcome);
    if (fanout.connectionsOf(accountId).length > 1) this.#tellOthers(accountId);
    log.info({ accountId, deviceId, connectionId: connection.id }, "connection opened");
    this.#verifyAgain(connection, socket);
  }

  /** V43, V57: how many there are, and whose, to an account that has, or just had, several. */
  #tellOthers(accountId: AccountId): void {
    const connections = this.#deps.fanout.connectionsOf(accountId);
    const others = connections.length - 1;
    for (const connection of connections) connection.send(new Push("session:others", { others }));
    this.#deps.fanout.tellDevices(accountId);
  }

  /** The session may have ended between the check of its token and now: then nobody was told. */
  #verifyAgain(connection: ClientConnection, socket: Socket): void {
    const auth = SocketAuth.safeParse(socket.handshake.auth);
    if (!auth.success) return;
    this.#deps.verifyAccess(auth.data.accessToken).then(
      (verified) => {
        if (!verified.ok) connection.end(verified.error.code, verified.error.message);
      },
      (error: unknown) => this.#deps.log.error({ err: error }, "check of a session failed"),
    );
  }

  #close(connection: ClientConnection, reason: string): void {
    const { accountId, deviceId, id: connectionId, openedAtMs, endedBy } = connection;
    this.#connections.delete(connectionId);
    if (this.#connections.size === 0) this.#onEmpty?.();
    this.#deps.onGone(connection);
    this.#deps.fanout.detach(connection);
    this.#tellOthers(accountId);
    if (this.#deps.fanout.connectionsOf(accountId).length === 0) this.#dispatcher.forget(accountId);
    const durationMs = this.#deps.nowMs() - openedAtMs;
    this.#deps.log.info(
      { accountId, deviceId, connectionId, reason, endedBy, durationMs },
      "connection closed",
    );
  }

  #tick(): void {
    const now = this.#deps.nowMs();
    for (const connection of this.#connections.values()) {
      if (connection.expiresAtMs > now) continue;
      connection.end("token_expired", "The access token has expired.");
    }
    this.#deps.onTick().catch((error: unknown) => {
      this.#deps.log.error({ err: error }, "a tick failed");
    });
  }
}
