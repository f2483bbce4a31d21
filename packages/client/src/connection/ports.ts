import type { Result } from "@parley/protocol/errors.ts";

/** Ends a subscription or a timer. Calling it again does nothing. */
export type Cancel = () => void;

/** Time and chance. `random` is in [0, 1). */
export type Clock = {
  /** Milliseconds since 1970 by this machine's clock, which may be wrong or jump. */
  nowMs(): number;
  setTimer(run: () => void, afterMs: number): Cancel;
  random(): number;
};

export type HttpRequest = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  url: string;
  accessToken?: string;
  /** Sent as JSON. */
  body?: unknown;
  timeoutMs: number;
};

/** `json` is undefined where the answer was not JSON. */
export type HttpResponse = { status: number; json: unknown };

/** One HTTP request. Never throws and never hangs: `timeout` and `server_unreachable` are results. */
export type HttpPort = { send(request: HttpRequest): Promise<Result<HttpResponse>> };

export type SocketOptions = {
  /** Origin of the server, e.g. `https://chat.example.org`. */
  serverUrl: string;
  accessToken: string;
  /** S15: versions of the wire contract that this client speaks. */
  protocols: readonly number[];
  /** V39: the transport to begin with; the other one is tried where that is refused. */
  firstTransport: "websocket" | "polling";
};

/** Why a socket is gone: what the server said of it (unparsed), if it said anything. */
export type SocketClosure = { said?: unknown; reason: string };

/** Told in this order: `opened` at most once, frames, `closed` exactly once unless closed by us. */
export type SocketListener = {
  /** The transport stands; the server has not accepted us yet. */
  opened(): void;
  frame(name: string, body: unknown): void;
  closed(closure: SocketClosure): void;
};

/** One connection, used once (E5: no reconnection, no buffer, no retry of its own). */
export type Socket = {
  /** Sends a frame; `answered` gets the unparsed ack, or is never called. */
  emit(name: string, body: unknown, answered: (reply: unknown) => void): void;
  /** Closes for good. The listener hears nothing any more. */
  close(): void;
};

export type SocketPort = { open(options: SocketOptions, listener: SocketListener): Socket };

/** Tells when the machine woke from sleep. */
export type PowerEvents = { onWake(listener: () => void): Cancel };

/** Hints that the network came or went. They never decide: they are reasons to look (loopback needs none). */
export type NetworkEvents = { onChange(listener: (online: boolean) => void): Cancel };

/** For developers. Neither secrets nor message text may go in. */
export type Log = { warn(message: string, details?: Record<string, unknown>): void };
