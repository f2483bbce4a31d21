import { FakeClock, settled } from "@parley/client/testing/fake-clock.ts";
import { MemoryLog } from "@parley/client/testing/memory-ports.ts";
import { afterEach, expect, test } from "vitest";
import { NotificationServer } from "../../../../../../test/electron-host/bus/notification-server.ts";
import { startTestBus } from "../../../../../../test/electron-host/bus/session-bus.ts";
import { busSockets } from "../../dbus/bus-address.ts";
import { DesktopBus } from "../../dbus/desktop-bus.ts";
import type { BusAnswer, BusSignal, SessionBus } from "../../dbus/ports.ts";
import { MAX_WAITING } from "../notice-queue.ts";
import type { NoticeEvent, NoticeOutcome, SystemNotice } from "../system-notifier.ts";
import { ANSWER_MS, FreedesktopNotifier } from "./freedesktop-notifier.ts";

const open: (() => PromiseLike<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const notice = (tag: string, body = tag): SystemNotice => ({
  tag,
  group: "account",
  title: `Chat ${tag}`,
  body,
  openLabel: "Open",
  buttons: [{ id: "mark-read", label: "Mark as read" }],
  reply: { placeholder: "Reply to Grace", label: "Reply" },
  silent: false,
  urgent: false,
});
const identity = { appName: "Parley", desktopEntry: "parley", icon: "parley" };

async function desktop() {
  const bus = await startTestBus();
  open.push(() => bus[Symbol.asyncDispose]());
  return bus;
}
type TestBus = Awaited<ReturnType<typeof desktop>>;

function notifierOn(bus: Pick<TestBus, "address">) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const sockets = () => busSockets({ DBUS_SESSION_BUS_ADDRESS: bus.address });
  const sessionBus = new DesktopBus({ sockets, clock, log });
  open.push(() => sessionBus.stop());
  const outcomes: [string, NoticeOutcome][] = [];
  const events: [string, NoticeEvent][] = [];
  const notifier = new FreedesktopNotifier(
    { bus: sessionBus, clock, log, identity },
    {
      outcome: ({ tag }, outcome) => void outcomes.push([tag, outcome]),
      event: (tag, event) => void events.push([tag, event]),
      system: () => undefined,
    },
  );
  const states = () => outcomes.map(([tag, { state }]) => `${tag} ${state}`);
  return { notifier, clock, log, outcomes, events, states, sessionBus };
}

async function withServer(capabilities?: string[]) {
  const bus = await desktop();
  const server = await NotificationServer.start(await bus.connect(), {
    ...(capabilities && { capabilities }),
  });
  return { bus, server, ...notifierOn(bus) };
}

test("what is asked for is what arrives", async () => {
  const { server, notifier, states } = await withServer();
  notifier.show(notice("a", "1 < 2"));
  await expect.poll(states).toEqual(["a shown"]);
  expect(server.shown).toMatchObject([
    {
      appName: "Parley",
      appIcon: "parley",
      summary: "Chat a",
      body: "1 &lt; 2",
      actions: [
        ["default", "Open"],
        ["inline-reply", "Reply"],
        ["mark-read", "Mark as read"],
      ],
      hints: { "desktop-entry": "parley", urgency: 1, category: "im.received" },
    },
  ]);
  expect(notifier.system).toMatchObject({ state: "ready", canAct: true, canReply: true });
  await expect.poll(() => notifier.system.name).toBe("test 1");
});

test("pixels arrive as the specification lays them out", async () => {
  const { server, notifier } = await withServer();
  const rgba = new Uint8Array(16).fill(7);
  notifier.show({ ...notice("a"), picture: { kind: "pixels", widthPx: 2, heightPx: 2, rgba } });
  await expect.poll(() => server.shown.length).toBe(1);
  expect(server.shown[0]?.hints["image-data"]).toEqual([2, 2, 8, true, 8, 4, Buffer.from(rgba)]);
});

test("one a tag: the newer takes its place; closing takes it away", async () => {
  const { server, notifier, states } = await withServer();
  notifier.show(notice("a", "one"));
  notifier.show(notice("b", "other"));
  await expect.poll(states).toHaveLength(2);
  notifier.show(notice("a", "two"));
  await expect.poll(states).toHaveLength(3);
  expect(server.shown.map(({ body }) => body)).toEqual(["other", "two"]);
  notifier.close("a");
  await expect.poll(() => server.shown.map(({ body }) => body)).toEqual(["other"]);
});

