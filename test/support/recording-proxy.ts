import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Between a client and a server on this machine: passes everything on and keeps what it saw. */
export interface RecordingProxy extends AsyncDisposable {
  readonly url: string;
  /** All that went by, both ways, as text. */
  seen(): string;
}

const HOST = "127.0.0.1";

/** Starts a proxy that remembers every byte in front of a port on this machine. */
export async function startRecordingProxy(targetPort: number): Promise<RecordingProxy> {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, HOST);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk: Buffer) => chunks.push(chunk));
      // Errors need no handling of their own: "close" follows each of them.
      from.on("error", () => undefined);
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}`,
    seen: () => Buffer.concat(chunks).toString("latin1"),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
