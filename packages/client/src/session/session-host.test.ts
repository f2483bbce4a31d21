import { CALLS } from "@parley/protocol/bridge/contract.ts";
import { success } from "@parley/protocol/errors.ts";
import { AccountId, DeviceId, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settled } from "../testing/fake-clock.ts";
import { FakeHost, liveHost } from "../testing/fake-host.ts";
import { FakeWindow } from "../testing/fake-window.ts";
import { MemorySecrets } from "../testing/memory-ports.ts";

const SERVER_URL = "https://chat.example.org";
const Anything = { safeParse: (data: unknown) => ({ success: true as const, data }) };

describe("accounts", () => {
  test("S19: signing in tells all windows and names the account by server and account", async () => {
    const { fake, window, accountKey } = await liveHost();
    const other = await fake.openWindow();
    expect(window.bodiesOf("accounts:changed").at(-1)?.accounts).toMatchObject([
      { accountKey, serverUrl: SERVER_URL, deviceName: "Test", me: { name: "Ada" } },
    ]);
    expect(other.bodiesOf("connection:changed").at(-1)?.status.state).toBe("live");
  });

  test("S20: signing in twice at the same moment leaves one session", async () => {
    const fake = new FakeHost();
    const window = await fake.openWindow();
    const body = { serverUrl: SERVER_URL, handle: "ada", password: "secret!!" };
    const both = [window.call("account:sign-in", body), window.call("account:sign-in", body)];
    await fake.clock.advance(200);
    expect(await Promise.all(both)).toMatchObject([{ ok: true }, { ok: true }]);
    expect(fake.host.accounts).toHaveLength(1);
    expect(fake.server.wire.openEnds).toHaveLength(1);
  });

  test("X2: nothing secret reaches the store or a window", async () => {
    const { fake, window } = await liveHost();
    await fake.host.stop();
    const kept = JSON.stringify([...fake.store.entries, ...window.notices]);
    expect(kept).not.toContain("access-");
  });

  test("a restart keeps the account and goes live again by a refresh", async () => {
    const { fake, accountKey } = await liveHost();
    await fake.restart();
    const window = await fake.openWindow();
    await fake.clock.advance(200);
    expect(fake.host.accounts.map((account) => account.accountKey)).toEqual([accountKey]);
    expect(window.bodiesOf("connection:changed").at(-1)?.status.state).toBe("live");
  });

  test("V58: accounts that cannot be read at the start are there once they can be", async () => {
    const { fake, accountKey } = await liveHost();
    const list = fake.store.list.bind(fake.store);
    fake.store.list = () => Promise.reject(new Error("The store is not readable."));
    await fake.restart();
    const window = await fake.openWindow();
    await fake.clock.advance(3_000);
    expect(fake.host.accounts).toEqual([]);
    fake.store.list = list;
    await fake.clock.advance(3_000);
    expect(window.bodiesOf("accounts:changed").at(-1)?.accounts).toMatchObject([{ accountKey }]);
    expect(window.bodiesOf("connection:changed").at(-1)?.status.state).toBe("live");
  });

  test("V58: what is kept of an account is not needed to connect", async () => {
    const { fake } = await liveHost();
    const list = fake.store.list.bind(fake.store);
    fake.store.list = (prefix) =>
      prefix.startsWith("directory:")
        ? Promise.reject(new Error("The store is not readable."))
        : list(prefix);
    await fake.restart();
    const window = await fake.openWindow();
    await fake.clock.advance(200);
    expect(window.bodiesOf("connection:changed").at(-1)?.status.state).toBe("live");
  });

  test("signing out ends the connection here and on the server", async () => {
    const { fake, window, accountKey } = await liveHost();
    const out = window.call("account:sign-out", { accountKey, everywhere: false });
    await fake.clock.advance(200);
    expect(await out).toMatchObject({ ok: true });
    expect(window.bodiesOf("accounts:changed").at(-1)?.accounts).toEqual([]);
    expect(fake.server.wire.openEnds).toHaveLength(0);
    expect(fake.server.http.requests.at(-1)).toMatchObject({ method: "DELETE" });
    expect([...fake.store.entries.keys()]).toEqual([]);
  });

  test("signing out without a network works, and the server hears of it later", async () => {
    const { fake, window, accountKey } = await liveHost();
    fake.server.setUp(false);
    const out = window.call("account:sign-out", { accountKey, everywhere: false });
    await fake.clock.advance(200);
    expect(await out).toMatchObject({ ok: true });
    fake.server.setUp(true);
    const before = fake.server.http.requests.length;
    await fake.restart();
    await fake.clock.advance(200);
    const later = fake.server.http.requests.slice(before).map((request) => request.method);
    expect(later).toEqual(["POST", "DELETE"]);
    expect([...fake.store.entries.keys()]).toEqual([]);
  });

  test("the server hears of a sign-out without a restart too, once it can be reached", async () => {
    const { fake, window, accountKey } = await liveHost();
    fake.server.setUp(false);
    void window.call("account:sign-out", { accountKey, everywhere: false });
    await fake.clock.advance(200_000);
    fake.server.setUp(true);
    const before = fake.server.http.requests.length;
    await fake.clock.advance(300_000);
    const later = fake.server.http.requests.slice(before).map((request) => request.method);
    expect(later).toEqual(["POST", "DELETE"]);
    expect([...fake.store.entries.keys()]).toEqual([]);
    expect(fake.clock.timerCount).toBe(0);
  });

  test("V58: signing out works while the disk fails, and windows hear of it", async () => {
    const { fake, window, accountKey } = await liveHost();
    const full = () => Promise.reject(new Error("The disk is full."));
    Object.assign(fake.store, { put: full, deleteAll: full });
    const out = window.call("account:sign-out", { accountKey, everywhere: false });
    await fake.clock.advance(200);
    expect(await out).toMatchObject({ ok: true });
    expect(window.bodiesOf("accounts:changed").at(-1)?.accounts).toEqual([]);
    expect(fake.server.http.requests.at(-1)).toMatchObject({ method: "DELETE" });
  });

  /** A desktop whose tokens are kept in `secrets`; answers to what it asks of tokens can be kept back. */
  async function keepingTokens() {
    const secrets = new MemorySecrets();
    const fake = new FakeHost({ tokens: { kind: "body", secrets } });
    const { server } = fake;
    const answer = server.http.answer;
    const slow: { holds: string; let: (() => void)[] } = { holds: "none", let: [] };
    let generation = 0;
    let name = "Ada";
    server.http.answer = async (request) => {
      const answered = await answer(request);
      const path = `${request.method} ${new URL(request.url).pathname}`;
      if (path === slow.holds) await new Promise<void>((resolve) => slow.let.push(resolve));
      if (!answered.ok || !path.startsWith("POST /api/sessions")) return answered;
      generation += 1;
      const { json } = answered.value;
      if (typeof json !== "object" || json === null || !("me" in json)) return answered;
      const me = typeof json.me === "object" ? { ...json.me, name } : null;
      const refreshToken = `g${generation} of ${server.deviceId}`;
      return success({ status: 200, json: { ...json, me, refreshToken } });
    };
    const window = await fake.openWindow();
    const accountKey = await fake.signIn(window);
    const rename = (to: string): void => void (name = to);
    return { fake, window, accountKey, secrets, slow, rename };
  }

  test("X2: what an older session hears of its tokens takes no place of a newer one's", async () => {
    const { fake, window, secrets, slow } = await keepingTokens();
    const { server, clock } = fake;
    // Away for longer than a token lives.
    server.setUp(false);
    await clock.advance(2_000_000);
    server.http.isUp = true;
    slow.holds = "POST /api/sessions/refresh";
    await clock.advance(60_000);
    const older = server.deviceId;
    Object.assign(server, { deviceId: newId(DeviceId) });
    await fake.signIn(window);
    const kept = [...secrets.secrets.values()];
    expect(kept).toEqual([expect.stringContaining(server.deviceId)]);
    // The older one is answered last.
    const newer = server.deviceId;
    Object.assign(server, { deviceId: older });
    slow.holds = "none";
    for (const go of slow.let.splice(0)) go();
    await clock.advance(100);
    Object.assign(server, { deviceId: newer });
    expect([...secrets.secrets.values()]).toEqual(kept);
  });

  test("a new name that comes with the last token does not bring a signed-out account back", async () => {
    const { fake, window, accountKey, slow, rename } = await keepingTokens();
    fake.server.setUp(false);
    await fake.clock.advance(2_000_000);
    fake.server.http.isUp = true;
    slow.holds = "POST /api/sessions/refresh";
    rename("Ada Lovelace");
    await fake.clock.advance(60_000);
    void window.call("account:sign-out", { accountKey, everywhere: false });
    await fake.clock.advance(100);
    slow.holds = "none";
    for (const go of slow.let.splice(0)) go();
    await fake.clock.advance(1_000);
    expect([...fake.store.entries.keys()].filter((key) => key.startsWith("account:"))).toEqual([]);
    expect(window.bodiesOf("accounts:changed").at(-1)?.accounts).toEqual([]);
  });

  test("X2: a sign-out that ends while the same account signs in again takes no token of it away", async () => {
    const { fake, window, accountKey, secrets, slow } = await keepingTokens();
    slow.holds = "DELETE /api/sessions/current";
    void window.call("account:sign-out", { accountKey, everywhere: false });
    await fake.clock.advance(100);
    // The new session's token is kept, the new session is not there yet.
    const put = fake.store.put.bind(fake.store);
    fake.store.put = async (entries) => {
      if (entries.some(([key]) => key.startsWith("account:"))) {
        for (const go of slow.let.splice(0)) go();
        await settled();
      }
      return put(entries);
    };
    await fake.signIn(window);
    await fake.clock.advance(100);
    expect(fake.host.accounts).toHaveLength(1);
    expect([...secrets.secrets.values()]).toHaveLength(1);
  });

  test("signing out everywhere is not claimed when the server did not hear of it", async () => {
    const { fake, window, accountKey } = await liveHost();
    fake.server.setUp(false);
    const out = window.call("account:sign-out", { accountKey, everywhere: true });
    await fake.clock.advance(200);
    expect(await out).toMatchObject({ ok: false, error: { code: "server_unreachable" } });
    expect(fake.host.accounts).toHaveLength(1);
  });

  test("X2: a revoked session is signed out and says why", async () => {
    const { fake, window, accountKey } = await liveHost();
    const error = { code: "session_revoked", message: "", requestId: "r" };
    fake.server.push("session:ended", { error });
    await fake.clock.advance(5);
    fake.server.wire.cutAll();
    await fake.clock.advance(200);
    expect(window.bodiesOf("connection:changed").at(-1)).toMatchObject({
      accountKey,
      status: { state: "refused", error: { code: "session_revoked" } },
    });
    expect(window.bodiesOf("accounts:changed").at(-1)?.accounts).toEqual([]);
  });

  test("X2: a shell bound to its origin speaks to no other server", async () => {
    const fake = new FakeHost({ onlyOrigin: SERVER_URL });
    const window = await fake.openWindow();
    const probe = window.call("server:probe", { serverUrl: "other.example.org" });
    await fake.clock.advance(10);
    expect(await probe).toMatchObject({ ok: false, error: { code: "wrong_origin" } });
    expect(fake.server.http.requests).toHaveLength(0);
  });

  test("a captive portal or another service is not taken for a server", async () => {
    const fake = new FakeHost();
    const window = await fake.openWindow();
    fake.server.isPortal = true;
    const probe = window.call("server:probe", { serverUrl: SERVER_URL });
    await fake.clock.advance(10);
    expect(await probe).toMatchObject({ ok: false, error: { code: "not_a_parley_server" } });
  });
});

