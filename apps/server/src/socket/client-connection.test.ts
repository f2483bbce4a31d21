import { EventEmitter } from "node:events";
import { AccountId, DeviceId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import type { Socket } from "socket.io";
import { describe, expect, test } from "vitest";
import { Push } from "../fanout/port.ts";
import { ClientConnection } from "./client-connection.ts";
import { SOCKET_LIMITS } from "./socket-limits.ts";

const MIB = 1_048_576;

/** A connection whose network takes nothing: what is written stays in the transport's buffer. */
function deafConnection() {
  const webSocket = { bufferedAmount: 0 };
  const conn = Object.assign(new EventEmitter(), {
    transport: { socket: webSocket },
    isClosed: false,
    write(text: string) {
      webSocket.bufferedAmount += text.length;
    },
    close() {
      conn.isClosed = true;
    },
  });
  const session = {
    accountId: newId(AccountId),
    deviceId: newId(DeviceId),
    expiresAtMs: Number.MAX_SAFE_INTEGER,
  };
  const socket = { id: "one", conn } as unknown as Socket;
  return { connection: new ClientConnection(socket, session, SOCKET_LIMITS, 0), conn, webSocket };
}

/** A push that takes exactly so many characters on the wire. */
function pushOf(size: number): Push {
  const requestId = newId(DeviceId);
  const bodyOf = (message: string) => ({
    error: { code: "internal" as const, message, requestId },
  });
  const bare = new Push("session:ended", bodyOf("")).json.length + 1;
  return new Push("session:ended", bodyOf("x".repeat(size - bare)));
}

describe("a consumer that is too slow", () => {
  test("E2: over 1 MiB unsent is dropped, at 1 MiB it is not", () => {
    expect(LIMITS.unsentBytes).toBe(MIB);
    const { connection, conn, webSocket } = deafConnection();
    for (let sent = 0; sent < 16; sent++) connection.send(pushOf(MIB / 16));
    expect(webSocket.bufferedAmount).toBe(MIB);
    connection.send(pushOf(1_000));
    expect({ isClosed: conn.isClosed, why: connection.endedBy }).toEqual({
      isClosed: false,
      why: undefined,
    });
    connection.send(pushOf(1_000));
    expect({ isClosed: conn.isClosed, why: connection.endedBy }).toEqual({
      isClosed: true,
      why: "too far behind",
    });
    const before = webSocket.bufferedAmount;
    connection.send(pushOf(1_000));
    expect(webSocket.bufferedAmount).toBe(before);
  });

  test("E2: a large answer that was asked for is no reason, only pushes on top of it count", () => {
    const { connection, conn, webSocket } = deafConnection();
    webSocket.bufferedAmount = 3 * MIB;
    connection.send(pushOf(1_000));
    expect(conn.isClosed).toBe(false);
    for (let sent = 0; sent < 17; sent++) connection.send(pushOf(MIB / 16));
    expect(conn.isClosed).toBe(true);
  });
});
