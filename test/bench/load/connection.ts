import type { Change } from "@parley/protocol/chat.ts";
import type { Event } from "@parley/protocol/event.ts";
import type { AccountId, ChatId, ClientId } from "@parley/protocol/ids.ts";
import { SOCKET_PATH } from "@parley/protocol/socket/pushes.ts";
import type {
  Reply,
  RequestData,
  RequestInput,
  RequestName,
} from "@parley/protocol/socket/requests.ts";
import { PROTOCOL_VERSIONS } from "@parley/protocol/versions.ts";
import { io, type Socket } from "socket.io-client";

import type { Seat } from "../harness/world.ts";

const CONNECT_TIMEOUT_MS = 60_000;
/** A server whose disk stands still for a test keeps its answers for so long, on a slow machine too. */
const ANSWER_TIMEOUT_MS = 120_000;

/** A message on its way out, as the load generator makes it. */
export type Outgoing = {
  chatId: ChatId;
  clientId: ClientId;
  alg: string;
  type: string;
  notify: boolean;
  payload: string;
};

/**
 * One account's connection, speaking the protocol with as little work as possible: answers are
 * trusted, not parsed by schema, so that the load generator stays out of the server's way.
 */
export class Connection {
  readonly accountId: AccountId;
  readonly chatIds: readonly ChatId[];
  readonly #socket: Socket;
  /** Called for each event that the server pushes, and when. Replaced by each measurement. */
  onEvent: (event: Event) => void = () => undefined;
  /** Called once for each pushed frame, after its events. */
  onFrame: () => void = () => undefined;
  #endedBy: string | undefined;

  private constructor(socket: Socket, seat: Seat) {
    this.accountId = seat.accountId;
    this.chatIds = seat.chatIds;
    this.#socket = socket;
    socket.on("sync:changes", ({ changes }: { changes: Change[] }) => {
      for (const change of changes) if (change.kind === "event") this.onEvent(change.event);
      this.onFrame();
    });
    socket.on("session:ended", (body: unknown) => {
      this.#endedBy = JSON.stringify(body);
    });
  }

  /** Connects and waits for the server's welcome. */
  static open(url: string, seat: Seat): Promise<Connection> {
    const socket = io(url, {
      path: SOCKET_PATH,
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      timeout: CONNECT_TIMEOUT_MS,
      auth: { accessToken: seat.accessToken, protocols: PROTOCOL_VERSIONS },
    });
    const connection = new Connection(socket, seat);
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => {
        socket.close();
        reject(new Error(`no connection: ${reason}`));
      };
      const late = setTimeout(() => fail("timeout"), CONNECT_TIMEOUT_MS);
      socket.once("connect_error", (error) => fail(`${error.name}: ${error.message}`));
      socket.once("disconnect", (reason) => fail(connection.#endedBy ?? reason));
      socket.once("session:welcome", () => {
        clearTimeout(late);
        socket.off("connect_error").off("disconnect");
        resolve(connection);
      });
    });
  }

  /** What the server has sent and been sent so far, in characters of frames, headers left out. */
  countTraffic(): { received(): number; sent(): number } {
    let received = 0;
    let sent = 0;
    const sizeOf = (data: unknown) => (typeof data === "string" ? Buffer.byteLength(data) : 0);
    this.#socket.io.engine.on("packet", (packet) => (received += 1 + sizeOf(packet.data)));
    this.#socket.io.engine.on("packetCreate", (packet) => (sent += 1 + sizeOf(packet.data)));
    return { received: () => received, sent: () => sent };
  }

  /** Sends a request and calls back with the answer; no promise, so that load costs little. */
  request<Name extends RequestName>(
    name: Name,
    body: RequestInput<Name>,
    answered: (reply: Reply<RequestData<Name>>) => void,
  ): void {
    this.#socket.emit(name, body, answered);
  }

  /** Sends a request and resolves to its data. A refusal or a lost answer rejects. */
  ask<Name extends RequestName>(name: Name, body: RequestInput<Name>): Promise<RequestData<Name>> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${name}: no answer; ${this.#endedBy ?? "connection stands"}`)),
        ANSWER_TIMEOUT_MS,
      );
      this.request(name, body, (reply) => {
        clearTimeout(late);
        if ("error" in reply) reject(new Error(`${name}: ${JSON.stringify(reply.error)}`));
        else resolve(reply.data);
      });
    });
  }

  /** S6: subscribes, and follows all pages. Returns the changes and the new watermark. */
  async hello(since = 0, dataEpoch: RequestInput<"sync:hello">["dataEpoch"] = null) {
    const changes: Change[] = [];
    let page = await this.ask("sync:hello", { dataEpoch, since });
    changes.push(...page.changes);
    while (page.next !== null) {
      page = await this.ask("sync:hello", { dataEpoch, since, after: page.next });
      changes.push(...page.changes);
    }
    return { changes, watermark: page.watermark, dataEpoch: page.dataEpoch };
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  close(): void {
    this.#socket.close();
  }
}

/** Opens a connection for each seat, some at a time, and subscribes them all. */
export async function openAll(url: string, seats: readonly Seat[]): Promise<Connection[]> {
  const atOnce = 20;
  const connections: Connection[] = [];
  for (let first = 0; first < seats.length; first += atOnce) {
    const opened = await Promise.all(
      seats.slice(first, first + atOnce).map(async (seat) => {
        const connection = await Connection.open(url, seat);
        await connection.hello();
        return connection;
      }),
    );
    connections.push(...opened);
  }
  return connections;
}
