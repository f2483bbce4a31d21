import { AlertDecision, AlertReason } from "@parley/protocol/bridge/alerts.ts";
import {
  AccountId,
  accountKeyOf,
  ChatId,
  ClientId,
  newId,
  ServerId,
} from "@parley/protocol/ids.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { eventChange, fakeMessage } from "../testing/fake-events.ts";
import { type FakeHost, liveHost } from "../testing/fake-host.ts";
import type { FakeWindow } from "../testing/fake-window.ts";
import { MemoryHostStore, MemoryLog } from "../testing/memory-ports.ts";
import { AlertLog, decisionsPrefix } from "./alert-log.ts";

const DAY_MS = 24 * 3_600_000;

/** A store that counts its writes, and fails when told to. */
class CountingStore extends MemoryHostStore {
  writes = 0;
  isBroken = false;

  override put(entries: readonly (readonly [string, unknown])[]): Promise<void> {
    this.writes += 1;
    if (this.isBroken) return Promise.reject(new Error("disk full"));
    return super.put(entries);
  }
}

function setUp() {
  const clock = new FakeClock();
  const store = new CountingStore();
  const log = new MemoryLog();
  const accountKey = accountKeyOf(newId(ServerId), newId(AccountId));
  const open = async (): Promise<AlertLog> => {
    const opened = new AlertLog({ store, clock, log, accountKey });
    await opened.load();
    return opened;
  };
  const decision = (parts: Partial<AlertDecision> = {}): AlertDecision => ({
    clientId: newId(ClientId),
    seq: 1,
    atMs: Math.round(clock.nowMs()),
    act: "none",
    reason: "muted",
    ...parts,
  });
  return { clock, store, log, accountKey, open, decision };
}

async function reasons(fake: FakeHost, window: FakeWindow, chatId: ChatId): Promise<unknown> {
  const asked = window.call("alerts:decisions", { accountKey: fake.accountKey, chatId });
  await fake.clock.advance(5);
  const answer = await asked;
  return answer.ok ? answer.value.decisions.map(({ seq, reason }) => [seq, reason]) : answer.error;
}

test("V52: decisions are listed after a restart, in their order, and none is taken for news", async () => {
  const { fake, window } = await liveHost();
  const { permission, clock, server } = fake;
  fake.permission = "denied";
  const first = fakeMessage({ seq: 1 });
  const { chatId } = first;
  server.push("sync:changes", { changes: [eventChange(first)] });
  await clock.advance(1_050);
  fake.permission = permission;
  const second = fakeMessage({ chatId, seq: 2 });
  server.push("sync:changes", { changes: [eventChange(second)] });
  await clock.advance(1_050);
  const listed = [
    [1, "permission-missing"],
    [2, "new-message"],
  ];
  expect(await reasons(fake, window, chatId)).toEqual(listed);
  await fake.restart();
  const later = await fake.openWindow();
  expect(await reasons(fake, later, chatId)).toEqual(listed);
  // It comes once more: the answer is still what was decided the first time.
  await clock.advance(2_000);
  server.push("sync:changes", { changes: [eventChange(second)] });
  await clock.advance(1_050);
  expect(await reasons(fake, later, chatId)).toEqual(listed);
  expect(later.bodiesOf("notification:show")).toEqual([]);
});

test("V52: no text of a message is kept with a decision", async () => {
  const { fake } = await liveHost();
  const text = "The key is under the mat";
  fake.server.push("sync:changes", { changes: [eventChange(fakeMessage({ text }))] });
  await fake.clock.advance(5_000);
  expect(fake.decisions.entries.size).toBe(1);
  expect(JSON.stringify([...fake.decisions.entries])).not.toContain("mat");
});

test("V52: decisions leave the device with their account, and nothing comes back after it", async () => {
  const { fake, window, accountKey } = await liveHost();
  fake.server.push("sync:changes", { changes: [eventChange(fakeMessage())] });
  await fake.clock.advance(5_000);
  // This one waits to be written.
  fake.server.push("sync:changes", { changes: [eventChange(fakeMessage())] });
  await fake.clock.advance(1_000);
  const out = window.call("account:sign-out", { accountKey, everywhere: false });
  await fake.clock.advance(200);
  expect(await out).toMatchObject({ ok: true });
  await fake.clock.advance(10_000);
  expect([...fake.decisions.entries.keys()]).toEqual([]);
});

test("V52: 300 messages a second are written once in two seconds", async () => {
  const { clock, store, open, decision } = setUp();
  const alerts = await open();
  const chatIds = Array.from({ length: 50 }, () => newId(ChatId));
  for (let tenth = 0; tenth < 100; tenth++) {
    for (const chatId of chatIds.slice(0, 30)) alerts.add(chatId, decision());
    await clock.advance(100);
  }
  await clock.advance(2_000);
  expect(store.writes).toBeLessThanOrEqual(6);
  expect(store.writes).toBeGreaterThanOrEqual(5);
});

