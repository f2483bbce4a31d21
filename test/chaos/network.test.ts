import { ChatId, newId } from "@parley/protocol/ids.ts";
import { LIMITS } from "@parley/protocol/limits.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { type ServerProcess, startServer } from "../support/server-process.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { startPortal, startWebProxy } from "../support/web-proxy.ts";
import { ChaosDevice, WrongClock } from "./device.ts";
import { rowOf } from "./reckoning.ts";

vi.setConfig({ testTimeout: 300_000 });

const DAY_MS = 86_400_000;
/** What S11 promises, and what a busy machine may add. */
const SOON_MS = 5_000;
const GRACE_MS = 2_000;
/** So long it is watched, to tell what never comes from what comes late. */
const GIVE_UP_MS = 120_000;
const LOOK_EVERY_MS = 20;

let server: ServerProcess;
let proxy: TcpProxy;
/** Behind the proxy. */
let ana: ChaosDevice;
let anasClock: WrongClock;
/** Straight at the server. */
let ben: ChaosDevice;
let chatId: ChatId;
let round = 0;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/**
 * Waits for something. Answers how long that took in ms, counted as the pauses between the looks alone: what
 * the looks themselves cost, and how late a busy machine wakes this process up, is not of the app.
 */
async function until(look: () => unknown): Promise<number> {
  let looks = 0;
  const counted = async (): Promise<boolean> => {
    looks += 1;
    return Boolean(await look());
  };
  await vi.waitUntil(counted, { timeout: GIVE_UP_MS, interval: LOOK_EVERY_MS });
  return (looks - 1) * LOOK_EVERY_MS;
}

const live = (device: ChaosDevice): Promise<number> => until(() => device.isLive);

async function has(device: ChaosDevice, seq: number): Promise<boolean> {
  return (await rowOf(device, chatId))?.cursor === seq;
}

/** Waits until a device has so many messages; the chat's own first event counts. */
const sees = (device: ChaosDevice, messages: number): Promise<number> =>
  until(() => has(device, 1 + messages));

async function startChat(): Promise<void> {
  const accountId = ben.account.me.accountId;
  const { engine } = ana.running;
  const body = { chatId: newId(ChatId), accountId };
  const made = await engine.link.request("chat:create-direct", body);
  if (!made.ok) throw new Error(made.error.message);
  const { chat, people } = made.value;
  await engine.ingest([{ kind: "chat", change: 0, chat, people }]);
  chatId = chat.chatId;
  // Nobody writes in a chat that they do not see.
  await sees(ben, 0);
}

beforeEach(async () => {
  round += 1;
  proxy = await startTcpProxy({ targetPort: server.port, seed: round });
  anasClock = new WrongClock(0);
  ana = new ChaosDevice({ serverUrl: proxy.url, clock: anasClock });
  ben = new ChaosDevice({ serverUrl: server.url });
  await ana.signUp(`ana${round}`);
  await ben.signUp(`ben${round}`);
  await live(ana);
  await live(ben);
  await startChat();
});
afterEach(async () => {
  await ana.crash();
  await ben.crash();
  await proxy.cut();
});

/** Whether the state of a device has been `offline` or `connecting` since this was made. */
function lossOf(device: ChaosDevice): () => boolean {
  const from = device.statuses.length;
  return () => device.statuses.slice(from).some(({ state }) => state !== "live");
}

describe("half-open sockets", () => {
  test("V37, S10: while nobody writes, both sides notice, and presence is not faked", async () => {
    await ben.view([ana.account.me.accountId]);
    const presences = (): unknown[] => ben.presences(ana.account.me.accountId);
    await until(() => presences().at(-1) === true);
    const lost = lossOf(ana);
    proxy.halfOpen();
    // It stays away, so that the server's side has to notice by itself too.
    proxy.setFaults({ silent: true });
    const withinMs = LIMITS.pingIntervalMs + LIMITS.pingTimeoutMs;
    const lostMs = await until(lost);
    const awayMs = await until(() => presences().at(-1) === false);
    expect(lostMs + awayMs).toBeLessThan(withinMs + SOON_MS);
    proxy.setFaults({});
    await live(ana);
  });

  test("V37, S11: a message into a half-open socket is told of within 10 s, and arrives once", async () => {
    proxy.halfOpen();
    const lost = lossOf(ana);
    await ana.write(chatId, "into nothing");
    expect(await until(lost)).toBeLessThan(LIMITS.doubtAfterMs + LIMITS.checkMs + SOON_MS);
    await live(ana);
    await sees(ben, 1);
    await sees(ana, 1);
    expect(await ana.running.journal.entries()).toEqual([]);
  });

  test("after sleep and on another network it is complete within 5 s, by itself", async () => {
    for (const [nth, hint] of ["wake", "network"].entries()) {
      proxy.halfOpen();
      await ben.write(chatId, "written meanwhile");
      await sees(ben, nth + 1);
      anasClock.offByMs += hint === "wake" ? 3_600_000 : 0;
      if (hint === "wake") ana.hints.wake();
      else ana.hints.setOnline(true);
      expect(await sees(ana, nth + 1)).toBeLessThan(SOON_MS + GRACE_MS);
    }
  });

  test("V37: the server ends in time although a client does not answer its goodbye", async () => {
    await using other = await startServer();
    await using between = await startTcpProxy({ targetPort: other.port });
    const device = new ChaosDevice({ serverUrl: between.url });
    await device.signUp("lone");
    await live(device);
    between.halfOpen();
    let code: number | null | undefined;
    void other.kill("SIGTERM").then((ended) => (code = ended));
    expect(await until(() => code !== undefined)).toBeLessThan(SOON_MS + GRACE_MS);
    expect(code).toBe(0);
    await device.crash();
  });
});