describe("calls", () => {
  test("E2: garbage from a window is a typed refusal, and the host lives", async () => {
    const { fake, window, accountKey } = await liveHost();
    const names = [...Object.keys(CALLS), "constructor", "__proto__", "no:such-call"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.jsonValue(), async (name, body) => {
        // They ask for nothing that garbage could lack.
        if (["host:hello", "alerts:state", "alerts:configure"].includes(name)) return;
        const answer = window.callRaw(name, body, Anything);
        await fake.clock.advance(1);
        expect(await answer).toMatchObject({ ok: false });
      }),
    );
    for (const frame of [null, 7, "x", {}, { kind: "call" }, { kind: "call", id: -1 }])
      window.send(frame);
    await fake.clock.advance(100);
    const answer = window.call("outbox:nudge", { accountKey });
    await fake.clock.advance(1);
    expect(await answer).toMatchObject({ ok: true });
  });

  test("a window that has not said hello gets nothing", async () => {
    const { fake, accountKey } = await liveHost();
    const silent = new FakeWindow();
    fake.host.attach(silent);
    const answer = silent.call("outbox:nudge", { accountKey });
    await fake.clock.advance(1);
    expect(await answer).toMatchObject({ ok: false, error: { code: "bridge_failed" } });
  });

  test("S19: an account that is not signed in here is not found", async () => {
    const { fake, window } = await liveHost();
    const accountKey = `${newId(AccountId)}:${newId(AccountId)}` as never;
    const answer = window.call("outbox:nudge", { accountKey });
    await fake.clock.advance(1);
    expect(await answer).toMatchObject({ ok: false, error: { code: "account_not_found" } });
  });

  test("requests pass through by name, others belong to the host", async () => {
    const { fake, window, accountKey } = await liveHost();
    fake.server.answers["people:search"] = () => ({ data: { people: [] } });
    const found = window.call("server:request", {
      accountKey,
      name: "people:search",
      body: { query: "ada" },
    });
    await fake.clock.advance(10);
    expect(await found).toEqual({ ok: true, value: { people: [] } });
    const body = { accountKey, name: "session:renew", body: { accessToken: "x" } };
    const refused = window.callRaw("server:request", body, Anything);
    await fake.clock.advance(10);
    expect(await refused).toMatchObject({ ok: false, error: { code: "invalid_request" } });
  });
});

