import { FakeHost } from "@parley/client/testing/fake-host.ts";
import { TEST_BUILD } from "@parley/client/testing/fake-window.ts";
import { CALLS } from "@parley/protocol/bridge/contract.ts";
import { channelOf, isCallName } from "@parley/protocol/bridge/names.ts";
import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import { BRIDGE_VERSION } from "@parley/protocol/versions.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failure, success } from "@parley/protocol/errors.ts";
import type { OwnCalls } from "./own-calls.ts";
import { Ipc, type IpcEvent } from "./ipc.ts";
import { senderProblem } from "./sender.ts";
import type { Answer } from "./window-line.ts";

const OWN_PAGE = { contentsId: 1, isTopFrame: true, frameUrl: "app://parley/index.html" };
const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));

const refused = () => failure("not_found", "There is none.");
const ownCalls: OwnCalls = {
  "shell:notification-test": refused,
  "shell:open-logs": () => success({}),
  "shell:crash-reports": refused,
  "shell:crash-report": refused,
  "shell:crash-report-mail": refused,
  "shell:crash-report-delete": refused,
  "window:open": refused,
  "window:state": refused,
  "window:configure": refused,
};

function setUp() {
  const fake = new FakeHost();
  const channels = new Map<string, (event: IpcEvent, body: unknown) => Promise<Answer>>();
  const sent: { channel: string; body: unknown }[] = [];
  const greeted: number[] = [];
  const ipc = new Ipc({
    ipc: { handle: (channel, listener) => void channels.set(channel, listener) },
    clock: fake.clock,
    log: fake.log,
    attach: (port) => fake.host.attach(port),
    greeted: (contentsId) => void greeted.push(contentsId),
    called: () => undefined,
    own: ownCalls,
  });
  ipc.addWindow({ contentsId: 1, send: (channel, body) => void sent.push({ channel, body }) });
  const call = async (name: string, body: unknown, event: IpcEvent = OWN_PAGE): Promise<Answer> => {
    const answer = channels.get(`parley:${name}`)?.(event, body);
    if (!answer) throw new Error(`no channel for ${name}`);
    await fake.clock.advance(1);
    return answer;
  };
  const hello = (windowId: string = crypto.randomUUID()) =>
    call("host:hello", { bridgeVersion: BRIDGE_VERSION, build: TEST_BUILD, windowId });
  return { fake, ipc, channels, sent, greeted, call, hello };
}

describe("ipc", () => {
  test("every call of the contract has its channel, and there is no other", () => {
    const { channels } = setUp();
    const names = Object.keys(CALLS).filter(isCallName);
    expect([...channels.keys()].toSorted()).toEqual(names.map(channelOf).toSorted());
  });

  test("a page says hello, is answered by the host and hears its notices", async () => {
    const { hello, sent, greeted, ipc } = setUp();
    expect(await hello()).toEqual({ ok: true, value: { build: TEST_BUILD, accounts: [] } });
    expect(greeted).toEqual([1]);
    ipc.tell(1, "window:changed", { focused: true, visible: true });
    expect(sent).toEqual([
      { channel: "parley:accounts:ended", body: { ended: [] } },
      { channel: "parley:window:changed", body: { focused: true, visible: true } },
    ]);
  });

  test.each<[string, IpcEvent]>([
    ["another window", { ...OWN_PAGE, contentsId: 2 }],
    ["a frame in the page", { ...OWN_PAGE, isTopFrame: false }],
    ["a page from elsewhere", { ...OWN_PAGE, frameUrl: "https://parley/index.html" }],
    ["a page of another app", { ...OWN_PAGE, frameUrl: "app://other/index.html" }],
    ["a frame that is gone", { contentsId: 1, isTopFrame: undefined, frameUrl: undefined }],
  ])("E1: nobody else is heard: %s", async (_who, event) => {
    const { call } = setUp();
    for (const name of Object.keys(CALLS)) {
      expect(await call(name, {}, event)).toMatchObject({
        ok: false,
        error: { code: "not_allowed" },
      });
    }
  });

  test("E2: every channel answers garbage with a code, and goes on", async () => {
    const { call, channels, hello } = setUp();
    await hello();
    const garbage = fc.oneof(
      fc.anything(),
      fc.record({ accountKey: fc.anything() }),
      fc.constant({ accountKey, name: "sync:pull", body: { chats: "x" } }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...channels.keys()), garbage, async (channel, body) => {
        const answer = await call(channel.replace("parley:", ""), body);
        if (!answer.ok) expect(answer.error.code).toMatch(/^[a-z_]+$/);
      }),
      { numRuns: 300 },
    );
    expect(await call("outbox:nudge", { accountKey })).toMatchObject({
      error: { code: "account_not_found" },
    });
  });

  test("a flood is refused with a time to wait, other windows are not, and it passes", async () => {
    const { fake, ipc, call, hello } = setUp();
    await hello();
    ipc.addWindow({ contentsId: 7, send: () => undefined });
    const codes = await Promise.all(
      Array.from({ length: 3_000 }, async () => {
        const answer = await call("outbox:nudge", { accountKey });
        return answer.ok ? "" : answer.error.code;
      }),
    );
    expect(codes.filter((code) => code === "rate_limited").length).toBeGreaterThan(500);
    const other = await call("outbox:nudge", { accountKey }, { ...OWN_PAGE, contentsId: 7 });
    expect(other).toMatchObject({ error: { code: "bridge_failed" } });
    await fake.clock.advance(1_000);
    expect(await call("outbox:nudge", { accountKey })).toMatchObject({
      error: { code: "account_not_found" },
    });
  });

  test("S20: a page that says hello by another name has taken the place of the one before", async () => {
    const { fake, hello, call } = setUp();
    const first = crypto.randomUUID();
    await hello(first);
    const signedIn = call("account:sign-in", {
      serverUrl: "https://chat.example.org",
      handle: "ada",
      password: "secret!!",
    });
    await fake.clock.advance(200);
    await signedIn;
    // The host hears only the account's writer say that it is ready.
    const ready = { accountKey: fake.accountKey, writerEpoch: crypto.randomUUID() };
    expect(await call("writer:ready", ready)).toMatchObject({ ok: true });
    const second = crypto.randomUUID();
    await hello(second);
    expect(await call("writer:ready", ready)).toMatchObject({ ok: true });
    await hello(second);
    expect(await call("writer:ready", ready)).toMatchObject({ ok: true });
  });

  test("S20: a page that is gone writes no more, and its calls end", async () => {
    const { fake, ipc, hello, call } = setUp();
    await hello();
    fake.server.setUp(false);
    const probing = call("server:probe", { serverUrl: "https://chat.example.org" });
    ipc.pageGone(1);
    expect(await probing).toMatchObject({ ok: false });
    expect(await call("outbox:nudge", { accountKey })).toMatchObject({
      error: { code: "bridge_failed" },
    });
  });

  test("only the top frame of an own window with a page of the app is trusted", () => {
    const sender = fc.record({
      isOwnWindow: fc.boolean(),
      isTopFrame: fc.constantFrom(true, false, undefined),
      frameUrl: fc.constantFrom("app://parley/index.html", "https://a.example/", "", undefined),
    });
    fc.assert(
      fc.property(sender, (who) => {
        const trusted =
          who.isOwnWindow && who.isTopFrame === true && who.frameUrl === "app://parley/index.html";
        expect(senderProblem(who) === undefined).toBe(trusted);
      }),
    );
  });
});
