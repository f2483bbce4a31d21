import { createServer, connect } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

interface TcpProxyOptions {
  targetPort: number;
  targetHost?: string;
}

/** Stands between clients and a server, so that a test can take the network away. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** How many client connections are open right now. */
  readonly openCount: number;
  /** Breaks every connection at once and refuses new ones, like a network that is gone. */
  cut(): Promise<void>;
  /** Lets connections through again, at the same address. */
  restore(): Promise<void>;
  /** Sends connections that are made from now on to another port. */
  retarget(port: number): void;
}

const HOST = "127.0.0.1";

/** Starts a proxy on a free port in front of a port on this machine. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const targetHost = options.targetHost ?? HOST;
  let targetPort = options.targetPort;
  const pairs = new Set<readonly [client: Socket, upstream: Socket]>();

  const accept = (client: Socket): void => {
    const upstream = connect({ port: targetPort, host: targetHost, noDelay: true });
    client.setNoDelay(true);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const breakBoth = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) {
      // Errors need no handling of their own: "close" follows each of them.
      socket.on("error", () => undefined);
      socket.on("close", breakBoth);
    }
    client.pipe(upstream);
    upstream.pipe(client);
  };

  const server = createServer({ allowHalfOpen: true }, accept);
  await listen(server, 0);
  const { port } = addressOf(server);

  const breakAll = (): void => {
    for (const [client, upstream] of pairs) {
      // A reset, not a polite goodbye: that is what the loss of a network looks like.
      client.resetAndDestroy();
      upstream.destroy();
    }
    pairs.clear();
  };
  const cut = async (): Promise<void> => {
    const closed = server.listening
      ? new Promise<void>((resolve) => server.close(() => resolve()))
      : undefined;
    breakAll();
    await closed;
  };

  return {
    port,
    url: `http://${HOST}:${port}`,
    get openCount() {
      return pairs.size;
    },
    cut,
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
