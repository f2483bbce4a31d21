import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { startTcpProxy } from "./tcp-proxy.ts";

let server: Server;

/** A server that answers every chunk with its name and the chunk. */
async function startEcho(name: string): Promise<Server> {
  const echo = createServer((socket) => {
    socket.on("data", (chunk) => socket.write(`${name}:${chunk.toString()}`));
    socket.on("error", () => undefined);
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  return echo;
}

const portOf = (listening: Server): number => (listening.address() as AddressInfo).port;

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => undefined);
  return socket;
}

/** Unlike `once`, does not mind an error that comes first. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once("close", () => resolve()));

async function ask(socket: Socket, question: string): Promise<string> {
  socket.write(question);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return answer.toString();
}

beforeEach(async () => {
  server = await startEcho("one");
});
afterEach(() => {
  server.close();
});

test("passes data both ways", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server) });
  const socket = await open(proxy.port);
  expect(await ask(socket, "hello")).toBe("one:hello");
  expect(proxy.openCount).toBe(1);
});

test("a cut breaks what is open and refuses what is new", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server) });
  const socket = await open(proxy.port);
  await ask(socket, "hello");
  const broken = closed(socket);
  await proxy.cut();
  await broken;
  await expect(open(proxy.port)).rejects.toThrow("ECONNREFUSED");
  expect(proxy.openCount).toBe(0);
});

test("restores at the same address", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server) });
  await proxy.cut();
  await proxy.cut();
  await proxy.restore();
  await proxy.restore();
  expect(await ask(await open(proxy.port), "again")).toBe("one:again");
});

test("sends new connections to a new target", async () => {
  const other = await startEcho("two");
  await using proxy = await startTcpProxy({ targetPort: portOf(server) });
  const old = await open(proxy.port);
  expect(await ask(old, "a")).toBe("one:a");
  proxy.retarget(portOf(other));
  expect(await ask(await open(proxy.port), "b")).toBe("two:b");
  expect(await ask(old, "c")).toBe("one:c");
  other.close();
});

test("closes the client's side when the target goes away or is not there", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server) });
  proxy.retarget(1);
  const socket = await open(proxy.port);
  await closed(socket);
  await vi.waitFor(() => expect(proxy.openCount).toBe(0));
});
