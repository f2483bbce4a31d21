import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** What a web proxy does with the request for a WebSocket. */
export type UpgradeHabit =
  /** Answers with a page of its own. */
  | "refuse"
  /** Passes it on as a plain request, as old proxies do. */
  | "ignore"
  /** Takes it and never answers. */
  | "swallow";

export interface WebProxy extends AsyncDisposable {
  readonly url: string;
}

const HOST = "127.0.0.1";

async function listening(server: Server, held = new Set<Duplex>()): Promise<WebProxy> {
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      for (const socket of held) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A proxy of a company or a hotel: HTTP passes, WebSockets do not. */
export function startWebProxy(targetPort: number, habit: UpgradeHabit): Promise<WebProxy> {
  const pass = (from: IncomingMessage, to: ServerResponse): void => {
    const { connection: _connection, upgrade: _upgrade, ...headers } = from.headers;
    const { method, url: path } = from;
    const onward = request({ host: HOST, port: targetPort, method, path, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    onward.on("error", () => to.destroy());
    to.on("close", () => onward.destroy());
    from.pipe(onward);
  };
  const server = createServer(pass);
  const held = new Set<Duplex>();
  if (habit !== "ignore") {
    server.on("upgrade", (_request, socket: Duplex) => {
      socket.on("error", () => undefined);
      if (habit === "refuse") socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      else held.add(socket);
    });
  }
  return listening(server, held);
}

/** What a captive portal answers to everything: its page, or the way to it. */
export function startPortal(answer: "page" | "redirect"): Promise<WebProxy> {
  const server = createServer((_request, response) => {
    if (answer === "redirect") {
      response.writeHead(302, { location: "http://portal.example/welcome" }).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<!doctype html><title>Welcome</title><p>Accept our terms to go online.");
  });
  // The request for a WebSocket gets the same page.
  server.on("upgrade", (_request, socket: Duplex) => {
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>Hello");
  });
  return listening(server);
}
