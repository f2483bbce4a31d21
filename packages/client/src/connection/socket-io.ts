import { SOCKET_PATH } from "@parley/protocol/socket/pushes.ts";
import type { SocketPort } from "./ports.ts";

/** What this adapter uses of a socket of socket.io-client. */
export type SocketIoSocket = {
  on(name: "connect", listener: () => void): unknown;
  on(name: "connect_error", listener: (error: Error & { data?: unknown }) => void): unknown;
  on(name: "disconnect", listener: (reason: string) => void): unknown;
  onAny(listener: (name: string, body: unknown) => void): unknown;
  emit(name: string, body: unknown, answered: (reply: unknown) => void): unknown;
  connect(): unknown;
  disconnect(): unknown;
  readonly io: { on(name: "open", listener: () => void): unknown };
};

export type SocketIoOptions = {
  path: string;
  auth: { accessToken: string; protocols: readonly number[] };
  transports: ("websocket" | "polling")[];
  tryAllTransports: boolean;
  reconnection: false;
  autoConnect: false;
  forceNew: true;
  timeout: number;
};

/** `io` of socket.io-client. */
export type SocketIoClient = (serverUrl: string, options: SocketIoOptions) => SocketIoSocket;

const OPEN_TIMEOUT_MS = 10_000;

/** What the server put into the refusal: `{error}` as everywhere else (E1), or the error itself. */
function saidBy(error: Error & { data?: unknown }): unknown {
  const { data } = error;
  if (typeof data === "object" && data !== null && "error" in data) return data.error;
  return data;
}

/**
 * Sockets by socket.io-client, which the shell hands in. E5: it carries frames and acks only; its
 * reconnection, buffer and retries are off, because the connection machine is ours. V39: WebSocket
 * first; long polling where that is refused, or where the caller saw that it does not open.
 */
export function socketIo(io: SocketIoClient): SocketPort {
  return {
    open: ({ serverUrl, accessToken, protocols, firstTransport }, listener) => {
      const socket = io(serverUrl, {
        path: SOCKET_PATH,
        auth: { accessToken, protocols },
        transports:
          firstTransport === "websocket" ? ["websocket", "polling"] : ["polling", "websocket"],
        tryAllTransports: true,
        reconnection: false,
        autoConnect: false,
        forceNew: true,
        timeout: OPEN_TIMEOUT_MS,
      });
      let over = false;
      const end = (reason: string, said?: unknown): void => {
        if (over) return;
        over = true;
        socket.disconnect();
        listener.closed({ reason, said });
      };
      socket.io.on("open", () => {
        if (!over) listener.opened();
      });
      socket.onAny((name, body) => {
        if (!over) listener.frame(name, body);
      });
      socket.on("connect_error", (error) => end(error.message, saidBy(error)));
      socket.on("disconnect", (reason) => end(reason));
      socket.connect();
      return {
        // A frame given to a closed socket would wait in its buffer: whoever asked has its timeout.
        emit: (name, body, answered) => {
          if (!over) socket.emit(name, body, answered);
        },
        close: () => {
          over = true;
          socket.disconnect();
        },
      };
    },
  };
}
