import { DeviceId, newId } from "@parley/protocol/ids.ts";
import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { FakeServer } from "../testing/fake-server.ts";
import { MemorySecrets } from "../testing/memory-ports.ts";
import { AccountApi } from "./account-api.ts";
import { TokenKeeper, type TokenTransport } from "./token-keeper.ts";

function setUp(transport: TokenTransport = { kind: "cookie" }) {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const keeper = new TokenKeeper({
    api: new AccountApi(server.http, "https://chat.example.org"),
    clock,
    transport,
    serverId: server.serverId,
    deviceId: server.deviceId,
    secretName: "refresh:test",
    granted: () => undefined,
  });
  return { clock, server, keeper };
}

test("X2: the web shell names its device, and the token itself stays in the cookie", async () => {
  const { server, keeper } = setUp();
  expect(await keeper.obtain(false)).toMatchObject({ ok: true, value: { fresh: true } });
  expect(server.http.requests).toMatchObject([{ body: { deviceId: server.deviceId } }]);
});

test("X2: the desktop keeps each new refresh token before it uses what came with it", async () => {
  const secrets = new MemorySecrets();
  await secrets.set("refresh:test", "g1");
  const { server, keeper } = setUp({ kind: "body", secrets });
  server.http.answer = ({ body }) => {
    expect(body).toEqual({ refreshToken: "g1" });
    return { ok: true, value: { status: 200, json: { ...server.grant(), refreshToken: "g2" } } };
  };
  expect(await keeper.obtain(false)).toMatchObject({ ok: true });
  expect(secrets.secrets.get("refresh:test")).toBe("g2");
  await keeper.forget();
  expect(secrets.secrets.size).toBe(0);
  expect(await keeper.obtain(false)).toMatchObject({
    ok: false,
    error: { code: "unauthenticated" },
  });
});

test("X2: a token is used while it is good, and asked for once however many want it", async () => {
  const { clock, server, keeper } = setUp();
  const asked = await Promise.all([
    keeper.obtain(false),
    keeper.obtain(false),
    keeper.obtain(true),
  ]);
  expect(new Set(asked.map((one) => (one.ok ? one.value.accessToken : ""))).size).toBe(1);
  await keeper.obtain(false);
  expect(server.http.requests).toHaveLength(1);
  await clock.advance(880_000);
  await keeper.obtain(false);
  expect(server.http.requests).toHaveLength(2);
});

test("X2: a session that was replaced takes no token of the newer one", async () => {
  const secrets = new MemorySecrets();
  await secrets.set("refresh:test", "newer-g1");
  const { server, keeper } = setUp({ kind: "body", secrets });
  const deviceId = newId(DeviceId);
  server.http.answer = () => ({
    ok: true,
    value: { status: 200, json: { ...server.grant(), deviceId, refreshToken: "newer-g2" } },
  });
  expect(await keeper.obtain(true)).toMatchObject({
    ok: false,
    error: { code: "session_revoked" },
  });
  expect(secrets.secrets.get("refresh:test")).toBe("newer-g1");
});

test("X2: secrets that cannot be reached are a failure that may pass, never an exception", async () => {
  const secrets = new MemorySecrets();
  const { keeper } = setUp({ kind: "body", secrets });
  secrets.get = () => Promise.reject(new Error("locked"));
  expect(await keeper.obtain(false)).toMatchObject({ ok: false, error: { code: "internal" } });
});

test("S19: a grant of another server is not taken", async () => {
  const { clock, server, keeper } = setUp();
  server.serverId = new FakeServer(clock).serverId;
  expect(await keeper.obtain(false)).toMatchObject({
    ok: false,
    error: { code: "server_changed" },
  });
});