test("click with its token, button, reply and dismissal come back", async () => {
  const { server, notifier, states, events } = await withServer();
  notifier.show(notice("a"));
  await expect.poll(states).toHaveLength(1);
  const id = server.shown[0]?.id ?? 0;
  server.act(id, "default");
  server.act(id, "mark-read");
  server.reply(id, "On my way");
  server.close(id, 2);
  await expect
    .poll(() => events)
    .toEqual([
      ["a", { kind: "clicked", activationToken: `token-${id}` }],
      ["a", { kind: "button", id: "mark-read" }],
      ["a", { kind: "replied", text: "On my way" }],
      ["a", { kind: "gone" }],
    ]);
});

/** A notifier on a bus whose notification server answers Notify as it is told. */
function scripted(notify: () => Promise<BusAnswer>) {
  let signal: (signal: BusSignal) => void = () => undefined;
  let own: (owner: string | undefined) => void = () => undefined;
  const bus: SessionBus = {
    id: "bus",
    call: ({ member }) =>
      member === "Notify" ? notify() : Promise.resolve({ ok: true, values: [["body", "actions"]] }),
    onSignal: (_rule, listener) => {
      signal = listener;
      return () => undefined;
    },
    onOwner: (_name, listener) => {
      own = listener;
      queueMicrotask(() => listener(":1.7"));
      return () => undefined;
    },
    emit: () => undefined,
    stop: () => undefined,
  };
  const events: [string, NoticeEvent][] = [];
  const outcomes: [string, string][] = [];
  const notifier = new FreedesktopNotifier(
    { bus, clock: new FakeClock(), log: new MemoryLog(), identity },
    {
      outcome: ({ tag }, { state }) => void outcomes.push([tag, state]),
      event: (tag, event) => void events.push([tag, event]),
      system: () => undefined,
    },
  );
  const from = { sender: ":1.7", path: "/org/freedesktop/Notifications" };
  const heard = (member: string, ...body: unknown[]): void => signal({ ...from, member, body });
  return { notifier, events, outcomes, heard, own: (owner?: string) => own(owner) };
}

const NOBODY: BusAnswer = {
  ok: false,
  failure: {
    kind: "refused",
    name: "org.freedesktop.DBus.Error.ServiceUnknown",
    message: "Nobody has this name.",
  },
};

test("a server that comes just after nobody was there shows the notice, and counts as there", async () => {
  const answer = Promise.withResolvers<BusAnswer>();
  const answers = [answer.promise, Promise.resolve<BusAnswer>({ ok: true, values: [3] })];
  const { notifier, outcomes, own } = scripted(() => answers.shift() ?? Promise.resolve(NOBODY));
  await settled();
  own(undefined);
  notifier.show(notice("a"));
  await settled();
  // Both arrive in one piece.
  answer.resolve(NOBODY);
  own(":1.8");
  await settled();
  expect(outcomes).toEqual([["a", "shown"]]);
  expect(notifier.system.state).toBe("ready");
});

test("what is done to a notice comes back even with the very answer that shows it", async () => {
  const answer = Promise.withResolvers<BusAnswer>();
  const { notifier, events, heard } = scripted(() => answer.promise);
  notifier.show(notice("a"));
  await settled();
  answer.resolve({ ok: true, values: [9] });
  heard("NotificationReplied", 8, "To another program");
  heard("NotificationReplied", 9, "Yes");
  heard("NotificationClosed", 9, 2);
  await settled();
  expect(events).toEqual([
    ["a", { kind: "replied", text: "Yes" }],
    ["a", { kind: "gone" }],
  ]);
});

test("an id that a server gives a second time is that of the newer notice", async () => {
  const { notifier, events, outcomes, heard } = scripted(() =>
    Promise.resolve({ ok: true, values: [5] }),
  );
  notifier.show(notice("a"));
  await settled();
  // It left the screen; a list of the desktop could still have it.
  heard("NotificationClosed", 5, 1);
  notifier.show(notice("b"));
  await settled();
  expect(outcomes).toEqual([
    ["a", "shown"],
    ["b", "shown"],
  ]);
  heard("ActionInvoked", 5, "default");
  expect(events).toEqual([
    ["a", { kind: "gone" }],
    ["b", { kind: "clicked" }],
  ]);
});

test("a server that gives no id has shown nothing that could be found again", async () => {
  const { notifier, outcomes } = scripted(() => Promise.resolve({ ok: true, values: [0] }));
  notifier.show(notice("a"));
  await settled();
  expect(outcomes).toEqual([["a", "failed"]]);
});

