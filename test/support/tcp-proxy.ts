import { createServer, connect } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

import { FaultLane, type LaneFaults, NO_LANE_FAULTS } from "./fault-lane.ts";
import { seeded } from "./seeded.ts";

interface TcpProxyOptions {
  targetPort: number;
  targetHost?: string;
  /** Decides about jitter, loss and resets. */
  seed?: number;
}

/** What the network does, in both directions or in one of them. */
export type Faults = Partial<LaneFaults> & {
  /** Only from the client to the server. */
  up?: Partial<LaneFaults>;
  /** Only from the server to the client. */
  down?: Partial<LaneFaults>;
};

/** Stands between clients and a server, so that a test can take the network away or make it a bad one. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** How many client connections are open right now. */
  readonly openCount: number;
  /** Connections accepted so far. */
  readonly acceptedCount: number;
  /** Breaks every connection at once and refuses new ones, like a network that is gone. */
  cut(): Promise<void>;
  /** Lets connections through again, at the same address. */
  restore(): Promise<void>;
  /** Resets every open connection; new ones are let through. */
  reset(): void;
  /**
   * Makes every open connection half-open: bytes are swallowed both ways, for good, and neither side
   * hears of it, not even when the other one closes. New ones pass.
   */
  halfOpen(): void;
  /** From now on the network does this, on open connections as on new ones. `{}` is a good network. */
  setFaults(faults: Faults): void;
  /** Sends connections that are made from now on to another port. */
  retarget(port: number): void;
}

const HOST = "127.0.0.1";

/** One connection through the proxy: two sockets and what happens between them. */
class Passage {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #up: FaultLane;
  readonly #down: FaultLane;
  readonly #onGone: () => void;
  #dead = false;
  #silent = false;
  /** One side went away while nobody could be told. */
  #lost = false;

  constructor(options: {
    client: Socket;
    upstream: Socket;
    faults: Faults;
    random: () => number;
    onGone: () => void;
  }) {
    const { client, upstream, faults, random } = options;
    this.#client = client;
    this.#upstream = upstream;
    this.#onGone = options.onGone;
    const onReset = (): void => this.reset();
    const [up, down] = [laneFaults(faults, "up"), laneFaults(faults, "down")];
    this.#up = new FaultLane({ from: client, to: upstream, faults: up, random, onReset });
    this.#down = new FaultLane({ from: upstream, to: client, faults: down, random, onReset });
    for (const socket of [client, upstream]) {
      // Errors need no handling of their own: "close" follows each of them.
      socket.on("error", () => undefined);
      socket.on("close", (hadError) => this.#closed(socket, hadError));
    }
  }

  set faults(faults: Faults) {
    this.#up.faults = laneFaults(faults, "up");
    this.#down.faults = laneFaults(faults, "down");
    this.#silent = laneFaults(faults, "up").silent || laneFaults(faults, "down").silent;
    if (!this.#silent && this.#lost) this.reset();
  }

  /** What the loss of a network looks like: no polite goodbye. */
  reset(): void {
    this.#gone();
    this.#client.resetAndDestroy();
    this.#upstream.destroy();
  }

  halfOpen(): void {
    this.#dead = true;
    this.#up.die();
    this.#down.die();
  }

  #closed(socket: Socket, hadError: boolean): void {
    const [other, lane] =
      socket === this.#client ? [this.#upstream, this.#up] : [this.#client, this.#down];
    if (other.destroyed) return this.#gone();
    if (this.#dead) return;
    if (this.#silent) this.#lost = true;
    // What was sent before a polite end still arrives, and then the end.
    else if (!hadError) lane.finish();
    else other.destroy();
  }

  #gone(): void {
    this.#up.stop();
    this.#down.stop();
    this.#onGone();
  }
}

function laneFaults(faults: Faults, direction: "up" | "down"): LaneFaults {
  const { up: _up, down: _down, ...both } = faults;
  return { ...NO_LANE_FAULTS, ...both, ...faults[direction] };
}

/** Starts a proxy on a free port in front of a port on this machine. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const targetHost = options.targetHost ?? HOST;
  let targetPort = options.targetPort;
  let faults: Faults = {};
  let acceptedCount = 0;
  const passages = new Set<Passage>();

  const accept = (client: Socket): void => {
    acceptedCount += 1;
    const upstream = connect({
      port: targetPort,
      host: targetHost,
      noDelay: true,
      allowHalfOpen: true,
    });
    client.setNoDelay(true);
    const passage = new Passage({
      client,
      upstream,
      faults,
      // Each connection has its own chances, whatever the others do meanwhile.
      random: seeded((options.seed ?? 1) * 1_000_003 + acceptedCount),
      onGone: () => passages.delete(passage),
    });
    passages.add(passage);
    passage.faults = faults;
  };

  const server = createServer({ allowHalfOpen: true }, accept);
  await listen(server, 0);
  const { port } = addressOf(server);

  const reset = (): void => {
    for (const passage of Array.from(passages)) passage.reset();
  };
  const cut = async (): Promise<void> => {
    const closed = server.listening
      ? new Promise<void>((resolve) => server.close(() => resolve()))
      : undefined;
    reset();
    await closed;
  };

  return {
    port,
    url: `http://${HOST}:${port}`,
    get openCount() {
      return passages.size;
    },
    get acceptedCount() {
      return acceptedCount;
    },
    cut,
    reset,
    halfOpen() {
      for (const passage of passages) passage.halfOpen();
    },
    setFaults(now) {
      faults = now;
      for (const passage of passages) passage.faults = now;
    },
    async restore() {
      if (!server.listening) await listen(server, port);
    },
    retarget(newPort) {
      targetPort = newPort;
    },
    [Symbol.asyncDispose]: cut,
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return address;
}
