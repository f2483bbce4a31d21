import { CALLS } from "@parley/protocol/bridge/contract.ts";
import { AccountId, ChatId, DataEpoch, newId } from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventChange, fakeMessage } from "../testing/fake-events.ts";
import { FakeHost } from "../testing/fake-host.ts";
import { FakeWindow } from "../testing/fake-window.ts";

const SERVER_URL = "https://chat.example.org";
const Anything = { safeParse: (data: unknown) => ({ success: true as const, data }) };

async function live() {
  const fake = new FakeHost();
  const window = await fake.openWindow();
  const accountKey = await fake.signIn(window);
  expect(fake.host.session(accountKey)?.state.name).toBe("live");
  return { fake, window, accountKey };
}

describe("accounts", () => {
  test("S19: signing in tells all windows and names the account by server and account", async () => {
    const { fake, window, accountKey } = await live();
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
    const { fake, window } = await live();
    await fake.host.stop();
    const kept = JSON.stringify([...fake.store.entries, ...window.notices]);
    expect(kept).not.toContain("access-");
  });

  test("a restart keeps the account and goes live again by a refresh", async () => {
    const { fake, accountKey } = await live();
    await fake.restart();
    const window = await fake.openWindow();
    await fake.clock.advance(200);
    expect(fake.host.accounts.map((account) => account.accountKey)).toEqual([accountKey]);
    expect(window.bodiesOf("connection:changed").at(-1)?.status.state).toBe("live");
  });

  test("signing out ends the connection here and on the server", async () => {
    const { fake, window, accountKey } = await live();
    const out = window.call("account:sign-out", { accountKey, everywhere: false });
    await fake.clock.advance(200);
    expect(await out).toMatchObject({ ok: true });
    expect(window.bodiesOf("accounts:changed").at(-1)?.accounts).toEqual([]);
    expect(fake.server.wire.openEnds).toHaveLength(0);
    expect(fake.server.http.requests.at(-1)).toMatchObject({ method: "DELETE" });
    expect([...fake.store.entries.keys()]).toEqual([]);
  });

  test("signing out without a network works, and the server hears of it later", async () => {
    const { fake, window, accountKey } = await live();
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

  test("signing out everywhere is not claimed when the server did not hear of it", async () => {
    const { fake, window, accountKey } = await live();
    fake.server.setUp(false);
    const out = window.call("account:sign-out", { accountKey, everywhere: true });
    await fake.clock.advance(200);
    expect(await out).toMatchObject({ ok: false, error: { code: "server_unreachable" } });
    expect(fake.host.accounts).toHaveLength(1);
  });

  test("X2: a revoked session is signed out and says why", async () => {
    const { fake, window, accountKey } = await live();
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

describe("a restored server", () => {
  test.each([
    ["the same data", false, 1],
    ["data that began anew", true, 0],
  ])("S6c: marks that waited for a connection, after it comes back with %s", async (...row) => {
    const [, isAnew, batches] = row;
    const { fake, window, accountKey } = await live();
    fake.server.setUp(false);
    const marks = [{ chatId: newId(ChatId), readSeq: 7 }];
    const marked = window.call("receipt:mark", { accountKey, marks });
    await fake.clock.advance(10);
    await marked;
    if (isAnew) fake.server.dataEpoch = newId(DataEpoch);
    fake.server.setUp(true);
    await fake.clock.advance(60_000);
    expect(fake.host.session(accountKey)?.state.name).toBe("live");
    expect(fake.server.requestsOf("receipt:put")).toHaveLength(batches);
  });
});

describe("calls", () => {
  test("E2: garbage from a window is a typed refusal, and the host lives", async () => {
    const { fake, window, accountKey } = await live();
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
    const { fake, accountKey } = await live();
    const silent = new FakeWindow();
    fake.host.attach(silent);
    const answer = silent.call("outbox:nudge", { accountKey });
    await fake.clock.advance(1);
    expect(await answer).toMatchObject({ ok: false, error: { code: "bridge_failed" } });
  });

  test("S19: an account that is not signed in here is not found", async () => {
    const { fake, window } = await live();
    const accountKey = `${newId(AccountId)}:${newId(AccountId)}` as never;
    const answer = window.call("outbox:nudge", { accountKey });
    await fake.clock.advance(1);
    expect(await answer).toMatchObject({ ok: false, error: { code: "account_not_found" } });
  });

  test("requests pass through by name, others belong to the host", async () => {
    const { fake, window, accountKey } = await live();
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

describe("writer", () => {
  test("S20: the first window writes; a later one does not take the role", async () => {
    const { fake, window, accountKey } = await live();
    const second = await fake.openWindow();
    expect(window.bodiesOf("writer:assigned")).toEqual([{ accountKey, assigned: true }]);
    expect(second.bodiesOf("writer:assigned")).toEqual([]);
  });

  test("S20: when the writer is gone the next one is assigned and catches up, mid-live", async () => {
    const { fake, window, accountKey } = await live();
    const second = await fake.openWindow();
    window.become("gone");
    await fake.clock.advance(10);
    expect(second.bodiesOf("writer:assigned")).toEqual([{ accountKey, assigned: true }]);
    expect(second.bodiesOf("sync:catch-up")).toEqual([{ accountKey }]);
    expect(fake.host.session(accountKey)?.state.name).toBe("live");
  });

  test("S20: a silent writer loses the role, hears of it, and its calls are refused", async () => {
    const { fake, window, accountKey } = await live();
    const second = await fake.openWindow();
    window.become("silent");
    await fake.clock.advance(10);
    expect(second.writerOf).toContain(accountKey);
    window.become("responsive");
    await fake.clock.advance(10);
    expect(window.writerOf).not.toContain(accountKey);
    const late = window.call("writer:caught-up", { accountKey, watermark: 1 });
    await fake.clock.advance(1);
    expect(await late).toMatchObject({ ok: false, error: { code: "not_allowed" } });
  });

  test("S6: without a ready writer nothing is live and changes wait for the catch-up", async () => {
    const fake = new FakeHost();
    const window = await fake.openWindow({ writes: false });
    const accountKey = await fake.signIn(window);
    expect(fake.host.session(accountKey)?.state.name).toBe("catching-up");
    fake.server.push("sync:changes", { changes: [eventChange(fakeMessage())] });
    await fake.clock.advance(100);
    expect(window.bodiesOf("sync:changes")).toEqual([]);
    void window.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
    await fake.clock.advance(10);
    expect(window.bodiesOf("sync:catch-up")).toHaveLength(1);
    void window.call("writer:caught-up", { accountKey, watermark: 1 });
    await fake.clock.advance(10);
    expect(fake.host.session(accountKey)?.state.name).toBe("live");
  });

  test("S6: a writer that stalls in its catch-up is told again", async () => {
    const fake = new FakeHost();
    const window = await fake.openWindow({ writes: false });
    const accountKey = await fake.signIn(window);
    void window.call("writer:ready", { accountKey, writerEpoch: crypto.randomUUID() });
    await fake.clock.advance(45_000);
    expect(window.bodiesOf("sync:catch-up")).toHaveLength(3);
  });

  test("S20: among live windows exactly one believes that it writes, whatever comes and goes", async () => {
    const move = fc.oneof(
      fc.constant({ kind: "open" as const, index: 0 }),
      fc.record({
        kind: fc.constantFrom("gone" as const, "silent" as const, "responsive" as const),
        index: fc.nat({ max: 5 }),
      }),
      fc.record({ kind: fc.constant("view" as const), index: fc.nat({ max: 5 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 25 }), async (moves) => {
        const { fake, window, accountKey } = await live();
        const windows = new Map<FakeWindow, "responsive" | "silent">([[window, "responsive"]]);
        for (const { kind, index } of moves) {
          const chosen = [...windows.keys()][index % Math.max(1, windows.size)];
          if (kind === "open") windows.set(await fake.openWindow(), "responsive");
          else if (chosen && kind === "view") {
            const view = { focused: true, visible: true, openChatIds: [], watchAccountIds: [] };
            void chosen.call("view:set", { accountKey, ...view });
          } else if (chosen && kind === "gone") {
            windows.delete(chosen);
            chosen.become("gone");
          } else if (chosen && (kind === "silent" || kind === "responsive")) {
            windows.set(chosen, kind);
            chosen.become(kind);
          }
          await fake.clock.advance(5);
          const answering = [...windows].filter(([, state]) => state === "responsive");
          const writers = [...windows.keys()].filter((one) => one.writerOf.has(accountKey));
          expect(writers).toHaveLength(Math.min(1, windows.size));
          if (answering.length > 0) expect(windows.get(writers[0]!)).toBe("responsive");
        }
        await fake.host.stop();
        // What was on the wire arrives nowhere.
        await fake.clock.advance(10);
        expect(fake.clock.timerCount).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe("changes", () => {
  test("habit: arrivals of a few milliseconds reach the writer as one batch, in order, once", async () => {
    const { fake, window, accountKey } = await live();
    const other = await fake.openWindow();
    const chatId = newId(ChatId);
    for (let seq = 1; seq <= 50; seq++) {
      fake.server.push("sync:changes", { changes: [eventChange(fakeMessage({ chatId, seq }))] });
    }
    await fake.clock.advance(20);
    const batches = window.bodiesOf("sync:changes");
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ accountKey });
    expect(batches[0]?.changes.map((change) => change.change)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    expect(other.bodiesOf("sync:changes")).toEqual([]);
  });

  test("S6: a heal follows what came before it and carries its marks", async () => {
    const { fake, window } = await live();
    fake.server.push("sync:changes", { changes: [eventChange(fakeMessage({ seq: 1 }))] });
    const heal = { dataEpoch: fake.server.dataEpoch, since: 1, watermark: 9 };
    fake.server.push("sync:heal", { ...heal, changes: [] });
    await fake.clock.advance(20);
    expect(window.bodiesOf("sync:changes").map((body) => body.heal)).toEqual([undefined, heal]);
  });
});

describe("views and ephemera", () => {
  const chatId = newId(ChatId);
  const somebody = newId(AccountId);

  test("S10: what all windows watch is told once, and again on a new connection", async () => {
    const { fake, window, accountKey } = await live();
    const second = await fake.openWindow();
    const view = { accountKey, focused: true, visible: true, openChatIds: [chatId] };
    void window.call("view:set", { ...view, watchAccountIds: [somebody] });
    void second.call("view:set", { ...view, watchAccountIds: [] });
    await fake.clock.advance(100);
    expect(fake.server.requestsOf("presence:watch").at(-1)).toEqual({ accountIds: [somebody] });
    expect(fake.server.requestsOf("view:open").at(-1)).toEqual({ chatIds: [chatId] });
    expect(fake.server.requestsOf("presence:set").at(-1)).toEqual({ active: true });
    const before = fake.server.requestsOf("presence:watch").length;
    void second.call("view:set", { ...view, watchAccountIds: [somebody] });
    await fake.clock.advance(100);
    expect(fake.server.requestsOf("presence:watch")).toHaveLength(before);
    fake.server.wire.cutAll();
    await fake.clock.advance(5_000);
    expect(fake.server.requestsOf("presence:watch")).toHaveLength(before + 1);
  });

  test("S10: a window that is gone watches nothing any more", async () => {
    const { fake, accountKey } = await live();
    const second = await fake.openWindow();
    const view = { accountKey, focused: false, visible: true, openChatIds: [chatId] };
    void second.call("view:set", { ...view, watchAccountIds: [somebody] });
    await fake.clock.advance(100);
    second.become("gone");
    await fake.clock.advance(100);
    expect(fake.server.requestsOf("view:open").at(-1)).toEqual({ chatIds: [] });
    expect(fake.server.requestsOf("presence:set").at(-1)).toEqual({ active: false });
  });

  test("S10: typing of others ends with their message", async () => {
    const { fake, window } = await live();
    fake.server.push("typing:changed", { chatId, accountId: somebody, typing: true });
    await fake.clock.advance(10);
    const event = fakeMessage({ chatId, senderId: somebody });
    fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(10);
    expect(window.bodiesOf("typing:changed").map((body) => body.typing)).toEqual([true, false]);
  });

  test("S8: marks of windows reach the server as one batch", async () => {
    const { fake, window, accountKey } = await live();
    const second = await fake.openWindow();
    void window.call("receipt:mark", { accountKey, marks: [{ chatId, deliveredSeq: 4 }] });
    void second.call("receipt:mark", { accountKey, marks: [{ chatId, readSeq: 3 }] });
    await fake.clock.advance(300);
    expect(fake.server.requestsOf("receipt:put")).toEqual([
      { marks: [{ chatId, deliveredSeq: 4, readSeq: 3 }] },
    ]);
  });
});

describe("notifications", () => {
  const person = { accountId: newId(AccountId), handle: "grace", name: "Grace" };

  async function withGrace() {
    const setup = await live();
    const change = { kind: "person", change: 1, person };
    setup.fake.server.push("sync:changes", { changes: [change] });
    await setup.fake.clock.advance(10);
    return setup;
  }

  test("a message out of view is shown once, by one window, with name and text", async () => {
    const { fake, window, accountKey } = await withGrace();
    const second = await fake.openWindow();
    const event = fakeMessage({ senderId: person.accountId, text: "Lunch?" });
    for (let i = 0; i < 3; i++) fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(10);
    expect([
      ...window.bodiesOf("notification:show"),
      ...second.bodiesOf("notification:show"),
    ]).toEqual([
      {
        accountKey,
        chatId: event.chatId,
        clientId: event.clientId,
        title: "Grace",
        body: "Lunch?",
      },
    ]);
    const decisions = fake.host.session(accountKey)?.alerts.decisions(event.chatId);
    expect(decisions?.map((one) => one.reason)).toEqual(["new-message"]);
  });

  test("a chat in view in a focused window is not notified", async () => {
    const { fake, window, accountKey } = await withGrace();
    const event = fakeMessage({ senderId: person.accountId });
    const view = { focused: true, visible: true, openChatIds: [event.chatId], watchAccountIds: [] };
    void window.call("view:set", { accountKey, ...view });
    await fake.clock.advance(1);
    fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(10);
    expect(window.bodiesOf("notification:show")).toEqual([]);
  });

  test("reading anywhere withdraws the notification", async () => {
    const { fake, window, accountKey } = await withGrace();
    const { chatId } = fakeMessage();
    const event = fakeMessage({ senderId: person.accountId, chatId, seq: 5 });
    fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(10);
    const counts = { kind: "counts", change: 6, chatId, deliveredSeq: 5, readSeq: 5 };
    const none = { unread: 0, mentions: 0, countedThroughSeq: 5 };
    fake.server.push("sync:changes", { changes: [{ ...counts, ...none }] });
    await fake.clock.advance(10);
    expect(window.bodiesOf("notification:clear")).toEqual([{ accountKey, chatId }]);
  });

  test("nothing is notified twice over a restart; names are remembered", async () => {
    const { fake, accountKey } = await withGrace();
    const event = fakeMessage({ senderId: person.accountId, seq: 3 });
    fake.server.push("sync:changes", { changes: [eventChange(event)] });
    await fake.clock.advance(2_000);
    await fake.restart();
    const window = await fake.openWindow();
    await fake.clock.advance(200);
    const next = fakeMessage({ senderId: person.accountId, chatId: event.chatId, seq: 4 });
    fake.server.push("sync:changes", { changes: [eventChange(event), eventChange(next)] });
    await fake.clock.advance(10);
    expect(window.bodiesOf("notification:show")).toMatchObject([
      { accountKey, clientId: next.clientId, title: "Grace" },
    ]);
  });
});

describe("builds", () => {
  test("S20: a window of another build makes everything reload once the work is done", async () => {
    const { fake, window, accountKey } = await live();
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
