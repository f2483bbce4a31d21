import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { LIMITS } from "@parley/protocol/limits.ts";
import { addressKey } from "./http/rate-limits.ts";
import {
  type CallOptions,
  DEVICE,
  PASSWORD,
  QUIET_LIMITS,
  temporaryFolder,
  temporaryServer,
  type TestServer,
} from "./testing/temporary-server.ts";

const webRoot = temporaryFolder();
const outside = join(webRoot, "..", `outside-${process.pid}.txt`);
let server: TestServer;

beforeAll(async () => {
  mkdirSync(join(webRoot, "assets"));
  writeFileSync(join(webRoot, "index.html"), "<!doctype html><title>Parley</title>");
  writeFileSync(join(webRoot, "sw.js"), "// the service worker");
  writeFileSync(join(webRoot, "assets/app-1a2b3c.js"), "export {};");
  writeFileSync(join(webRoot, ".inputs-hash"), "hidden");
  writeFileSync(outside, "secret");
  server = await temporaryServer({ webRoot });
});
afterAll(async () => {
  await server.close();
  rmSync(webRoot, { recursive: true, force: true });
  rmSync(outside, { force: true });
});

/** Sends bytes as they are, which fetch would not, and answers all that comes back. */
async function rawExchange(bytes: string, port = server.port): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes);
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) answer += String(chunk);
  return answer;
}

const rawGet = (path: string) =>
  rawExchange(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);

