import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Server as NetServer } from "node:net";
import { X509Certificate } from "node:crypto";
import type { HttpRequest } from "@parley/client/connection/ports.ts";
import { MemoryHostStore, MemoryLog } from "@parley/client/testing/memory-ports.ts";
import { afterEach, describe, expect, test } from "vitest";
import { TEST_CERTIFICATES } from "../../../../server/src/testing/certificates.ts";
import { decideCertificate, type KnownCertificate } from "./certificate-decision.ts";
import { Certificates } from "./certificates.ts";
import { nodeHttp } from "./node-http.ts";
import { PinningAgent } from "./pinning-agent.ts";

const { first, second } = TEST_CERTIFICATES;
const printOf = ({ cert }: { cert: string }): string => new X509Certificate(cert).fingerprint256;

const servers: NetServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    if ("closeAllConnections" in server) (server as Server).closeAllConnections();
    await once(server, "close");
  }
});

/** An https server that keeps what arrived, so that a test can see that nothing did. */
async function serve(certificate: { cert: string; key: string }, port = 0) {
  const arrived: string[] = [];
  const server = createServer(certificate, (request, response) => {
    arrived.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`.trim());
    response.setHeader("content-type", "application/json");
    if (request.url === "/moved") {
      response.writeHead(302, { location: "/" }).end();
      return;
    }
    if (request.url === "/slow") return;
    response.end(request.url === "/page" ? "<p>hello" : JSON.stringify({ ok: true }));
  });
  servers.push(server);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return { origin: `https://127.0.0.1:${taken}`, port: taken, arrived, server };
}

function setUp(store = new MemoryHostStore(), ca?: string) {
  const certificates = new Certificates(store, new MemoryLog());
  const agent = new PinningAgent(
    (origin, shown) => certificates.judge(origin, shown),
    ca === undefined ? {} : { ca },
  );
  const http = nodeHttp(agent);
  const get = (url: string, more: Partial<HttpRequest> = {}) =>
    http.send({ method: "GET", url, timeoutMs: 5_000, ...more });
  return { certificates, get, store };
}

describe("which certificate is taken", () => {
  const vouched = { isVouchedFor: true, fingerprint: "AA" };
  const own = { isVouchedFor: false, fingerprint: "AA" };
  const pinned = (fingerprint: string): KnownCertificate => ({ kind: "pinned", fingerprint });

  test("X1: one that an authority vouches for always is, and that is remembered once", () => {
    expect(decideCertificate(vouched, undefined)).toEqual({
      take: true,
      remember: { kind: "public" },
    });
    expect(decideCertificate(vouched, { kind: "public" }).take).toBe(true);
    expect(decideCertificate(vouched, pinned("BB"))).toEqual({ take: true, remember: undefined });
  });

  test("X1, V26: any other is shown first, must be the same later, and never takes the place of a vouched one", () => {
    expect(decideCertificate(own, undefined)).toEqual({
      take: false,
      code: "certificate_untrusted",
    });
    expect(decideCertificate(own, pinned("AA")).take).toBe(true);
    expect(decideCertificate(own, pinned("BB"))).toEqual({
      take: false,
      code: "certificate_changed",
    });
    expect(decideCertificate(own, { kind: "public" })).toMatchObject({
      code: "certificate_changed",
    });
  });
});

describe("TLS to a real server", () => {
  test("X1: the first use names the fingerprint and sends nothing; once compared, it works and stays", async () => {
    const { origin, arrived } = await serve(first);
    const { certificates, get, store } = setUp();
    expect(await get(origin, { accessToken: "secret" })).toMatchObject({
      ok: false,
      error: { code: "certificate_untrusted", fingerprint: printOf(first) },
    });
    expect(arrived).toEqual([]);
    expect(await certificates.trust(origin, printOf(first))).toMatchObject({ ok: true });
    expect(await get(origin)).toEqual({ ok: true, value: { status: 200, json: { ok: true } } });
    expect(await setUp(store).get(origin)).toMatchObject({ ok: true });
  });

  test("X1: a certificate that changed is refused in words of its own, and no token reaches it", async () => {
    const { origin, port, server } = await serve(first);
    const { certificates, get, store } = setUp();
    await get(origin);
    await certificates.trust(origin, printOf(first));
    expect(await get(origin)).toMatchObject({ ok: true });
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    servers.splice(servers.indexOf(server), 1);
    const other = await serve(second, port);
    for (const again of [get, setUp(store).get]) {
      expect(await again(origin, { accessToken: "secret" })).toMatchObject({
        ok: false,
        error: { code: "certificate_changed", fingerprint: printOf(second) },
      });
    }
    expect(other.arrived).toEqual([]);
  });

  test("X1, V26: only a certificate that the server really showed can be taken", async () => {
    const { origin } = await serve(first);
    const { certificates, get } = setUp();
    const refused = { ok: false, error: { code: "invalid_request" } };
    expect(await certificates.trust(origin, printOf(first))).toMatchObject(refused);
    await get(origin);
    expect(await certificates.trust(origin, printOf(second))).toMatchObject(refused);
    expect(await certificates.trust("https://127.0.0.1:1", printOf(first))).toMatchObject(refused);
  });

  test("X1: one that an authority vouches for needs no question, another after it is a change", async () => {
    const { origin, port, server } = await serve(first);
    const { get, store } = setUp(new MemoryHostStore(), first.cert);
    expect(await get(origin)).toMatchObject({ ok: true });
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    servers.splice(servers.indexOf(server), 1);
    await serve(second, port);
    expect(await setUp(store, first.cert).get(origin)).toMatchObject({
      error: { code: "certificate_changed" },
    });
  });

  test("X1: vouched for means for this host: another name is not", async () => {
    const { port } = await serve(first);
    const { get } = setUp(new MemoryHostStore(), first.cert);
    expect(await get(`https://localhost:${port}`)).toMatchObject({
      error: { code: "certificate_untrusted" },
    });
  });
});

describe("HTTP by Node", () => {
  async function trusted() {
    const { origin, arrived } = await serve(first);
    const { get } = setUp(new MemoryHostStore(), first.cert);
    return { origin, arrived, get };
  }

  test("sends method, token and body; what is no JSON is undefined; redirects are not followed", async () => {
    const { origin, arrived, get } = await trusted();
    await get(`${origin}/a`, { method: "POST", accessToken: "t", body: { x: "ü" } });
    expect(await get(`${origin}/page`)).toMatchObject({ value: { status: 200, json: undefined } });
    expect(await get(`${origin}/moved`)).toMatchObject({ value: { status: 302 } });
    expect(arrived).toEqual(["POST /a Bearer t", "GET /page", "GET /moved"]);
  });

  test("never hangs and never throws", async () => {
    const { origin, get } = await trusted();
    expect(await get(`${origin}/slow`, { timeoutMs: 100 })).toMatchObject({
      error: { code: "timeout" },
    });
    expect(await get("https://127.0.0.1:1/")).toMatchObject({
      error: { code: "server_unreachable" },
    });
    expect(await get("not an address")).toMatchObject({ error: { code: "server_unreachable" } });
  });

  test("an answer without end is given up", async () => {
    const server = createHttp((_request, response) => {
      const chunk = Buffer.alloc(256 * 1024, 32);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    });
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { get } = setUp();
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({
      error: { code: "server_unreachable" },
    });
    server.closeAllConnections();
  });
});
