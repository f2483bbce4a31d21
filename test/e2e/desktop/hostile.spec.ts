import { CALLS, NOTICES } from "@parley/protocol/bridge/contract.ts";
import { channelOf, isCallName } from "@parley/protocol/bridge/names.ts";
import { ERRORS } from "@parley/protocol/errors.ts";
import { AccountId, accountKeyOf, newId, ServerId } from "@parley/protocol/ids.ts";
import { expect, type Page, test } from "@playwright/test";

import { type Desktop, startDesktop } from "../../electron-host/driver/desktop.ts";
import { signUpInWindow, windowIdOf } from "../../support/desktop-person.ts";
import { chatList, expectOnline } from "../../support/person.ts";
import { startServer } from "../../support/server-process.ts";

type Answered = {
  ok?: boolean;
  value?: unknown;
  error?: { code?: string; message?: string; requestId?: string };
};
type Hostile = { call(name: unknown, ...bodies: unknown[]): Promise<Answered> };

/** What a page may call at once, and how much of it comes back in a second. */
const BURST_CALLS = 1_000;
const CALLS_PER_SECOND = 200;
const CALL_NAMES = Object.keys(CALLS).filter(isCallName);
const CODES: readonly string[] = Object.keys(ERRORS);

/** Calls that take an empty body, which an array, a map or a record of other things is too. */
const TAKE_NOTHING: ReadonlySet<string> = new Set(
  CALL_NAMES.filter((name) => CALLS[name].body.safeParse({}).success),
);

/** Changes of settings with one value of the right name and the wrong kind. */
const BAD_CHANGES: [name: string, change: object][] = [
  ["alerts:configure", { doNotDisturb: "yes" }],
  ["alerts:configure", { snoozedUntilMs: -1 }],
  ["alerts:configure", { snoozedUntilMs: 1e300 }],
  ["alerts:configure", { preview: "everything" }],
  ["alerts:configure", { quietHours: { enabled: true, days: [] } }],
  ["alerts:configure", { quietHours: { enabled: true, days: Array(7).fill({ fromMinute: 0 }) } }],
  [
    "alerts:configure",
    { quietHours: { enabled: true, days: Array(7).fill({ fromMinute: 0, toMinute: 1_440 }) } },
  ],
  ["shell:configure", { closeToTray: 1 }],
  ["shell:configure", { globalShortcut: "`rm -rf ~`" }],
  // It would take the capital letter away from every program.
  ["shell:configure", { globalShortcut: "Shift+E" }],
  ["shell:configure", { spellcheck: ["../../en"] }],
  ["shell:configure", { flash: "often" }],
  ["window:configure", { zoomPercent: 1e9 }],
  ["window:configure", { zoomPercent: Number.NaN }],
  ["window:configure", { alwaysOnTop: {} }],
];

/** Everything that calls with an empty body could set. */
async function whatIsSet(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const host = (globalThis as unknown as { parleyHost: Hostile }).parleyHost;
    const asked = ["alerts:state", "shell:state", "window:state", "shell:crash-reports"];
    const answers = await Promise.all(asked.map((name) => host.call(name, {})));
    return answers.map((answer) => {
      if (answer.ok !== true) throw new Error(JSON.stringify(answer));
      const { notifications: _system, ...set } = answer.value as Record<string, unknown>;
      return set;
    });
  });
}

/** Bodies with names of the contract and an account that is there, each wrong in one thing or more. */
async function throwNearlyRight(page: Page, name: string): Promise<Answered[]> {
  return page.evaluate(async (callName): Promise<Answered[]> => {
    const host = (globalThis as unknown as { parleyHost: Hostile }).parleyHost;
    const databases = (await indexedDB.databases()).map((one) => one.name ?? "").join(" ");
    const accountKey = /[0-9a-f-]{36}:[0-9a-f-]{36}/.exec(databases)?.[0];
    if (accountKey === undefined) throw new Error(`no account in ${databases}`);
    const wrong: unknown[] = [null, -7, "x".repeat(5_000), [{}]];
    const bodies = wrong.flatMap((one) => [
      { accountKey: one },
      { accountKey, chatId: one, clientId: one, name: one, body: one, marks: one, id: one },
      { accountKey, chatId: one, typing: one, writerEpoch: one, watermark: one, everywhere: one },
    ]);
    const answers: Answered[] = [];
    for (const body of bodies) answers.push(await host.call(callName, body));
    return answers;
  }, name);
}