describe("E1: one shape of errors", () => {
  test.each([
    ["GET", "/api/nothing", 404, "not_found"],
    ["GET", "/api", 404, "not_found"],
    ["POST", "/somewhere", 404, "not_found"],
    ["PUT", "/api/accounts", 405, "method_not_allowed"],
    ["GET", "/api/account/password", 405, "method_not_allowed"],
    ["OPTIONS", "/api/sessions", 405, "method_not_allowed"],
    ["POST", "/health", 405, "method_not_allowed"],
    ["PATCH", "/api/account", 401, "unauthenticated"],
  ])("%s %s answers %i %s", async (method, path, status, code) => {
    const answer = await server.call(method, path);
    expect(answer.status).toBe(status);
    expect(answer.body.error.code).toBe(code);
    expect(answer.body.error.requestId).toBe(answer.headers.get("x-request-id"));
    if (status === 405) expect(answer.headers.get("allow")).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
  });

  test("E2: malformed JSON, a wrong type of content, an empty and an oversized body", async () => {
    const post = async (raw: string, headers: Record<string, string> = {}) => {
      const answer = await server.call("POST", "/api/sessions", { raw, headers });
      return [answer.status, answer.body.error.code];
    };
    expect(await post("{")).toEqual([400, "malformed_json"]);
    expect(await post("")).toEqual([400, "malformed_json"]);
    expect(await post('{"__proto__":{"x":1}}')).toEqual([400, "malformed_json"]);
    expect(await post("[]")).toEqual([400, "invalid_request"]);
    expect(await post("null")).toEqual([400, "invalid_request"]);
    expect(await post("{}", { "content-type": "text/plain" })).toEqual([
      415,
      "unsupported_media_type",
    ]);
    expect(await post("a=b", { "content-type": "application/x-www-form-urlencoded" })).toEqual([
      415,
      "unsupported_media_type",
    ]);
    const big = JSON.stringify({ handle: "x".repeat(LIMITS.bodyBytes) });
    expect(await post(big)).toEqual([413, "too_large"]);
  });

  test("E2: what is not HTTP at all is told so and the server lives", async () => {
    expect(await rawExchange("HELLO\r\n\r\n")).toMatch(/^HTTP\/1.1 400 .*"invalid_request"/s);
    expect(await rawExchange(`GET / HTTP/1.1\r\nX: ${"x".repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 .*"too_large"/s,
    );
    expect(await rawGet("/%zz")).toMatch(/^HTTP\/1.1 400 .*"invalid_request"/s);
    expect((await server.call("GET", "/health")).status).toBe(200);
  });

  test("E3: a fault of ours tells no detail, and the log knows it by its id", async () => {
    const own = await temporaryServer();
    const { accessToken: token } = await own.signUp("ann");
    let isBroken = false;
    const nowMs = () => {
      if (isBroken) throw new Error("SELECT secret FROM place");
      return Date.now();
    };
    const broken = await temporaryServer({}, { nowMs });
    isBroken = true;
    const answer = await broken.call("GET", "/api/sessions", { token });
    expect(answer.status).toBe(500);
    expect(answer.body.error.code).toBe("internal");
    expect(answer.text).not.toMatch(/SELECT|secret|\.ts/);
    expect(broken.logged()).toContain("SELECT secret FROM place");
    expect(broken.logged()).toContain(answer.body.error.requestId);
    isBroken = false;
    await broken.close();
    await own.close();
  });
});

describe("the web shell", () => {
  test("has a strict Content-Security-Policy and the other headers", async () => {
    const { headers } = await server.call("GET", "/");
    expect(headers.get("content-security-policy")?.split(";").toSorted()).toEqual(
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ].toSorted(),
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("strict-transport-security")).toBeNull();
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  test("caches hashed files for ever and nothing else without asking", async () => {
    const cacheOf = async (path: string) => {
      const { status, headers } = await server.call("GET", path);
      return [status, headers.get("cache-control")];
    };
    expect(await cacheOf("/assets/app-1a2b3c.js")).toEqual([
      200,
      "public, max-age=31536000, immutable",
    ]);
    expect(await cacheOf("/")).toEqual([200, "no-cache"]);
    expect(await cacheOf("/index.html")).toEqual([200, "no-cache"]);
    expect(await cacheOf("/sw.js")).toEqual([200, "no-cache"]);
    expect((await cacheOf("/api/server"))[1]).toBe("no-store");
  });

  test("answers the app's own addresses with its page, and missing files with 404", async () => {
    const page = await server.call("GET", "/chat/123?x=1", { headers: { accept: "text/html" } });
    expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    expect(page.text).toContain("<title>Parley</title>");
    expect((await server.call("GET", "/assets/gone.js")).status).toBe(404);
    expect((await server.call("GET", "/favicon.ico")).body.error.code).toBe("not_found");
  });

  test("serves nothing outside its folder and no hidden file", async () => {
    const name = basename(outside);
    for (const path of [
      `/../${name}`,
      `/..%2f${name}`,
      `/%2e%2e/${name}`,
      `/assets/../../${name}`,
      `/assets/..%5c..%5c${name}`,
      `//${name}`,
      "/.inputs-hash",
    ]) {
      const answer = await rawGet(path);
      expect(answer).toMatch(/^HTTP\/1.1 (4\d\d|200)/);
      expect(answer).not.toContain("\r\n\r\nsecret");
      expect(answer).not.toContain("hidden");
    }
  });

  test("says what to do when it was not built", async () => {
    const bare = await temporaryServer();
    const page = await bare.call("GET", "/", { headers: { accept: "text/html" } });
    expect(page.status).toBe(503);
    expect(page.text).toContain("npm start");
    expect((await bare.call("GET", "/api/server")).status).toBe(200);
    await bare.close();
  });
});

