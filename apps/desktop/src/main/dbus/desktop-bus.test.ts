import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@parley/client/testing/fake-clock.ts";
import { MemoryLog } from "@parley/client/testing/memory-ports.ts";
import { afterEach, expect, test } from "vitest";
import { startTestBus } from "../../../../../test/electron-host/bus/session-bus.ts";
import { TrayWatcher } from "../../../../../test/electron-host/bus/tray-watcher.ts";
import { TrayHost } from "../tray/tray-host.ts";
import { DesktopBus } from "./desktop-bus.ts";

const closing: (() => PromiseLike<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "parley-bus-"));
  closing.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function busAt(path: string) {
  const clock = new FakeClock();
  const bus = new DesktopBus({ sockets: () => [{ path }], clock, log: new MemoryLog() });
  closing.push(() => bus.stop());
  return { bus, clock };
}

const HELD = { destination: "org.example.Nobody", path: "/", interface: "org.example.I" };

test("a call that nobody takes is refused by name; without a bus there is nobody to ask", async () => {
  const at = folder();
  const { bus } = busAt(join(at, "bus"));
  expect(await bus.call({ ...HELD, member: "M" })).toMatchObject({
    ok: false,
    failure: { kind: "gone" },
  });
  const test = await startTestBus(at);
  closing.push(() => test[Symbol.asyncDispose]());
  const { bus: there } = busAt(join(at, "bus"));
  const refused = await there.call({ ...HELD, member: "M" }, 1_000);
  expect(refused).toMatchObject({ ok: false, failure: { kind: "refused" } });
  expect(refused.ok ? "" : refused.failure.name).toMatch(/ServiceUnknown|NameHasNoOwner/);
});

test("a bus that lets nobody in, and one that speaks nonsense, is no bus", async () => {
  for (const answer of ["REJECTED\r\n", "OK \r\n\0\0\0\0garbage"]) {
    const at = join(folder(), "bus");
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(answer));
    }).listen(at);
    closing.push(() => void server.close());
    const { bus } = busAt(at);
    expect(await bus.call({ ...HELD, member: "M" }, 500)).toMatchObject({ ok: false });
  }
});

test("lost, the bus is looked for again, and who watches a name hears of it there", async () => {
  const at = folder();
  const first = await startTestBus(at);
  await TrayWatcher.start(await first.connect());
  const { bus, clock } = busAt(join(at, "bus"));
  const heard: boolean[] = [];
  bus.onOwner("org.kde.StatusNotifierWatcher", (owner) => void heard.push(owner !== undefined));
  await expect.poll(() => heard).toEqual([true]);
  await first[Symbol.asyncDispose]();
  await expect.poll(() => heard).toEqual([true, false]);

  const second = await startTestBus(at);
  closing.push(() => second[Symbol.asyncDispose]());
  await TrayWatcher.start(await second.connect());
  await clock.advance(60_000);
  await expect.poll(() => heard).toEqual([true, false, true]);
});

test("how something stands is said anew on a bus that comes later, or comes back", async () => {
  const at = folder();
  const { bus, clock } = busAt(join(at, "bus"));
  const rule = { interface: "org.example.Launcher" };
  bus.onSignal(rule, () => undefined);
  const say = (count: number): void =>
    bus.emit("/launcher", { ...rule, name: "Update" }, { signature: "i", body: [count] });
  say(1);
  say(2);
  const counts = async () => {
    const test = await startTestBus(at);
    const listening = new DesktopBus({
      sockets: () => [{ path: join(at, "bus") }],
      clock,
      log: new MemoryLog(),
    });
    const heard: unknown[] = [];
    listening.onSignal(rule, ({ body }) => void heard.push(...body));
    // What it waits for has been arranged by then.
    await listening.call({ ...HELD, member: "M" });
    const later = async (): Promise<unknown[]> => {
      await clock.advance(60_000);
      return heard;
    };
    await expect.poll(later).toEqual([2]);
    listening.stop();
    await test[Symbol.asyncDispose]();
  };
  await counts();
  await counts();
});

test("who shows tray icons comes and goes; a bus that says nothing is not waited for", async () => {
  const at = folder();
  const test = await startTestBus(at);
  closing.push(() => test[Symbol.asyncDispose]());
  const { bus, clock } = busAt(join(at, "bus"));
  const host = await TrayHost.find("linux", bus, clock);
  expect(host.isThere).toBe(false);
  const changes: boolean[] = [];
  host.onChange((isThere) => void changes.push(isThere));
  const watcher = await TrayWatcher.start(await test.connect());
  await expect.poll(() => changes).toEqual([true]);
  await watcher.stop();
  await expect.poll(() => changes).toEqual([true, false]);

  // Another panel waits in the line for the name, and has it with the end of the first.
  const first = await TrayWatcher.start(await test.connect());
  await expect.poll(() => changes).toEqual([true, false, true]);
  let handovers = 0;
  host.onHandover(() => {
    handovers += 1;
  });
  await TrayWatcher.start(await test.connect());
  await first.stop();
  await expect.poll(() => handovers).toBe(1);
  expect(changes).toEqual([true, false, true]);

  const mute = join(folder(), "bus");
  const server = createServer(() => undefined).listen(mute);
  closing.push(() => void server.close());
  const silent = busAt(mute);
  const found = TrayHost.find("linux", silent.bus, silent.clock);
  await silent.clock.advance(3_000);
  expect((await found).isThere).toBe(false);
  expect((await TrayHost.find("darwin", silent.bus, silent.clock)).isThere).toBe(true);
});