/** Calls a channel once with each piece of garbage; the answers, or what was thrown. */
async function throwGarbage(page: Page, name: string): Promise<(Answered | string)[]> {
  return page.evaluate(async (callName) => {
    const host = (globalThis as unknown as { parleyHost: Hostile }).parleyHost;
    type Nested = { in?: Nested };
    const deep: Nested = {};
    let inner = deep;
    for (let depth = 0; depth < 500; depth++) inner = inner.in = {};
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const garbage: unknown[] = [
      undefined,
      null,
      0,
      Number.NaN,
      -1n,
      "",
      "x".repeat(1_000_000),
      "\ud800",
      true,
      [],
      [[[[]]]],
      Array.from({ length: 10_000 }, () => null),
      new Date(Number.NaN),
      new Map([["accountKey", "x"]]),
      new Uint8Array(100_000),
      deep,
      cycle,
      { __proto__: { accountKey: "x" } },
      JSON.parse('{"__proto__":{"accountKey":"x"},"constructor":{"prototype":1}}'),
      { accountKey: "../../etc/passwd", name: "__proto__", body: { toString: "x" } },
      { accountKey: { length: -1 }, chatId: [], marks: {} },
      Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`key${n}`, n])),
    ];
    const outcomes: (Answered | string)[] = [];
    for (const body of garbage) {
      try {
        outcomes.push(await host.call(callName, body));
      } catch (error) {
        outcomes.push(String(error));
      }
    }
    return outcomes;
  }, name);
}

async function expectAlive(desktop: Desktop, page: Page): Promise<void> {
  await expect(chatList(page)).toBeVisible();
  await expectOnline(page);
  expect(await desktop.control.windows()).toHaveLength(1);
  expect(desktop.logs()).not.toMatch(/uncaught|unhandled/i);
}

test("hostile renderer: garbage on every channel is refused with a code of the contract", async () => {
  await using server = await startServer();
  await using desktop = await startDesktop();
  const page = await desktop.firstWindow();
  await signUpInWindow(page, server.url, "Ada Adeyemi", "ada");
  const before = await whatIsSet(page);
  for (const name of CALL_NAMES) {
    for (const outcome of await throwGarbage(page, name)) {
      expect(typeof outcome, `${name}: ${JSON.stringify(outcome)}`).toBe("object");
      if (typeof outcome === "string") continue;
      if (TAKE_NOTHING.has(name) && outcome.ok === true) continue;
      expect(outcome.ok, name).toBe(false);
      expect(CODES, name).toContain(outcome.error?.code);
      // E3: nothing of the inside is told.
      expect(outcome.error?.message ?? "").not.toMatch(/\bat \S+:\d+|\/dist\/|node:/);
    }
  }
  // What was answered has set nothing: it was read as empty.
  expect(await whatIsSet(page)).toEqual(before);
  await expectAlive(desktop, page);
});