describe("builds", () => {
  test("S20: a window of another build makes everything reload once the work is done", async () => {
    const { fake, window, accountKey } = await liveHost();
    fake.server.answers["people:search"] = () => ({ data: { people: [] } });
    fake.server.wire.fate = (_direction, name) =>
      name === "ack:people:search" ? { kind: "deliver", delayMs: 500 } : { kind: "deliver" };
    const body = { accountKey, name: "people:search" as const, body: { query: "ada" } };
    const underWay = window.call("server:request", body);
    await fake.clock.advance(10);
    const newer = new FakeWindow();
    fake.host.attach(newer);
    const hello = newer.hello("newer-build");
    await fake.clock.advance(100);
    expect(await hello).toMatchObject({ ok: true, value: { build: "test-build" } });
    expect(fake.retiredCount).toBe(0);
    await fake.clock.advance(1_000);
    expect(await underWay).toMatchObject({ ok: true });
    expect(fake.retiredCount).toBe(1);
    for (const one of [window, newer]) expect(one.bodiesOf("host:outdated")).toHaveLength(1);
    expect(fake.clock.timerCount).toBe(0);
  });

  test("S20: where all windows are of one build, one that names another is refused and ends nothing", async () => {
    const fake = new FakeHost({}, true);
    const stranger = new FakeWindow();
    fake.host.attach(stranger);
    expect(await stranger.hello("other-build")).toMatchObject({
      ok: false,
      error: { code: "bridge_failed" },
    });
    const own = new FakeWindow();
    fake.host.attach(own);
    expect(await own.hello()).toMatchObject({ ok: true });
    expect(stranger.bodiesOf("host:outdated")).toHaveLength(0);
  });
});