test("V52: what the system did is kept with the decision, without repeating of what", async () => {
  const { accountKey, clock, open, decision } = setUp();
  const alerts = await open();
  const chatId = newId(ChatId);
  const one = decision({ act: "show", reason: "new-message" });
  alerts.add(chatId, one);
  await clock.advance(2_000);
  const { clientId } = one;
  alerts.learn({
    state: "failed",
    atMs: 5,
    detail: "no bus",
    of: { accountKey, chatId, clientId },
  });
  alerts.learn({ state: "shown", atMs: 6 });
  await alerts.stop();
  const outcome = { state: "failed", atMs: 5, detail: "no bus" };
  expect((await open()).of(chatId)).toEqual([{ ...one, outcome }]);
});

test("V52: decisions are kept for 14 days", async () => {
  const { accountKey, clock, store, open, decision } = setUp();
  const alerts = await open();
  const [chatId, quiet] = [newId(ChatId), newId(ChatId)];
  alerts.add(chatId, decision({ seq: 1 }));
  alerts.add(quiet, decision());
  await clock.advance(10 * DAY_MS);
  const young = decision({ seq: 2 });
  alerts.add(chatId, young);
  await clock.advance(5 * DAY_MS);
  expect(alerts.of(chatId)).toEqual([young]);
  await alerts.stop();
  const later = await open();
  expect(later.of(chatId)).toEqual([young]);
  expect(later.of(quiet)).toEqual([]);
  expect([...store.entries.keys()]).toEqual([`${decisionsPrefix(accountKey)}${chatId}`]);
});

test("V52: what cannot be read is dropped with a line in the log, and the rest stays", async () => {
  const { accountKey, clock, store, log, open, decision } = setUp();
  const alerts = await open();
  const chatId = newId(ChatId);
  const one = decision();
  alerts.add(chatId, one);
  await clock.advance(2_000);
  const prefix = decisionsPrefix(accountKey);
  store.entries.set(`${prefix}${newId(ChatId)}`, [{ clientId: 7 }]);
  store.entries.set(`${prefix}no-chat`, [one]);
  const later = await open();
  expect(later.of(chatId)).toEqual([one]);
  expect(log.lines).toHaveLength(1);
  expect([...store.entries.keys()]).toEqual([`${prefix}${chatId}`]);
  const blind = new AlertLog({
    store: Object.assign(new MemoryHostStore(), { list: () => Promise.reject(new Error("gone")) }),
    clock,
    log,
    accountKey,
  });
  await blind.load();
  blind.add(chatId, one);
  expect(blind.of(chatId)).toEqual([one]);
  expect(log.lines).toHaveLength(2);
  await blind.stop();
});

test("V52: a write that fails is told, and made good by the next one", async () => {
  const { clock, store, log, open, decision } = setUp();
  const alerts = await open();
  const [one, two] = [newId(ChatId), newId(ChatId)];
  store.isBroken = true;
  alerts.add(one, decision());
  await clock.advance(2_000);
  expect(log.lines).toHaveLength(1);
  store.isBroken = false;
  alerts.add(two, decision());
  await clock.advance(2_000);
  const later = await open();
  expect([later.of(one).length, later.of(two).length]).toEqual([1, 1]);
});

test("V52: whatever is decided, a restart changes no answer, and what is kept stays bounded", async () => {
  const step = fc.record({
    chat: fc.nat(260),
    message: fc.nat(40),
    reason: fc.constantFrom(...AlertReason.options),
    restarts: fc.nat(19).map((toss) => toss === 0),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 400, size: "max" }), async (steps) => {
      const { clock, store, open, decision } = setUp();
      const chatIds = Array.from({ length: 261 }, () => newId(ChatId));
      const clientIds = Array.from({ length: 41 }, () => newId(ClientId));
      let alerts = await open();
      for (const { chat, message, reason, restarts } of steps) {
        const [chatId, clientId] = [chatIds[chat], clientIds[message]];
        if (!chatId || !clientId) throw new Error("outside of the lists");
        clock.sleep(1);
        alerts.add(chatId, decision({ clientId, reason }));
        if (!restarts) continue;
        const before = chatIds.map((id) => alerts.of(id));
        await alerts.stop();
        alerts = await open();
        expect(chatIds.map((id) => alerts.of(id))).toEqual(before);
      }
      await alerts.stop();
      expect(store.entries.size).toBeLessThanOrEqual(200);
      const kept = [...store.entries.values()].map((value) => AlertDecision.array().parse(value));
      expect(Math.max(0, ...kept.map((list) => list.length))).toBeLessThanOrEqual(20);
    }),
    { numRuns: 10 },
  );
});
