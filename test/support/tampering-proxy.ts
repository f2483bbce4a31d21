import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Between a client and a server on this machine: passes everything on but for what it changes. */
export interface TamperingProxy extends AsyncDisposable {
  readonly url: string;
  /** How often it changed something. */
  readonly changedCount: number;
  /**
   * From now on, so many `times`, what the server says has `to` in place of `from`. Both are as long,
   * so that no frame notices.
   */
  change(from: string, to: string, times: number): void;
}

const HOST = "127.0.0.1";

type Change = { from: Buffer; to: Buffer; left: number };

/** How many bytes at the end of `bytes` may be the beginning of `wanted`. */
function begunAtEnd(bytes: Buffer, wanted: Buffer): number {
  for (let length = Math.min(bytes.length, wanted.length - 1); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(wanted.subarray(0, length))) return length;
  }
  return 0;
}

/** Starts a proxy in front of a port that changes what the server sends when it is told to. */
export async function startTamperingProxy(targetPort: number): Promise<TamperingProxy> {
  const sockets = new Set<Socket>();
  let change: Change | undefined;
  let changedCount = 0;

  /** Passes bytes on; what may be the beginning of the wanted ones waits for what follows. */
  function pass(held: Buffer, chunk: Buffer, to: Socket): Buffer {
    const bytes = Buffer.concat([held, chunk]);
    if (change === undefined) {
      to.write(bytes);
      return Buffer.alloc(0);
    }
    for (;;) {
      const at = change.left > 0 ? bytes.indexOf(change.from) : -1;
      if (at < 0) break;
      change.left -= 1;
      changedCount += 1;
      change.to.copy(bytes, at);
    }
    const waiting = change.left > 0 ? begunAtEnd(bytes, change.from) : 0;
    to.write(bytes.subarray(0, bytes.length - waiting));
    return bytes.subarray(bytes.length - waiting);
  }

  const server = createServer((client) => {
    const upstream = connect(targetPort, HOST);
    let held: Buffer = Buffer.alloc(0);
    upstream.on("data", (chunk: Buffer) => {
      held = pass(held, chunk, client);
    });
    client.pipe(upstream);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      // Errors need no handling of their own: "close" follows each of them.
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}`,
    get changedCount() {
      return changedCount;
    },
    change(from, to, times) {
      if (Buffer.byteLength(from) !== Buffer.byteLength(to)) throw new Error("not as long");
      change = { from: Buffer.from(from), to: Buffer.from(to), left: times };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
