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
  await vi.waitFor(() => expect(proxy.openCount).toBe(0), { timeout: 30_000 });
});

/** Sends `bytes` and answers how long it took until so many came back. */
async function timeToEcho(socket: Socket, bytes: number): Promise<number> {
  const startedAt = performance.now();
  let received = 0;
  const done = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (received >= bytes) resolve();
    });
  });
  socket.write(Buffer.alloc(bytes, "x"));
  await done;
  return performance.now() - startedAt;
}

test("delays without changing the order, in one direction or both", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server), seed: 7 });
  const socket = await open(proxy.port);
  proxy.setFaults({ up: { delayMs: 120, jitterMs: 40 } });
  const startedAt = performance.now();
  const words = Array.from({ length: 40 }, (_, n) => `${n};`);
  let heard = "";
  const all = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString().replaceAll("one:", "");
      if (heard.endsWith("39;")) resolve();
    });
  });
  for (const word of words) socket.write(word);
  await all;
  expect(heard).toBe(words.join(""));
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(119);
});

test("a lost segment stalls the stream, and may reset the connection", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server), seed: 3 });
  const socket = await open(proxy.port);
  proxy.setFaults({ up: { loss: 1, stallMs: 150 } });
  expect(await timeToEcho(socket, 5)).toBeGreaterThanOrEqual(149);
  proxy.setFaults({ up: { loss: 1, reset: 1 } });
  const broken = closed(socket);
  socket.write("gone");
  await broken;
});

test("the same seed loses the same connections", async () => {
  const survivors = async (seed: number): Promise<boolean[]> => {
    await using proxy = await startTcpProxy({ targetPort: portOf(server), seed });
    proxy.setFaults({ up: { loss: 0.5, reset: 1 } });
    const lives: boolean[] = [];
    for (let i = 0; i < 12; i++) {
      const socket = await open(proxy.port);
      const heard = new Promise<boolean>((resolve) => socket.once("data", () => resolve(true)));
      socket.write("hello");
      lives.push(await Promise.race([heard, closed(socket).then(() => false)]));
      socket.destroy();
    }
    return lives;
  };
  const first = await survivors(11);
  expect(await survivors(11)).toEqual(first);
  expect(new Set(first).size).toBe(2);
});

test("a narrow line lets so many bytes through in a second and holds the sender back", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server) });
  proxy.setFaults({ up: { bytesPerSecond: 100_000 } });
  const socket = await open(proxy.port);
  expect(await timeToEcho(socket, 40_000)).toBeGreaterThanOrEqual(390);
});

test("silence tells nobody; what was sent arrives when it ends", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server) });
  const socket = await open(proxy.port);
  await ask(socket, "hello");
  proxy.setFaults({ silent: true });
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  socket.write("late");
  // A connection that is made in silence is accepted and hears nothing either.
  const fresh = await open(proxy.port);
  const answer = ask(fresh, "fresh");
  proxy.setFaults({ up: { silent: true } });
  expect(heard).toBe("");
  proxy.setFaults({});
  expect(await answer).toBe("one:fresh");
  await vi.waitFor(() => expect(heard).toBe("one:late"), { timeout: 30_000 });
});

test("a half-open connection swallows everything, for good; a new one passes", async () => {
  await using proxy = await startTcpProxy({ targetPort: portOf(server) });
  const socket = await open(proxy.port);
  await ask(socket, "hello");
  proxy.halfOpen();
  const heard = vi.fn<() => void>();
  socket.on("data", heard).on("end", heard).on("close", heard);
  socket.write("into nothing");
  expect(await ask(await open(proxy.port), "fresh")).toBe("one:fresh");
  expect(heard).not.toHaveBeenCalled();
});
