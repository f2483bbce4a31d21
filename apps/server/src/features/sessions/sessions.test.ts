import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LIMITS } from "@parley/protocol/limits.ts";
import {
  DEVICE,
  PASSWORD,
  temporaryServer,
  type TestServer,
} from "../../testing/temporary-server.ts";

let nowMs = Date.now();
let server: TestServer;
beforeEach(async () => {
  nowMs = Date.now();
  server = await temporaryServer({}, { nowMs: () => nowMs });
});
afterEach(() => server.close());

const refresh = (refreshToken: string) =>
  server.call("POST", "/api/sessions/refresh", { body: { refreshToken } });
const signIn = (extra: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  server.call("POST", "/api/sessions", {
    body: { handle: "ann", password: PASSWORD, device: DEVICE, ...extra },
    headers,
  });

describe("access tokens", () => {
  const codeFor = async (token: string) =>
    (await server.call("GET", "/api/sessions", { token })).body.error?.code;

  test("X2: an expired, a forged and a missing token are told apart", async () => {
    const { accessToken } = await server.signUp("ann");
    expect(await codeFor(accessToken)).toBeUndefined();
    const [account, device, expiry] = accessToken.split(".");
    const later = `${account}.${device}.${Number(expiry) + 1000}`;
    const mac = createHmac("sha256", "a key of someone else").update(later).digest("base64url");
    expect(await codeFor(`${later}.${accessToken.split(".")[3]}`)).toBe("unauthenticated");
    expect(await codeFor(`${later}.${mac}`)).toBe("unauthenticated");
    expect(await codeFor("x".repeat(5000))).toBe("unauthenticated");
    expect((await server.call("GET", "/api/sessions")).body.error.code).toBe("unauthenticated");
    nowMs += LIMITS.accessTokenSeconds * 1000;
    expect(await codeFor(accessToken)).toBe("token_expired");
  });

  test("X2: an access token is no refresh token and the other way round", async () => {
    const { accessToken, refreshToken = "" } = await server.signUp("ann");
    expect((await refresh(accessToken)).body.error.code).toBe("session_revoked");
    expect(await codeFor(refreshToken)).toBe("unauthenticated");
  });

  test("a token of another server is refused", async () => {
    const other = await temporaryServer();
    const { accessToken, refreshToken = "" } = await other.signUp("ann");
    expect(await codeFor(accessToken)).toBe("unauthenticated");
    expect((await refresh(refreshToken)).body.error.code).toBe("session_revoked");
    await other.close();
  });
});

describe("refresh tokens in the body", () => {
  test("X2: a generation answers its successor until that is used, then it revokes the device", async () => {
    const first = (await server.signUp("ann")).refreshToken ?? "";
    const second = (await refresh(first)).body.refreshToken;
    expect(second).not.toBe(first);
    expect((await refresh(first)).body.refreshToken).toBe(second);
    const third = await refresh(second);
    expect(third.status).toBe(200);
    const stolen = await refresh(first);
    expect(stolen.status).toBe(401);
    expect(stolen.body.error.code).toBe("session_revoked");
    expect((await refresh(third.body.refreshToken)).body.error.code).toBe("session_revoked");
    const token = third.body.accessToken;
    expect((await server.call("GET", "/api/sessions", { token })).body.error.code).toBe(
      "session_revoked",
    );
  });

  test("E2: nonsense instead of a refresh token is refused", async () => {
    for (const token of ["x", "a.b.c", ".", "....", "☃".repeat(80)]) {
      expect((await refresh(token)).body.error.code).toBe("session_revoked");
    }
    const wrong = await server.call("POST", "/api/sessions/refresh", { body: { refreshToken: 5 } });
    expect(wrong.body.error.code).toBe("invalid_request");
    const long = await refresh("x".repeat(1000));
    expect(long.body.error.code).toBe("invalid_request");
  });
});

describe("refresh tokens in the cookie", () => {
  const cookieOf = (headers: Headers) => headers.getSetCookie()[0] ?? "";

  test("V13: it is HttpOnly and SameSite=Strict, and the token is not in the body", async () => {
    await server.signUp("ann");
    const origin = server.url;
    const granted = await signIn({ tokenTransport: "cookie" }, { origin });
    expect(granted.status).toBe(200);
    expect(granted.body.refreshToken).toBeUndefined();
    const { deviceId } = granted.body;
    const cookie = cookieOf(granted.headers);
    expect(cookie).toMatch(new RegExp(`^parley_refresh_${deviceId}=${deviceId}\\.1\\.`));
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(cookie).toMatch(/; Path=\/api\/sessions/);

    const sent = { origin, cookie: cookie.split(";")[0] ?? "" };
    const path = "/api/sessions/refresh";
    const refreshed = await server.call("POST", path, { body: { deviceId }, headers: sent });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.refreshToken).toBeUndefined();
    expect(cookieOf(refreshed.headers)).toContain(`=${deviceId}.2.`);

    const token = refreshed.body.accessToken;
    const out = await server.call("DELETE", "/api/sessions/current", { token, headers: sent });
    expect(out.status).toBe(204);
    expect(cookieOf(out.headers)).toMatch(/Max-Age=0|Expires=Thu, 01 Jan 1970/);
    const after = await server.call("POST", path, { body: { deviceId }, headers: sent });
    expect(after.body.error.code).toBe("session_revoked");
  });

  test("V13: a foreign origin or none is refused, and the session lives on", async () => {
    await server.signUp("ann");
    const granted = await signIn({ tokenTransport: "cookie" }, { origin: server.url });
    const { deviceId } = granted.body;
    const cookie = cookieOf(granted.headers).split(";")[0] ?? "";
    const path = "/api/sessions/refresh";
    for (const headers of [
      { cookie },
      { cookie, origin: "https://evil.example" },
      { cookie, origin: "null" },
      { cookie, origin: `${server.url}0` },
    ]) {
      const answer = await server.call("POST", path, { body: { deviceId }, headers });
      expect(answer.status).toBe(403);
      expect(answer.body.error.code).toBe("wrong_origin");
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    const evil = await signIn({ tokenTransport: "cookie" }, { origin: "https://evil.example" });
    expect(evil.body.error.code).toBe("wrong_origin");
    const headers = { cookie, origin: server.url };
    expect((await server.call("POST", path, { body: { deviceId }, headers })).status).toBe(200);
  });

  test("V13: the cookie of one device does not refresh another", async () => {
    await server.signUp("ann");
    const origin = server.url;
    const one = await signIn({ tokenTransport: "cookie" }, { origin });
    const two = await signIn({ tokenTransport: "cookie" }, { origin });
    const value = cookieOf(one.headers).split(";")[0]?.split("=")[1] ?? "";
    const { deviceId } = two.body;
    const answer = await server.call("POST", "/api/sessions/refresh", {
      body: { deviceId },
      headers: { origin, cookie: `parley_refresh_${deviceId}=${value}` },
    });
    expect(answer.body.error.code).toBe("session_revoked");
  });
});

describe("signing out", () => {
  test("S16: a session is a device: signing out here, one device, everywhere", async () => {
    const one = await server.signUp("ann");
    const two = (await signIn()).body;
    const three = (await signIn()).body;
    const list = await server.call("GET", "/api/sessions", { token: one.accessToken });
    expect(list.body.sessions).toHaveLength(3);
    const current = list.body.sessions.filter((session) => session.current);
    expect(current).toMatchObject([{ deviceId: one.deviceId, ...DEVICE }]);

    const works = async (token: string) =>
      (await server.call("GET", "/api/sessions", { token })).status === 200;
    const path = `/api/sessions/${two.deviceId}`;
    expect((await server.call("DELETE", path, { token: one.accessToken })).status).toBe(204);
    expect((await server.call("DELETE", path, { token: one.accessToken })).status).toBe(204);
    expect([await works(one.accessToken), await works(two.accessToken)]).toEqual([true, false]);
    expect((await refresh(two.refreshToken)).body.error.code).toBe("session_revoked");

    expect((await server.call("DELETE", "/api/sessions", { token: one.accessToken })).status).toBe(
      204,
    );
    expect([await works(one.accessToken), await works(three.accessToken)]).toEqual([false, false]);
  });

  test("X3: someone else's device does not exist", async () => {
    const ann = await server.signUp("ann");
    const bob = await server.signUp("bob");
    const path = `/api/sessions/${ann.deviceId}`;
    const answer = await server.call("DELETE", path, { token: bob.accessToken });
    expect(answer.status).toBe(404);
    expect((await server.call("GET", "/api/sessions", { token: ann.accessToken })).status).toBe(
      200,
    );
    const wrong = await server.call("DELETE", "/api/sessions/x", { token: bob.accessToken });
    expect(wrong.body.error).toMatchObject({ code: "invalid_request", field: "deviceId" });
  });
});