test("a click in the desktop's list comes back, long after it left the screen", async () => {
  const { server, notifier, states, events } = await withServer();
  notifier.show(notice("a"));
  await expect.poll(states).toHaveLength(1);
  const id = server.shown[0]?.id ?? 0;
  server.close(id, 1);
  server.act(id, "default");
  await expect.poll(() => events).toMatchObject([["a", { kind: "clicked" }]]);
});

test("signals of others on the bus are nobody's click", async () => {
  const { bus, server, notifier, states, events } = await withServer();
  notifier.show(notice("a"));
  await expect.poll(states).toHaveLength(1);
  const id = server.shown[0]?.id ?? 0;
  const stranger = await bus.connect();
  stranger.sendSignal(
    "/org/freedesktop/Notifications",
    "org.freedesktop.Notifications",
    "ActionInvoked",
    "us",
    [id, "default"],
  );
  await stranger.invokeDbus({ member: "GetId" });
  server.act(id, "mark-read");
  await expect.poll(() => events).toEqual([["a", { kind: "button", id: "mark-read" }]]);
});

test("a server that hangs: said so, merged and bounded meanwhile, resumed when it answers", async () => {
  const { server, notifier, states, clock } = await withServer();
  notifier.show(notice("first"));
  await expect.poll(states).toEqual(["first shown"]);
  server.hang();
  const arrivedBefore = server.arrivedCount;
  notifier.show(notice("a", "stuck"));
  await expect.poll(() => clock.timerCount).toBeGreaterThan(0);
  for (let nth = 0; nth < 30; nth++) notifier.show(notice("b", `b${nth}`));
  for (let nth = 0; nth < MAX_WAITING + 10; nth++) notifier.show(notice(`many${nth}`));
  notifier.close("many59");
  await clock.advance(ANSWER_MS + 1);
  expect(notifier.system.state).toBe("hung");
  const said = states();
  expect(said).toContain("a waiting");
  expect(said.filter((one) => one === "b merged")).toHaveLength(29);
  expect(said.filter((one) => one.endsWith("dropped"))).toHaveLength(11);
  expect(said).not.toContain("b shown");

  server.resume();
  await expect.poll(() => states().filter((one) => one.endsWith("shown")).length).toBe(51);
  expect(notifier.system.state).toBe("ready");
  expect(states()).toContain("a shown");
  expect(server.arrivedCount - arrivedBefore).toBe(50);
});

test("what was read while the server hung is not shown any more, or taken away", async () => {
  const { server, notifier, states } = await withServer();
  notifier.show(notice("first"));
  await expect.poll(states).toHaveLength(1);
  server.hang();
  notifier.show(notice("under way"));
  notifier.show(notice("waits"));
  notifier.close("waits");
  notifier.close("under way");
  server.resume();
  await expect.poll(() => server.shown.map(({ summary }) => summary)).toEqual(["Chat first"]);
  expect(states()).toContain("waits withdrawn");
});

test("a server that is started anew is asked anew what it can, and shows what comes", async () => {
  const { bus, server, notifier, states, events } = await withServer();
  notifier.show(notice("a"));
  await expect.poll(states).toHaveLength(1);
  await server.stop();
  await expect.poll(() => notifier.system.state).toBe("absent");
  expect(events).toEqual([["a", { kind: "gone" }]]);
  notifier.show(notice("lost"));
  await expect.poll(states).toEqual(["a shown", "lost unavailable"]);

  const next = await NotificationServer.start(await bus.connect(), { capabilities: ["body"] });
  await expect.poll(() => notifier.system.state).toBe("ready");
  notifier.show(notice("a", "again"));
  await expect.poll(() => next.shown).toMatchObject([{ body: "again", actions: [] }]);
  await expect.poll(() => notifier.system.canAct).toBe(false);
});

test("a server that ends with a notice in its hands: the next one shows it", async () => {
  const bus = await desktop();
  const dying = await bus.connect();
  const first = await startDying(dying);
  // It waits in the line for the name.
  const next = await NotificationServer.start(await bus.connect());
  const { notifier, states } = notifierOn(bus);
  notifier.show(notice("a"));
  await expect.poll(() => first.calls).toBe(1);
  await dying.close();
  await expect.poll(states).toEqual(["a shown"]);
  expect(next.shown.map(({ summary }) => summary)).toEqual(["Chat a"]);
});