test("hostile renderer: what is nearly right is refused as well, on every channel of an account", async () => {
  await using server = await startServer();
  await using desktop = await startDesktop();
  const page = await desktop.firstWindow();
  await signUpInWindow(page, server.url, "Ada Adeyemi", "ada");
  const before = await whatIsSet(page);
  const accountAlone = { accountKey: accountKeyOf(newId(ServerId), newId(AccountId)) };
  for (const name of CALL_NAMES) {
    // These want no more than an account, and what else is there they do not read.
    if (CALLS[name].body.safeParse(accountAlone).success) continue;
    for (const outcome of await throwNearlyRight(page, name)) {
      expect(outcome.ok, name).toBe(false);
      expect(CODES, name).toContain(outcome.error?.code);
    }
  }
  for (const [name, body] of BAD_CHANGES) {
    const outcome = await page.evaluate(
      ([call, change]) =>
        (globalThis as unknown as { parleyHost: Hostile }).parleyHost.call(call, change),
      [name, body] as const,
    );
    expect(outcome, `${name} ${JSON.stringify(body)}`).toMatchObject({
      ok: false,
      error: { code: "invalid_request" },
    });
  }
  expect(await whatIsSet(page)).toEqual(before);
  await expectAlive(desktop, page);
});

test("hostile renderer: names that are no calls reach nothing", async () => {
  await using desktop = await startDesktop();
  const page = await desktop.firstWindow();
  const names = [...Object.keys(NOTICES), "", "__proto__", "constructor", "toString", "parley:x"];
  const refused = await page.evaluate(async (tried) => {
    const host = (globalThis as unknown as { parleyHost: Hostile }).parleyHost;
    const all: unknown[] = [...tried, null, {}, [], 7, ["host:hello"]];
    const outcomes = await Promise.allSettled(all.map(async (name) => host.call(name, {})));
    // A list of one name reads as that name: then the call is refused for what is in it.
    return outcomes.map((one) => one.status === "rejected" || one.value.ok === false);
  }, names);
  expect(new Set(refused)).toEqual(new Set([true]));
  await expect(page.getByRole("form", { name: "Sign in" })).toBeVisible();
});

test("hostile renderer: a frame inside the page is not heard on any channel", async () => {
  await using server = await startServer();
  await using desktop = await startDesktop();
  test.skip(desktop.kind !== "stand-in", "a real frame has no preload and so no IPC at all");
  const page = await desktop.firstWindow();
  await signUpInWindow(page, server.url, "Ada Adeyemi", "ada");
  const id = await windowIdOf(desktop);
  await page.evaluate(() => document.body.append(document.createElement("iframe")));
  for (const name of CALL_NAMES) {
    const text = await desktop.control.invokeFromFrame(id, "about:blank", channelOf(name), [{}]);
    expect(JSON.parse(text), name).toMatchObject({
      answer: { ok: false, error: { code: "not_allowed" } },
    });
  }
  const nowhere = await desktop.control.invokeFromFrame(id, "about:blank", "parley:nothing", []);
  expect(JSON.parse(nowhere)).toMatchObject({ error: expect.stringContaining("No handler") });
  await expectAlive(desktop, page);
});

test("hostile renderer: a flood is refused by its limit, and the app goes on", async () => {
  await using server = await startServer();
  await using desktop = await startDesktop();
  const page = await desktop.firstWindow();
  await signUpInWindow(page, server.url, "Ada Adeyemi", "ada");
  const { counts: codes, tookMs } = await page.evaluate(async () => {
    const startMs = performance.now();
    const host = (globalThis as unknown as { parleyHost: Hostile }).parleyHost;
    const calls = Array.from({ length: 6_000 }, () => host.call("shell:state", {}));
    const counts: Record<string, number> = {};
    for (const { ok, error } of await Promise.all(calls)) {
      const code = ok === true ? "ok" : (error?.code ?? "none");
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return { counts, tookMs: performance.now() - startMs };
  });
  expect(["ok", "rate_limited"]).toEqual(expect.arrayContaining(Object.keys(codes)));
  // What the bucket held at first, and what came into it meanwhile.
  expect(codes["ok"]).toBeLessThanOrEqual(BURST_CALLS + (CALLS_PER_SECOND * tookMs) / 1_000 + 1);
  // The bucket fills again.
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const host = (globalThis as unknown as { parleyHost: Hostile }).parleyHost;
        return (await host.call("shell:state", {})).ok;
      }),
    )
    .toBe(true);
  await page.reload();
  await expectAlive(desktop, page);
});
