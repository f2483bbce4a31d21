import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { socketIo } from "@parley/client/connection/socket-io.ts";
import type { ServerEnd } from "@parley/client/testing/socket-pair.ts";
import {
  socketPortSuite,
  type SocketPortSubject,
} from "@parley/client/testing/socket-port-suite.ts";
import { SOCKET_PATH, SocketAuth } from "@parley/protocol/socket/pushes.ts";
import { Server, type Socket } from "socket.io";
import { io } from "socket.io-client";
import { describe, vi } from "vitest";

function endOf(socket: Socket, url: string): ServerEnd {
  const { accessToken, protocols } = SocketAuth.parse(socket.handshake.auth);
  return {
    options: { serverUrl: url, accessToken, protocols, firstTransport: "websocket" },
    get isOpen() {
      return socket.connected;
    },
    push: (name, body) => void socket.emit(name, body),
    close: () => void socket.disconnect(true),
  };
}

/** A handshake as a script sees it: it may be refused, and what is said then travels with the refusal. */
class Refused extends Error {
  readonly data: { error: unknown };

  constructor(error: unknown) {
    super("refused");
    this.data = { error };
  }
}

describe("socket port, by Socket.IO over a real connection", () => {
  socketPortSuite(async (script) => {
    const http = createServer();
    const server = new Server(http, { path: SOCKET_PATH });
    let url = "";
    server.use((socket, next) => {
      let refusal: Refused | undefined;
      const end = endOf(socket, url);
      script.connected({
        ...end,
        push: () => undefined,
        close: (_reason, said) => {
          refusal = new Refused(said);
        },
      });
      next(refusal);
    });
    server.on("connection", (socket) => {
      const end = endOf(socket, url);
      script.connected(end);
      socket.onAny((name: string, body: unknown, answer: (reply: unknown) => void) =>
        script.request(end, name, body, answer),
      );
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
    const subject: SocketPortSubject = {
      port: socketIo((serverUrl, { auth, ...options }) =>
        io(serverUrl, { ...options, auth: { ...auth } }),
      ),
      serverUrl: url,
      until: (isDone) =>
        vi.waitUntil(isDone, { timeout: 30_000, interval: 5 }).then(() => undefined),
      goDown: () => server.close(),
      stop: () => server.close(),
    };
    return subject;
  });
});