async function startDying(bus: Awaited<ReturnType<TestBus["connect"]>>) {
  const seen = { calls: 0 };
  const never = () => {
    seen.calls += 1;
    return new Promise(() => undefined);
  };
  bus.exportInterface(
    {
      GetCapabilities: () => ["body"],
      GetServerInformation: () => ["", "", "", ""],
      Notify: never,
    },
    "/org/freedesktop/Notifications",
    {
      name: "org.freedesktop.Notifications",
      methods: {
        GetCapabilities: ["", "as", [], []],
        GetServerInformation: ["", "ssss", [], []],
        Notify: ["susssasa{sv}i", "u", [], []],
      },
      signals: {},
    },
  );
  await bus.requestName("org.freedesktop.Notifications", 0);
  return seen;
}

test("without anybody who shows notifications it is said so, and not waited", async () => {
  const { notifier, states } = notifierOn(await desktop());
  notifier.show(notice("a"));
  await expect.poll(states).toEqual(["a unavailable"]);
  const nowhere = notifierOn({ address: "unix:path=/nonexistent/bus" });
  nowhere.notifier.show(notice("a"));
  await expect.poll(nowhere.states).toEqual(["a unavailable"]);
});

test("after a restart of the app its notifications can be closed and clicked", async () => {
  const { bus, server, notifier, outcomes, states } = await withServer();
  notifier.show(notice("a"));
  notifier.show(notice("b"));
  await expect.poll(states).toHaveLength(2);
  const kept = outcomes.map(([tag, { handle = "" }]) => ({ tag, handle, buttons: [] }));
  const next = notifierOn(bus);
  next.notifier.restore([...kept, { tag: "other", handle: ":1.99#5", buttons: [] }]);
  await expect.poll(() => next.events).toEqual([["other", { kind: "gone" }]]);
  next.notifier.close("a");
  await expect.poll(() => server.shown.map(({ summary }) => summary)).toEqual(["Chat b"]);
  server.act(server.shown[0]?.id ?? 0, "default");
  await expect.poll(() => next.events.at(-1)).toMatchObject(["b", { kind: "clicked" }]);
});

test("after a new login the same name and number on the bus are another program's notice", async () => {
  const before = await withServer();
  before.notifier.show(notice("a"));
  await expect.poll(before.states).toEqual(["a shown"]);
  const handle = before.outcomes[0]?.[1].handle ?? "";

  const { bus, server, notifier, events } = await withServer();
  const stranger = notifierOn(bus);
  stranger.notifier.show(notice("stranger's"));
  await expect.poll(stranger.states).toEqual(["stranger's shown"]);
  const [theirs] = server.shown;
  expect(handle).toMatch(new RegExp(`#${theirs?.id}$`));
  notifier.restore([{ tag: "a", handle, buttons: [] }]);
  await expect.poll(() => events).toEqual([["a", { kind: "gone" }]]);
  server.act(theirs?.id ?? 0, "default");
  await expect.poll(() => stranger.events).toMatchObject([["stranger's", { kind: "clicked" }]]);
  notifier.close("a");
  notifier.show(notice("b"));
  await expect.poll(() => server.shown.length).toBe(2);
  expect(server.shown[0]).toBe(theirs);
  expect(events).toHaveLength(1);
});

test("after a restart: what was read meanwhile goes, what is newer takes its place, however early", async () => {
  const { bus, server, notifier, outcomes, states } = await withServer();
  for (const tag of ["read", "newer", "stays"]) notifier.show(notice(tag));
  await expect.poll(states).toHaveLength(3);
  const kept = outcomes.map(([tag, { handle = "" }]) => ({ tag, handle, buttons: [] }));
  const next = notifierOn(bus);
  next.notifier.restore(kept);
  // The bus has not said yet who shows notifications.
  next.notifier.close("read");
  next.notifier.show(notice("newer", "in its place"));
  await expect.poll(next.states).toEqual(["newer shown"]);
  await expect
    .poll(() => server.shown.map(({ body }) => body).toSorted())
    .toEqual(["in its place", "stays"]);
  expect(next.events).toEqual([]);
});

test("no text of a message can break the line to the bus", async () => {
  const { server, notifier, states } = await withServer();
  notifier.show({ ...notice("a"), title: "\0\ud800", body: "x".repeat(100_000) });
  notifier.show(notice("b"));
  await expect.poll(states).toEqual(["a shown", "b shown"]);
  expect(server.shown[0]?.summary).toBe("\ufffd");
});