describe("networks that come and go", () => {
  test("V38: back within 5 s of the network although nothing tells of it, after any number of tries", async () => {
    await proxy.cut();
    await ana.write(chatId, "written offline");
    await until(() => ana.statuses.filter(({ state }) => state === "connecting").length >= 3);
    await proxy.restore();
    expect(await sees(ben, 1)).toBeLessThan(SOON_MS + GRACE_MS);
  });

  test("V38: a server that ends says so, and is found again after its restart", async () => {
    const { dataDir, port } = server;
    const before = ana.statuses.length;
    expect(await server.kill("SIGTERM")).toBe(0);
    const codes = (): unknown[] => ana.statuses.slice(before).map(({ error }) => error?.code);
    await until(() => codes().includes("shutting_down"));
    server = await startServer({ dataDir, port });
    await ana.write(chatId, "after the restart");
    await sees(ben, 1);
  });

  test("V37: a narrow line is not taken for a dead one: a long queue goes through it once", async () => {
    proxy.setFaults({ bytesPerSecond: 25_000 });
    const text = "narrow ".repeat(1_000);
    for (let i = 0; i < 40; i++) await ana.write(chatId, `${i} ${text}`);
    const acceptedBefore = proxy.acceptedCount;
    await sees(ben, 40);
    expect(proxy.acceptedCount - acceptedBefore).toBeLessThan(8);
  });
});

describe("networks that are none", () => {
  for (const kind of ["page", "redirect"] as const) {
    test(`V39: a captive portal (${kind}) is told as such, signs nobody out, and is left behind`, async () => {
      await using portal = await startPortal(kind);
      proxy.retarget(Number(new URL(portal.url).port));
      // The token is over by this clock, so that the portal is asked for a new one too.
      anasClock.offByMs += DAY_MS;
      proxy.reset();
      await until(() => ana.status?.error?.code === "not_a_parley_server");
      await ana.write(chatId, "behind the portal");
      expect(ana.status?.state).toBe("offline");
      expect(ana.status?.retryAtMs).toBeGreaterThan(0);
      proxy.retarget(server.port);
      proxy.reset();
      expect(await sees(ben, 1)).toBeLessThan(SOON_MS + GRACE_MS);
      expect(ana.statuses.map(({ state }) => state)).not.toContain("refused");
    });
  }

  for (const habit of ["refuse", "ignore", "swallow"] as const) {
    test(`V39: behind a proxy that lets no WebSocket through (${habit}) messages come and go`, async () => {
      await using web = await startWebProxy(server.port, habit);
      const device = new ChaosDevice({ serverUrl: web.url });
      try {
        await device.signIn(`ben${round}`);
        await live(device);
        await ana.write(chatId, "to the slow road");
        await sees(device, 1);
        await device.write(chatId, "from the slow road");
        await sees(ana, 2);
        expect(device.statuses.map(({ state }) => state)).not.toContain("refused");
      } finally {
        await device.crash();
      }
    });
  }
});

describe("clocks", () => {
  test("V39, S5: a clock a day off, or set by a day while it runs, keeps nobody from anything", async () => {
    let messages = 0;
    for (const offByMs of [DAY_MS, -DAY_MS, 0]) {
      anasClock.offByMs = offByMs;
      await ana.write(chatId, `by a clock that is off by ${offByMs}`);
      await ben.write(chatId, "by a right one");
      messages += 2;
      await sees(ben, messages);
      await sees(ana, messages);
      // Tokens, waits and renewals on the new connection go by the wrong clock.
      proxy.reset();
      await live(ana);
    }
    await ana.crash();
    await ana.start();
    await live(ana);
    expect(ana.statuses.map(({ state }) => state)).not.toContain("refused");
    const events = await ben.running.cache.read((reads) => reads.eventsBetween(chatId, 1, 100));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    // S5: the server's time alone, whatever clients think it is.
    const ats = events.map(({ at }) => at);
    expect(ats).toEqual(ats.toSorted((a, b) => a - b));
    expect(Math.abs((ats.at(-1) ?? 0) - Date.now())).toBeLessThan(60_000);
  });
});