describe("rate limits", () => {
  const limits = { ...QUIET_LIMITS, anonymousPerMinute: 5, accountPerMinute: 8 };

  test("per address where nobody is signed in, per account where somebody is", async () => {
    const own = await temporaryServer({}, { rateLimits: limits });
    const ann = await own.signUp("ann");
    const bob = await own.signUp("bob");
    for (let i = 0; i < 3; i++) expect((await own.call("GET", "/api/server")).status).toBe(200);
    const over = await own.call("GET", "/api/server");
    expect(over.status).toBe(429);
    expect(over.body.error.code).toBe("rate_limited");
    expect(over.body.error.retryAfterMs).toBeGreaterThan(0);
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
    // A forged token is no account of its own.
    const forged = `${ann.accessToken.slice(0, -4)}AAAA`;
    expect((await own.call("GET", "/api/sessions", { token: forged })).status).toBe(429);

    const codes: number[] = [];
    for (let i = 0; i < 9; i++) {
      codes.push((await own.call("GET", "/api/sessions", { token: ann.accessToken })).status);
    }
    expect(codes).toEqual([...Array<number>(8).fill(200), 429]);
    expect((await own.call("GET", "/api/sessions", { token: bob.accessToken })).status).toBe(200);
    expect((await own.call("GET", "/health")).status).toBe(200);
    await own.close();
  });

  /** What an office behind one address asks when its server is back. */
  async function office(people: number, own: TestServer) {
    const refreshes: { name: string; refresh: () => Promise<number> }[] = [];
    for (let i = 0; i < people; i++) {
      const grant = await own.signUp(`person${i}`);
      const body = { handle: `person${i}`, password: PASSWORD, device: DEVICE };
      const inBrowser = await own.call("POST", "/api/sessions", {
        body: { ...body, tokenTransport: "cookie" },
        headers: { origin: own.url },
      });
      const cookie = inBrowser.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const post = async (options: CallOptions): Promise<number> =>
        (await own.call("POST", "/api/sessions/refresh", options)).status;
      const { refreshToken } = grant;
      const { deviceId } = inBrowser.body;
      const headers = { origin: own.url, cookie };
      refreshes.push(
        { name: `desktop ${i}`, refresh: () => post({ body: { refreshToken } }) },
        { name: `browser ${i}`, refresh: () => post({ body: { deviceId }, headers }) },
      );
    }
    return refreshes;
  }

  test("V60: devices that are signed in renew their tokens however many share an address, each so often", async () => {
    const own = await temporaryServer(
      {},
      { rateLimits: { ...limits, anonymousPerMinute: 8, refreshesPerMinute: 2 } },
    );
    const devices = await office(4, own);
    expect((await own.call("GET", "/api/server")).status).toBe(429);
    const codes: Record<string, number[]> = {};
    for (const { name, refresh } of devices) {
      codes[name] = [await refresh(), await refresh(), await refresh()];
    }
    expect(codes).toEqual(Object.fromEntries(devices.map(({ name }) => [name, [200, 200, 429]])));
    await own.close();
  });

  test("V60: guesses at tokens count for their address, and for no device", async () => {
    const own = await temporaryServer(
      {},
      { rateLimits: { ...limits, anonymousPerMinute: 4, refreshesPerMinute: 2 } },
    );
    const ann = await own.signUp("ann");
    const real = String(ann.refreshToken);
    const refresh = async (refreshToken: string): Promise<number> =>
      (await own.call("POST", "/api/sessions/refresh", { body: { refreshToken } })).status;
    const guess = `${real.slice(0, -6)}AAAAAA`;
    expect([await refresh(guess), await refresh("x"), await refresh(guess)]).toEqual([
      401, 401, 401,
    ]);
    expect([await refresh(guess), await refresh("y")]).toEqual([429, 429]);
    expect([await refresh(real), await refresh(real), await refresh(real)]).toEqual([
      200, 200, 429,
    ]);
    const padded = { body: { refreshToken: real, more: "x".repeat(2_000) } };
    expect((await own.call("POST", "/api/sessions/refresh", padded)).status).toBe(413);
    await own.close();
  });

  test("V60: pages of links have a limit by address, told in words, apart from that of the API", async () => {
    const own = await temporaryServer(
      {},
      { rateLimits: { ...limits, anonymousPerMinute: 1, linkPagesPerMinute: 3 } },
    );
    const codes: number[] = [];
    for (let i = 0; i < 3; i++) codes.push((await own.call("GET", "/open/sign-in")).status);
    expect(codes).toEqual([200, 200, 200]);
    const over = await own.call("GET", "/open/sign-in");
    expect(over.status).toBe(429);
    expect(over.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(over.text).toContain("Wait a minute");
    expect((await own.call("GET", "/open/page.css")).status).toBe(200);
    expect((await own.call("GET", "/api/server")).status).toBe(200);
    await own.close();
  });

  test("V60: where the clock is put back nobody waits longer for it", async () => {
    const own = await temporaryServer({}, { rateLimits: limits });
    for (let i = 0; i < 5; i++) await own.call("GET", "/api/server");
    const backMs = Date.now() - 3_600_000;
    vi.spyOn(Date, "now").mockImplementation(() => backMs);
    const over = await own.call("GET", "/api/server");
    expect(over.status).toBe(429);
    expect(over.body.error.retryAfterMs).toBeLessThanOrEqual(60_000);
    vi.restoreAllMocks();
    await own.close();
  });

  test("X-Forwarded-For counts behind a proxy only", async () => {
    const tries = async (own: TestServer) => {
      const codes: number[] = [];
      for (let i = 0; i < 8; i++) {
        const headers = { "x-forwarded-for": `203.0.113.${i}` };
        codes.push((await own.call("GET", "/api/server", { headers })).status);
      }
      await own.close();
      return codes.filter((status) => status === 429).length;
    };
    expect(await tries(await temporaryServer({}, { rateLimits: limits }))).toBe(3);
    const proxied = await temporaryServer({ behindProxy: true }, { rateLimits: limits });
    expect(await tries(proxied)).toBe(0);
  });

  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("an IPv6 customer counts by /64: %s is %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe("behind a proxy", () => {
  test("V13: the origin is the one that the proxy names, and cookies are secure", async () => {
    const own = await temporaryServer({ behindProxy: true, signUp: "open" });
    const invite = own.setUpInvite;
    const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "chat.example" };
    const body = {
      name: "Ann",
      handle: "ann",
      password: PASSWORD,
      device: DEVICE,
      invite,
      tokenTransport: "cookie",
    };
    const foreign = await own.call("POST", "/api/accounts", {
      body,
      headers: { ...forwarded, origin: own.url },
    });
    expect(foreign.body.error.code).toBe("wrong_origin");
    const granted = await own.call("POST", "/api/accounts", {
      body,
      headers: { ...forwarded, origin: "https://chat.example" },
    });
    expect(granted.status).toBe(201);
    expect(granted.headers.getSetCookie()[0]).toContain("; Secure");
    expect(granted.headers.get("strict-transport-security")).toContain("max-age=");
    await own.close();
  });
});

describe("the log", () => {
  test("holds no password, token, cookie, invite or message text, at any level", async () => {
    const own = await temporaryServer({ behindProxy: true, signUp: "invite" });
    const invite = own.setUpInvite ?? "";
    const ann = await own.signUp("ann", { invite });
    const token = ann.accessToken;
    await own.call("POST", "/api/sessions", {
      body: { handle: "ann", password: "a wrong guess", device: DEVICE },
    });
    await own.call("POST", "/api/sessions", { raw: '{"password":"half a secret' });
    await own.call("POST", "/api/sessions/refresh", { body: { refreshToken: ann.refreshToken } });
    await own.call("GET", `/api/sessions?token=${token}`, {
      token,
      headers: { cookie: "a=crumbs" },
    });
    await own.call("POST", "/api/account/password", {
      token,
      body: { currentPassword: PASSWORD, newPassword: "next password" },
    });
    const log = own.logged();
    await own.close();
    expect(log.split("\n").length).toBeGreaterThan(6);
    const secrets = [
      PASSWORD,
      "a wrong guess",
      "half a secret",
      "next password",
      "crumbs",
      invite,
      token,
      ann.refreshToken ?? "",
      token.split(".")[3] ?? "",
    ];
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(5);
      expect(log).not.toContain(secret);
    }
    for (const line of log.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("level");
  });
});
